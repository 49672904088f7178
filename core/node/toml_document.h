#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// TOML as values with places: what configuration and country profiles are read from.
namespace sanad::node {

inline constexpr std::size_t toml_bytes_max = 1 << 20;
inline constexpr int toml_nesting_max = 16;

/// Where something stands in a file, both from 1.
struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    auto operator<=>(const Place&) const = default;
};

struct TomlEntry;

/// One value, with everything in it.
struct TomlValue {
    enum class Kind : std::uint8_t { table, array, text, whole, real, truth, time };

    Kind kind = Kind::table;
    Place place;
    std::string text;                // text
    std::int64_t whole = 0;          // whole
    double real = 0;                 // real
    bool truth = false;              // truth
    std::vector<TomlValue> items;    // array
    std::vector<TomlEntry> entries;  // table, in the order of their keys

    /// The value of that key of a table, or null.
    const TomlValue* find(std::string_view key) const;
};

struct TomlEntry {
    std::string key;
    Place place;  // of the key
    TomlValue value;
};

/// Reads a document from anyone. Stricter than TOML: no byte order mark and no tab.
///
/// file     its name, for errors
/// errors   malformed: the detail is `file:line:column: what is wrong: how to mend it` · bad_size
/// threads  any
Result<TomlValue> parse_toml(std::string_view text, std::string_view file);

/// The value as JSON (RFC 8259), for a plugin's configuration.
/// errors  unsupported: a date, a time or a number that JSON has not; the detail is the place
Result<std::string> to_json(const TomlValue& value);

/// `text` as a JSON string, with its quotes.
std::string json_string(std::string_view text);

}  // namespace sanad::node
