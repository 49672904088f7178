#pragma once

#include "core/node/configuration.h"
#include "core/node/settings.h"

#include <filesystem>
#include <string>

// The part of node.toml that is about plugins: `[plugins]`, `[[plugins.signer]]`, `[[plugin]]`.
namespace sanad::node {

/// What people read where a channel is down and nobody gave another text. No number: only the
/// helpline knows its own.
extern const NameInLanguages fallback_default;

/// A path of node.toml: from `base`, without a slash at its end; empty stays empty.
std::filesystem::path absolute(const std::filesystem::path& base, const std::string& path);

void read_plugin_folders(Settings settings, const std::filesystem::path& base, Configuration& out);
/// After the store, whose name no other plugin may have.
void read_plugins(Settings& root, Configuration& out);

}  // namespace sanad::node
