#include "core/node/plugin_settings.h"

#include "core/federation/directory_values.h"
#include "core/node/share_folder.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

plugins::BundleSigner read_signer(Settings& settings) {
    constexpr std::array<std::string_view, 3> roles{"project", "country", "partner"};
    constexpr std::array<std::string_view, 5> kinds{"channel", "storage", "partner", "desk",
                                                    "assist"};
    plugins::BundleSigner signer;
    signer.role = plugins::SignerRole(settings.choice("role", roles, 2));
    const std::string key =
        settings.required("key",
                          "plugins.example+8c20b83e+AVcIfVs9WPLVigRbbQrStQ5bEfUR7FjSALP8VElk"
                          "X2nR");
    if (const auto verifier = trust::parse_verifier(key))
        signer.key = *verifier;
    else if (!key.empty())
        settings.complain("key", json_string(key) +
                                     " is no verifier: write what sanad directory steward-key "
                                     "printed");
    const auto named = settings.texts("kinds", kinds.size());
    for (const std::string& kind : named) {
        const auto found = std::ranges::find(kinds, kind);
        if (found == kinds.end())
            settings.complain("kinds", json_string(kind) +
                                           " is no kind: write channel, storage, partner, desk or "
                                           "assist");
        else
            signer.kinds.insert(plugins::Kind(found - kinds.begin()));
    }
    if (!settings.has("kinds"))
        for (std::size_t kind = 0; kind < kinds.size(); ++kind)
            signer.kinds.insert(plugins::Kind(kind));
    return signer;
}

NameInLanguages read_fallback(Settings settings) {
    const NameInLanguages text{settings.prose("en", fallback_default.en),
                               settings.prose("fr", fallback_default.fr),
                               settings.prose("ar", fallback_default.ar)};
    if (settings.has("en") != settings.has("fr") || settings.has("en") != settings.has("ar"))
        settings.complain("", "write it in en, fr and ar");
    settings.finish();
    return text;
}

}  // namespace

const NameInLanguages fallback_default{
    "Nobody can answer here at the moment. Please try again in a little while.",
    "Personne ne peut répondre ici pour le moment. Réessaie dans un petit moment.",
    "لا يمكن لأحد أن يجيب هنا الآن. حاول مرة أخرى بعد قليل."};

fs::path absolute(const fs::path& base, const std::string& path) {
    if (path.empty()) return {};
    const fs::path whole = (base / path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();  // no slash at the end
}

void read_plugin_folders(Settings settings, const fs::path& base, Configuration& out) {
    for (const std::string& folder : settings.texts("folders", plugin_folders_max))
        out.plugin_folders.push_back(absolute(base, folder));
    if (out.plugin_folders.empty()) out.plugin_folders.emplace_back(plugin_folder_default);
    if (const std::string host = settings.text("host"); !host.empty())
        out.plugin_host = absolute(base, host);
    constexpr std::array<std::string_view, 2> unsandboxed{"refuse", "allow"};
    out.unsandboxed_plugins = settings.choice("unsandboxed", unsandboxed, 0) == 1;
    settings.tables("signer", plugin_signers_max,
                    [&](Settings& signer) { out.plugin_signers.push_back(read_signer(signer)); });
    settings.finish();
}

void read_plugins(Settings& root, Configuration& out) {
    root.tables("plugin", plugins_max, [&](Settings& settings) {
        PluginSettings plugin;
        plugin.instance = settings.required("instance", "chat");
        plugin.plugin = settings.required("plugin", "webchat");
        constexpr std::array<std::string_view, 2> placements{"isolated", "inprocess"};
        plugin.placement = Placement(settings.choice("run", placements, 0));
        if (auto grants = settings.texts("grants", plugin_grants_max); settings.has("grants"))
            plugin.grants = std::move(grants);
        plugin.fallback = read_fallback(settings.table("fallback"));
        plugin.config = settings.json("config");
        const auto same = [&](const auto& other) { return other.instance == plugin.instance; };
        if (!plugin.instance.empty() && !federation::is_code(plugin.instance, 64, '-'))
            settings.complain("instance", "write at most 64 of a-z, 0-9 and -");
        if (plugin.instance == out.store.instance || std::ranges::any_of(out.plugins, same))
            settings.complain("instance", json_string(plugin.instance) +
                                              " is taken: give each plugin a name of its own");
        out.plugins.push_back(std::move(plugin));
    });
}

}  // namespace sanad::node
