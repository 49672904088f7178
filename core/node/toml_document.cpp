#include "core/node/toml_document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

namespace sanad::node {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string at(std::string_view file, Place place, std::string_view what) {
    return std::string(file) + ":" + std::to_string(place.line) + ":" +
           std::to_string(place.column) + ": " + std::string(what);
}

Place place_of(const toml::source_region& source) {
    return {source.begin.line, source.begin.column};
}

Place place_of_byte(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, byte);
    const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    return {std::uint32_t(std::count(before.begin(), before.end(), '\n') + 1),
            std::uint32_t(byte - line_begin + 1)};
}

Result<TomlValue> convert(const toml::node& node, std::string_view file, int levels);

Result<TomlValue> convert_table(const toml::table& table, TomlValue value, std::string_view file,
                                int levels) {
    for (const auto& [key, child] : table) {
        auto entry = convert(child, file, levels - 1);
        if (!entry) return entry;
        value.entries.push_back(
            {std::string(key.str()), place_of(key.source()), std::move(*entry)});
    }
    return value;
}

Result<TomlValue> convert(const toml::node& node, std::string_view file, int levels) {
    using Kind = TomlValue::Kind;
    TomlValue value;
    value.place = place_of(node.source());
    if (levels == 0)
        return fail(Fault::malformed,
                    at(file, value.place, "tables inside tables inside tables: at most 16 levels"));
    if (const auto* table = node.as_table())
        return convert_table(*table, std::move(value), file, levels);
    if (const auto* array = node.as_array()) {
        value.kind = Kind::array;
        for (const toml::node& child : *array) {
            auto item = convert(child, file, levels - 1);
            if (!item) return item;
            value.items.push_back(std::move(*item));
        }
    } else if (const auto text = node.value_exact<std::string>()) {
        value.kind = Kind::text;
        value.text = *text;
    } else if (const auto whole = node.value_exact<std::int64_t>()) {
        value.kind = Kind::whole;
        value.whole = *whole;
    } else if (const auto real = node.value_exact<double>()) {
        value.kind = Kind::real;
        value.real = *real;
    } else if (const auto truth = node.value_exact<bool>()) {
        value.kind = Kind::truth;
        value.truth = *truth;
    } else {
        value.kind = Kind::time;
    }
    return value;
}

Result<void> write_json(const TomlValue& value, std::string& json);

Result<void> write_json_list(const TomlValue& value, std::string& json) {
    const bool is_table = value.kind == TomlValue::Kind::table;
    json += is_table ? '{' : '[';
    bool first = true;
    const auto add = [&](const TomlValue& child) {
        const auto written = write_json(child, json);
        first = false;
        return written;
    };
    for (const TomlEntry& entry : value.entries) {
        json += (first ? "" : ",") + json_string(entry.key) + ":";
        if (const auto written = add(entry.value); !written) return written;
    }
    for (const TomlValue& item : value.items) {
        if (!first) json += ',';
        if (const auto written = add(item); !written) return written;
    }
    json += is_table ? '}' : ']';
    return {};
}

Result<void> write_json(const TomlValue& value, std::string& json) {
    switch (value.kind) {
        case TomlValue::Kind::table:
        case TomlValue::Kind::array:
            return write_json_list(value, json);
        case TomlValue::Kind::text:
            json += json_string(value.text);
            return {};
        case TomlValue::Kind::whole:
            json += std::to_string(value.whole);
            return {};
        case TomlValue::Kind::truth:
            json += value.truth ? "true" : "false";
            return {};
        case TomlValue::Kind::real:
            if (std::isfinite(value.real)) {
                char digits[32];
                const auto end = std::to_chars(digits, digits + sizeof digits, value.real).ptr;
                json.append(digits, end);
                return {};
            }
            [[fallthrough]];
        case TomlValue::Kind::time:
            break;
    }
    return fail(Fault::unsupported,
                std::to_string(value.place.line) + ":" + std::to_string(value.place.column));
}

}  // namespace

const TomlValue* TomlValue::find(std::string_view key) const {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const TomlEntry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &found->value;
}

Result<TomlValue> parse_toml(std::string_view text, std::string_view file) {
    if (text.size() > toml_bytes_max)
        return fail(Fault::bad_size, std::string(file) + ": longer than 1 MiB: shorten it");
    if (text.starts_with(byte_order_mark))
        return fail(Fault::malformed,
                    at(file, {}, "a byte order mark: save the file as UTF-8 without it"));
    if (const auto tab = text.find('\t'); tab != text.npos)
        return fail(Fault::malformed,
                    at(file, place_of_byte(text, tab), "a tab: write spaces instead"));
    try {
        return convert(toml::parse(text, file), file, toml_nesting_max);
    } catch (const toml::parse_error& error) {
        return fail(Fault::malformed, at(file, place_of(error.source()), error.description()) +
                                          ": correct the line, or see config/node.toml");
    }
}

Result<std::string> to_json(const TomlValue& value) {
    std::string json;
    if (const auto written = write_json(value, json); !written)
        return std::unexpected(written.error());
    return json;
}

std::string json_string(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string json = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            json.append(1, '\\').append(1, c);
        else if (byte < 0x20)
            json.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
        else
            json.append(1, c);
    }
    return json + "\"";
}

}  // namespace sanad::node
