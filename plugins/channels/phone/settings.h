#pragma once

#include "plugins/channels/phone/phone_config.capnp.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace sanad::phone {

struct Settings {
    std::string listen_address, media_address;
    std::uint16_t udp_port = 0, tcp_port = 0, tls_port = 0;
    std::uint16_t first_media_port = 0, last_media_port = 0;
    std::vector<std::string> numbers, trunks;
    std::string trunk_address, trunk_user;
    std::uint32_t calls_max = 0;
    std::chrono::seconds ring{15};
    std::string realm;
    std::vector<std::string> call_back_prefixes, call_back_refused;
    std::uint32_t call_backs_per_hour = 0, call_backs_per_day = 0;
    std::string call_back_from;
    bool devices_in_clear = false;
    bool operator==(const Settings&) const = default;
};

/// Reads and checks a configuration: what a field's own rules cannot say.
///
/// throws  sanad::plugin::Error SANAD_E_INVALID; its code names the field, such as
///         "phone.config.tls_port"
Settings read_settings(Config::Reader config);

}  // namespace sanad::phone
