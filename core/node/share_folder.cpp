#include "core/node/share_folder.h"

namespace sanad::node {

constinit const std::string_view share_folder_default = SANAD_SHARE_FOLDER;
constinit const std::string_view plugin_folder_default = SANAD_PLUGIN_FOLDER;
constinit const std::string_view plugin_host_default = SANAD_PLUGIN_HOST;

}  // namespace sanad::node
