#include "core/plugins/library.h"

#include <string>
#include <utility>

namespace sanad::plugins {

namespace {

Result<void> check_entry(const sanad_entry& entry, const Manifest& manifest) {
    if (entry.abi_major != manifest.abi_major)
        return fail(Fault::malformed, "its entry and its manifest name different ABI versions");
    if (entry.id != manifest.id || entry.version != manifest.version)
        return fail(Fault::malformed, "its entry and its manifest name different plugins");
    return {};
}

std::unexpected<Error> in_file(const std::filesystem::path& file, const Error& error) {
    return fail(error.fault, "plugin " + file.filename().string() + ": " + error.detail);
}

}  // namespace

Library::Library(PluginFile file) : file_(std::move(file)) {}

Result<std::shared_ptr<Library>> Library::load(const std::filesystem::path& file) {
    auto read = read_plugin(file);
    if (!read) return in_file(file, read.error());
    const std::shared_ptr<Library> loaded(new Library(std::move(*read)));
    auto mapping = Mapping::load(std::filesystem::absolute(file));
    if (!mapping) return in_file(file, mapping.error());
    loaded->mapping_ = std::move(*mapping);
    if (const auto same = check_entry(loaded->entry(), loaded->manifest()); !same)
        return in_file(file, same.error());
    return loaded;
}

}  // namespace sanad::plugins
