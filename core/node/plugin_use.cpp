// The records of the plugin store: which version is in use, and what is switched off.
#include "core/node/files.h"
#include "core/node/plugin_store.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sanad::node {
namespace {

constexpr std::string_view use_line = "sanad-plugin-use/v1";
constexpr std::size_t use_bytes_max = 64 * 1024;
constexpr ::mode_t record_mode = 0600;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return lines;
}

bool is_hash(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string text_of(std::string_view word, const std::optional<PluginVersion>& version) {
    if (!version) return {};
    std::string text = std::string(word) + " " + version->hash + "\n";
    for (const auto& grant : version->grants) text += "grant " + grant + "\n";
    return text;
}

std::filesystem::path use_file(const Configuration& configuration, const std::string& id) {
    return configuration.plugin_store() / (id + ".use");
}

std::filesystem::path disabled_file(const Configuration& configuration) {
    return configuration.plugin_store() / "disabled";
}

}  // namespace

Result<Descriptor> lock_plugin_store(const Configuration& configuration) {
    const auto folder = configuration.plugin_store();
    std::error_code fault;
    if (std::filesystem::create_directory(folder, fault))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, fault);
    if (fault) return fail(Fault::io, folder.string() + ": " + fault.message());
    if (const auto closed = check_private_folder(folder); !closed)
        return std::unexpected(closed.error());
    Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
        return fail(Fault::io, folder.string() + ": " + std::strerror(errno));
    return lock;
}

Result<PluginUse> parse_plugin_use(std::string_view text) {
    const auto lines = lines_of(text);
    if (lines.empty() || !lines.front().starts_with("sanad-plugin-use/"))
        return fail(Fault::malformed, "no record of a plugin");
    if (lines.front() != use_line) return fail(Fault::unsupported, "a newer record of a plugin");
    PluginUse use;
    std::optional<PluginVersion>* version = nullptr;
    for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
        const auto space = std::min(line->find(' '), line->size());
        const std::string_view word = line->substr(0, space);
        const std::string value(line->substr(std::min(line->size(), space + 1)));
        if (word == "grant" && version != nullptr && !value.empty()) {
            (*version)->grants.push_back(value);
            continue;
        }
        if (word == "current" && !use.current && !use.previous)
            version = &use.current;
        else if (word == "previous" && use.current && !use.previous)
            version = &use.previous;
        else
            return fail(Fault::malformed, "record of a plugin: " + std::string(word));
        if (!is_hash(value)) return fail(Fault::malformed, "record of a plugin: hash");
        *version = PluginVersion{value, {}};
    }
    return use;
}

std::string write_plugin_use(const PluginUse& use) {
    return std::string(use_line) + "\n" + text_of("current", use.current) +
           text_of("previous", use.previous);
}

Result<PluginUse> plugin_use(const Configuration& configuration, const std::string& id) {
    const auto file = use_file(configuration, id);
    const auto text = read_file(file, use_bytes_max, FileTrust::own);
    if (!text && text.error().fault == Fault::not_found) return PluginUse{};
    if (!text) return std::unexpected(text.error());
    auto use = parse_plugin_use(*text);
    if (!use)
        return fail(use.error().fault,
                    file.string() + ": " + use.error().detail + ": install the plugin again");
    return use;
}

Result<void> put_plugin_use(const Configuration& configuration, const std::string& id,
                            const PluginUse& use) {
    return replace_file(use_file(configuration, id), write_plugin_use(use), record_mode);
}

Result<void> roll_back_plugin(const Configuration& configuration, const std::string& id) {
    const auto lock = lock_plugin_store(configuration);
    if (!lock) return std::unexpected(lock.error());
    auto use = plugin_use(configuration, id);
    if (!use) return std::unexpected(use.error());
    if (!use->previous)
        return fail(Fault::denied,
                    id + ": no version before this one is installed: install the one you want");
    std::swap(use->current, use->previous);
    return put_plugin_use(configuration, id, *use);
}

Result<std::set<std::string>> disabled_plugins(const Configuration& configuration) {
    const auto text = read_file(disabled_file(configuration), use_bytes_max, FileTrust::own);
    std::set<std::string> instances;
    if (!text && text.error().fault == Fault::not_found) return instances;
    if (!text) return std::unexpected(text.error());
    for (const auto line : lines_of(*text))
        if (!line.empty()) instances.emplace(line);
    return instances;
}

Result<void> set_disabled(const Configuration& configuration, const std::string& instance,
                          bool disabled) {
    const auto lock = lock_plugin_store(configuration);
    if (!lock) return std::unexpected(lock.error());
    auto instances = disabled_plugins(configuration);
    if (!instances) return std::unexpected(instances.error());
    if (instances->contains(instance) == disabled) return {};
    if (disabled)
        instances->insert(instance);
    else
        instances->erase(instance);
    std::string text;
    for (const auto& one : *instances) text += one + "\n";
    return replace_file(disabled_file(configuration), text, record_mode);
}

}  // namespace sanad::node
