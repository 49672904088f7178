#define BOOST_DLL_USE_STD_FS
#include "core/plugins/library.h"

#include <dlfcn.h>
#include <boost/dll/shared_library.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr const char* entry_symbol = "sanad_plugin_entry_v1";

Result<void> check_entry(const sanad_entry& entry, const Manifest& manifest) {
    if (entry.magic != SANAD_MAGIC || entry.size < sizeof(sanad_entry) || !entry.create)
        return fail(Fault::malformed, std::string("its entry ") + entry_symbol + " is damaged");
    if (entry.abi_major != manifest.abi_major)
        return fail(Fault::malformed, "its entry and its manifest name different ABI versions");
    if (!entry.id || entry.id != manifest.id || !entry.version || entry.version != manifest.version)
        return fail(Fault::malformed, "its entry and its manifest name different plugins");
    return {};
}

std::unexpected<Error> in_file(const std::filesystem::path& file, const Error& error) {
    return fail(error.fault, "plugin " + file.filename().string() + ": " + error.detail);
}

}  // namespace

struct Library::Mapping {
    boost::dll::shared_library library;
};

Library::Library(PluginFile file) : file_(std::move(file)), mapping_(new Mapping) {}

Library::~Library() = default;

void Library::keep_loaded() {
    // Boost.DLL cannot ask for it. The handle that comes back counts as one more user, for ever.
    ::dlopen(mapping_->library.location().c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

Result<std::shared_ptr<Library>> Library::load(const std::filesystem::path& file) {
    auto read = read_plugin(file);
    if (!read) return in_file(file, read.error());
    const std::shared_ptr<Library> loaded(new Library(std::move(*read)));
    try {
        using boost::dll::load_mode::rtld_local;
        using boost::dll::load_mode::rtld_now;
        boost::dll::shared_library& library = loaded->mapping_->library;
        library.load(std::filesystem::absolute(file), rtld_now | rtld_local);
        if (!library.has(entry_symbol))
            return in_file(file, {Fault::malformed, std::string("it lacks ") + entry_symbol});
        loaded->entry_ = &library.get<const sanad_entry>(entry_symbol);
    } catch (const std::exception& error) {
        return in_file(file,
                       {Fault::malformed, std::string("it cannot be loaded: ") + error.what()});
    }
    if (const auto same = check_entry(*loaded->entry_, loaded->manifest()); !same)
        return in_file(file, same.error());
    return loaded;
}

}  // namespace sanad::plugins
