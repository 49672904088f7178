#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sanad::phone {

/// One value of a TOML file, with everything in it.
struct TomlNode {
    enum class Kind : std::uint8_t { table, list, text, whole, truth, other };

    Kind kind = Kind::table;
    std::string text;
    std::int64_t whole = 0;
    bool truth = false;
    std::vector<TomlNode> items;
    std::vector<std::pair<std::string, TomlNode>> entries;  // in the order of their keys

    /// The value of that key of a table, or null.
    const TomlNode* find(std::string_view key) const;
};

/// errors  "line 3: what is wrong", in the words of toml++
std::expected<TomlNode, std::string> read_toml(std::string_view text);

}  // namespace sanad::phone
