#include "core/node/plugin_store.h"

#include "core/node/ceremony.h"
#include "core/node/files.h"
#include "core/plugins/configuration.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr ::mode_t library_mode = 0400;
constexpr ::mode_t note_mode = 0600;

std::unexpected<Error> in_file(const fs::path& file, const Error& error) {
    return fail(error.fault, file.string() + ": " + error.detail);
}

fs::path note_of(const fs::path& library) { return library.string() + ".note"; }

// One descriptor for all that is done with the file.
Result<OpenedPlugin> open_file(const fs::path& file) {
    OpenedPlugin opened;
    opened.from = file;
    auto library = plugins::open_plugin(file);
    if (!library) return in_file(file, library.error());
    opened.file = std::move(*library);
    auto bundle = plugins::read_bundle(opened.file);
    if (!bundle)
        return fail(bundle.error().fault, file.string() + ": is no plugin for this node (" +
                                              bundle.error().detail +
                                              "): install the one that came with it");
    opened.bundle = std::move(*bundle);
    return opened;
}

// Empty: there is none.
Result<std::string> read_note(const fs::path& file) {
    auto note = read_file(file, plugins::bundle_note_bytes_max, FileTrust::any);
    if (!note && note.error().fault == Fault::not_found) return std::string();
    return note;
}

Result<plugins::BundleSigner> judge(const Configuration& configuration, const OpenedPlugin& opened,
                                    const fs::path& note_file) {
    const auto note = read_note(note_file);
    if (!note) return std::unexpected(note.error());
    if (note->empty())
        return fail(Fault::untrusted, opened.from.string() +
                                          ": is not signed, and node.toml names signers: put its " +
                                          note_file.filename().string() +
                                          " beside it, or have it signed with sanad plugin sign");
    auto signer = plugins::judge_bundle(opened.bundle, *note, configuration.plugin_signers);
    if (!signer) return in_file(opened.from, signer.error());
    return signer;
}

// What runs inside the node is trusted as the node is.
Result<void> check_placement(const OpenedPlugin& opened, const PluginSettings& plugin) {
    const bool inside = plugin.placement == Placement::in_process &&
                        opened.manifest().kind != plugins::Kind::storage;
    if (!inside || !opened.signer || opened.signer->role == plugins::SignerRole::project) return {};
    return fail(Fault::untrusted, opened.from.string() + ": is signed by " +
                                      opened.signer->key.name + ", a " +
                                      plugins::name(opened.signer->role) +
                                      " key, and runs inside the node, which takes the signature "
                                      "of a project key: write run = \"isolated\" for " +
                                      plugin.instance);
}

// The very bytes that were judged, under their hash. What is there already is that already.
Result<void> keep(const Configuration& configuration, const OpenedPlugin& opened,
                  std::string_view note) {
    const fs::path base = configuration.plugin_store() / opened.bundle.hash;
    const auto library = plugins::read_library(opened.file);
    if (!library) return in_file(opened.from, library.error());
    const auto again = plugins::read_bundle(ByteView(*library));
    if (!again || again->hash != opened.bundle.hash)
        return fail(Fault::conflict,
                    opened.from.string() + ": changes while it is read: copy it first");
    const fs::path file = base.string() + ".so";
    std::error_code fault;
    if (!fs::exists(file, fault))
        if (const auto kept = replace_file(file, text_of(ByteView(*library)), library_mode); !kept)
            return kept;
    if (note.empty()) return {};
    return replace_file(base.string() + ".note", note, note_mode);
}

// What ran under this name before: the installed version; else that of a folder, which is kept, so
// that it can be gone back to.
Result<std::optional<PluginVersion>> former_of(const Configuration& configuration,
                                               const std::string& id, const PluginUse& use) {
    if (use.current) return use.current;
    PluginSettings plugin;
    plugin.plugin = id;
    const auto file = find_plugin(configuration, plugin);
    if (!file) return std::nullopt;
    const auto opened = open_file(*file);
    if (!opened) return std::nullopt;  // it never ran here
    const auto note = read_note(note_of(*file));
    if (!note) return std::unexpected(note.error());
    if (const auto kept = keep(configuration, *opened, *note); !kept)
        return std::unexpected(kept.error());
    return PluginVersion{opened->bundle.hash, opened->manifest().grants};
}

std::string version_of(const Configuration& configuration, const PluginVersion& version) {
    const auto opened = open_file(configuration.plugin_store() / (version.hash + ".so"));
    return opened ? opened->manifest().version : "?";
}

// What the plugin may do from now on, of what it asks for.
void give_grants(InstalledPlugin& installed, const std::optional<PluginVersion>& former,
                 const std::vector<std::string>& more) {
    const auto& asked = installed.bundle.file.manifest.grants;
    auto given = former ? former->grants : asked;
    given.insert(given.end(), more.begin(), more.end());
    installed.grants = plugins::effective_grants(asked, given);
    for (const auto& grant : asked)
        if (std::ranges::find(given, grant) == given.end()) installed.withheld.push_back(grant);
}

}  // namespace

