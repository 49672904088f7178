#pragma once

#include "plugins/storage/postgres/postgres_config.capnp.h"

#include <chrono>
#include <cstdint>
#include <string>

// The plugin's settings, checked.
namespace sanad::postgres {

inline constexpr std::size_t connection_bytes_max = 1024;
inline constexpr std::size_t schema_bytes_max = 40;  // it stands in names of at most 63 bytes

struct Settings {
    std::string connection;  // for libpq
    std::string schema;      // needs no quoting
    bool create = false;
    std::string from;  // empty: nothing
    std::size_t snapshots_max = 32;
    std::chrono::seconds answer{30};
    std::chrono::seconds reconnect{30};
    std::chrono::seconds take_over{0};  // 0: never
};

/// throws  sanad::plugin::Error: postgres.bad_connection, postgres.password_in_settings,
///         postgres.bad_schema, postgres.bad_limit, postgres.bad_from
Settings read_settings(Config::Reader config);

}  // namespace sanad::postgres
