#pragma once

#include "plugins/channels/webchat/webchat_config.capnp.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::webchat {

inline constexpr std::size_t helpline_bytes_max = 120;
inline constexpr std::size_t opening_bytes_max = 500;
inline constexpr std::size_t label_bytes_max = 80;
inline constexpr std::size_t numbers_max = 8;
inline constexpr std::size_t number_bytes_max = 20;
inline constexpr std::size_t address_bytes_max = 500;
inline constexpr std::uint32_t resume_minutes_max = 1440;

/// One text in the three languages of the page.
struct Words {
    std::string ar, fr, en;

    /// language  ar, fr or en
    const std::string& in(std::string_view language) const;
};

struct Settings {
    std::string listen_address;
    std::uint16_t listen_port = 0;
    std::string certificate_file, key_file;
    bool allow_tls_1_2 = false;
    bool behind_proxy = false;
    std::vector<std::string> origins;
    std::vector<std::string> languages;  // at least one
    Words helpline, opening;
    struct Number {
        std::string number;
        Words label;
    };
    std::vector<Number> numbers;
    std::string exit_address;
    std::uint32_t conversations_per_hour = 0;
    std::chrono::minutes resume{15};
};

/// Reads and checks a configuration.
///
/// throws  sanad::plugin::Error SANAD_E_INVALID; its code names the field, such as
///         "webchat.config.exit_address"
Settings read_settings(Config::Reader config);

}  // namespace sanad::webchat
