#pragma once

#include <string_view>

// Where an installed node finds what came with it; set by the build from its prefix.
namespace sanad::node {

extern const std::string_view share_folder_default;
extern const std::string_view plugin_folder_default;
extern const std::string_view plugin_host_default;

}  // namespace sanad::node
