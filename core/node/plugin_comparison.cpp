#include "core/node/plugin_comparison.h"

#include "core/plugins/configuration.h"

#include <algorithm>

namespace sanad::node {
namespace {

const char* methods_of(plugins::Kind kind) {
    constexpr const char* methods[] = {
        "deliver, cancel, health; may call submit, receipt, replay, typing, leave",
        "the store's table of functions",
        "dispatch, health; may call status, view",
        "health",
        "health",
    };
    return methods[static_cast<std::size_t>(kind)];
}

// A value that may be there several times is a thing of its own.
bool is_listed(const PluginFact& fact) { return fact.what == "grant"; }

bool has(const std::vector<PluginFact>& facts, const PluginFact& fact) {
    return std::ranges::find(facts, fact) != facts.end();
}

const PluginFact* find(const std::vector<PluginFact>& facts, const std::string& what) {
    const auto found = std::ranges::find(facts, what, &PluginFact::what);
    return found == facts.end() ? nullptr : &*found;
}

}  // namespace

Result<std::vector<PluginFact>> describe_plugin(const OpenedPlugin& plugin) {
    const auto& manifest = plugin.manifest();
    const auto schema = plugins::Configuration::load(plugin.bundle.file.config_schema);
    if (!schema) return std::unexpected(schema.error());
    std::vector<PluginFact> facts{
        {"id", manifest.id},
        {"version", manifest.version},
        {"kind", plugins::name(manifest.kind)},
        {"methods", methods_of(manifest.kind)},
        {"ABI", std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor)},
        {"licence", manifest.license},
        {"contact", manifest.contact},
        {"SHA-256", plugin.bundle.hash},
        {"signer", plugin.signer ? plugin.signer->key.name + ", a " +
                                       plugins::name(plugin.signer->role) + " key"
                                 : "nobody whom this node names"}};
    for (const auto& grant : manifest.grants) facts.push_back({"grant", grant});
    for (const auto& [name, type] : (*schema)->settings())
        facts.push_back({"setting " + name, type});
    return facts;
}

Result<std::vector<PluginDifference>> compare_plugins(const OpenedPlugin& before,
                                                      const OpenedPlugin& after) {
    const auto old_facts = describe_plugin(before);
    if (!old_facts) return std::unexpected(old_facts.error());
    const auto new_facts = describe_plugin(after);
    if (!new_facts) return std::unexpected(new_facts.error());
    std::vector<PluginDifference> differences;
    for (const auto& fact : *new_facts) {
        if (has(*old_facts, fact)) continue;
        const auto* old = is_listed(fact) ? nullptr : find(*old_facts, fact.what);
        differences.push_back({fact.what, old ? old->value : "", fact.value});
    }
    for (const auto& fact : *old_facts) {
        const bool gone =
            is_listed(fact) ? !has(*new_facts, fact) : find(*new_facts, fact.what) == nullptr;
        if (gone) differences.push_back({fact.what, fact.value, ""});
    }
    return differences;
}

}  // namespace sanad::node
