#include "plugins/channels/phone/flow/toml_node.h"

#include <toml++/toml.h>

#include <algorithm>

namespace sanad::phone {
namespace {

// toml++ itself refuses what is nested too deeply.
TomlNode convert(const toml::node& node) {
    using Kind = TomlNode::Kind;
    TomlNode value;
    if (const auto* table = node.as_table()) {
        for (const auto& [key, child] : *table)
            value.entries.emplace_back(std::string(key.str()), convert(child));
    } else if (const auto* list = node.as_array()) {
        value.kind = Kind::list;
        for (const toml::node& child : *list) value.items.push_back(convert(child));
    } else if (const auto text = node.value_exact<std::string>()) {
        value.kind = Kind::text;
        value.text = *text;
    } else if (const auto whole = node.value_exact<std::int64_t>()) {
        value.kind = Kind::whole;
        value.whole = *whole;
    } else if (const auto truth = node.value_exact<bool>()) {
        value.kind = Kind::truth;
        value.truth = *truth;
    } else {
        value.kind = Kind::other;
    }
    return value;
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view key) const {
    const auto found =
        std::ranges::find_if(entries, [&](const auto& entry) { return entry.first == key; });
    return found == entries.end() ? nullptr : &found->second;
}

std::expected<TomlNode, std::string> read_toml(std::string_view text) {
    try {
        return convert(toml::parse(text));
    } catch (const toml::parse_error& error) {
        return std::unexpected("line " + std::to_string(error.source().begin.line) + ": " +
                               std::string(error.description()));
    }
}

}  // namespace sanad::phone
