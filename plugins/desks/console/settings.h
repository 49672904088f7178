#pragma once

#include "plugins/desks/console/console_config.capnp.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sanad::console {

struct Settings {
    std::string listen_address;
    std::uint16_t listen_port = 0;
    std::string certificate_file, key_file;
    bool behind_proxy = false;
    std::vector<std::string> origins;  // none: the host that served the page
};

/// Reads and checks a configuration.
///
/// throws  sanad::plugin::Error SANAD_E_INVALID; its code names the field, such as
///         "console.config.origins"
Settings read_settings(Config::Reader config);

}  // namespace sanad::console
