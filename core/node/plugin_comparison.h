#pragma once

#include "core/node/plugin_store.h"

#include <string>
#include <vector>

// What a plugin's file says, and what another version of it says otherwise: for a person who
// decides about an upgrade. Nothing of the plugin runs.
namespace sanad::node {

/// One line of a file's description.
struct PluginFact {
    std::string what;   // "version", "grant", "setting listenPort"
    std::string value;  // "1.0.0", "net.listen:listen", "whole number"
    bool operator==(const PluginFact&) const = default;
};

/// Identity, kind with its methods, ABI, licence, contact, hash, signer, grants, settings.
/// errors  those of plugins::Configuration::load()
Result<std::vector<PluginFact>> describe_plugin(const OpenedPlugin& plugin);

/// What differs. `before` empty: it is new; `after` empty: it is gone.
struct PluginDifference {
    std::string what, before, after;
    bool operator==(const PluginDifference&) const = default;
};

/// In the order of describe_plugin(); grants one by one. errors  as describe_plugin()
Result<std::vector<PluginDifference>> compare_plugins(const OpenedPlugin& before,
                                                      const OpenedPlugin& after);

}  // namespace sanad::node
