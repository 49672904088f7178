#pragma once

#include <string_view>

// Where an installed node finds what came with it; set by the build from its prefix.
namespace sanad::node {

inline constexpr std::string_view share_folder_default = SANAD_SHARE_FOLDER;
inline constexpr std::string_view plugin_folder_default = SANAD_PLUGIN_FOLDER;

}  // namespace sanad::node