Result<OpenedPlugin> open_plugin(const Configuration& configuration, const PluginSettings& plugin) {
    const bool has_path = plugin.plugin.ends_with(".so");
    auto use = has_path ? Result<PluginUse>(PluginUse{}) : plugin_use(configuration, plugin.plugin);
    if (!use) return std::unexpected(use.error());
    fs::path file, note;
    if (use->current) {
        const fs::path base = configuration.plugin_store() / use->current->hash;
        file = base.string() + ".so";
        note = base.string() + ".note";
    } else {
        const auto found = find_plugin(configuration, plugin);
        if (!found) return std::unexpected(found.error());
        file = *found;
        note = note_of(file);
    }
    auto opened = open_file(file);
    if (!opened) return opened;
    if (use->current) {
        if (opened->bundle.hash != use->current->hash)
            return fail(Fault::conflict, file.string() +
                                             ": was changed on this machine: install the plugin "
                                             "again, and find out who did it");
        opened->granted = use->current->grants;
    }
    if (configuration.plugin_signers.empty()) return opened;
    auto signer = judge(configuration, *opened, note);
    if (!signer) return std::unexpected(signer.error());
    opened->signer = std::move(*signer);
    if (const auto fits = check_placement(*opened, plugin); !fits)
        return std::unexpected(fits.error());
    return opened;
}

fs::path lasting_path(const Descriptor& library) {
    return "/proc/self/fd/" + std::to_string(::fcntl(library.get(), F_DUPFD_CLOEXEC, 0));
}

Result<CheckedSettings> check_settings(const OpenedPlugin& opened, const PluginSettings& settings) {
    const auto schema = plugins::Configuration::load(opened.bundle.file.config_schema);
    if (!schema) return std::unexpected(schema.error());
    auto message = (*schema)->from_json(settings.config.empty() ? "{}" : settings.config);
    if (!message)
        return fail(message.error().fault,
                    "the settings of " + settings.instance + ": " + message.error().detail);
    auto fields = (*schema)->fields(*message);
    return CheckedSettings{std::move(*message), std::move(fields)};
}

Result<fs::path> trusted_library(const Configuration& configuration, const PluginSettings& plugin) {
    const auto opened = open_plugin(configuration, plugin);
    if (!opened) return std::unexpected(opened.error());
    return lasting_path(opened->file);
}

Result<OpenedPlugin> look_at_plugin(const Configuration* configuration, const fs::path& file) {
    auto opened = open_file(file);
    if (!opened || configuration == nullptr) return opened;
    const auto note = read_note(note_of(file));
    if (!note || note->empty()) return opened;
    auto signer = plugins::judge_bundle(opened->bundle, *note, configuration->plugin_signers);
    if (signer) opened->signer = std::move(*signer);
    return opened;
}

std::vector<std::string> effective_grants(const OpenedPlugin& opened,
                                          const PluginSettings& plugin) {
    return plugins::effective_grants(opened.manifest().grants,
                                     plugin.grants ? plugin.grants : opened.granted);
}

Result<InstalledPlugin> install_plugin(const Configuration& configuration,
                                       const PluginInstallation& installation) {
    const auto opened = open_file(installation.file);
    if (!opened) return std::unexpected(opened.error());
    const auto& manifest = opened->manifest();
    for (const auto& grant : installation.grants)
        if (std::ranges::find(manifest.grants, grant) == manifest.grants.end())
            return fail(Fault::invalid, "--grant " + grant + ": " + manifest.id +
                                            " does not ask for that: see sanad plugin info " +
                                            installation.file.string());
    const fs::path note_file =
        installation.note.empty() ? note_of(installation.file) : installation.note;
    InstalledPlugin installed;
    installed.bundle = opened->bundle;
    if (!configuration.plugin_signers.empty()) {
        const auto signer = judge(configuration, *opened, note_file);
        if (!signer) return std::unexpected(signer.error());
        installed.signer = signer->key.name;
    }
    const auto note = read_note(note_file);
    if (!note) return std::unexpected(note.error());

    const auto lock = lock_plugin_store(configuration);
    if (!lock) return std::unexpected(lock.error());
    if (const auto kept = keep(configuration, *opened, *note); !kept)
        return std::unexpected(kept.error());
    auto use = plugin_use(configuration, manifest.id);
    if (!use) return std::unexpected(use.error());
    const auto former = former_of(configuration, manifest.id, *use);
    if (!former) return std::unexpected(former.error());
    if (*former) installed.former = version_of(configuration, **former);
    give_grants(installed, *former, installation.grants);
    if (*former && (*former)->hash != installed.bundle.hash) use->previous = *former;
    use->current = PluginVersion{installed.bundle.hash, installed.grants};
    if (const auto put = put_plugin_use(configuration, manifest.id, *use); !put)
        return std::unexpected(put.error());
    return installed;
}

Result<std::string> sign_plugin(const fs::path& file, std::string_view before,
                                const fs::path& key_file) {
    const auto opened = open_file(file);
    if (!opened) return std::unexpected(opened.error());
    const std::string text = plugins::bundle_text(opened->bundle);
    const auto note = trust::parse_note(before);
    // The same words signed by others stay signed by them.
    return sign_note_with(note && note->text == text ? before : std::string_view(text), key_file);
}

}  // namespace sanad::node
