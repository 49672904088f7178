#include "nodes/cli/output.h"

#include "core/base/text.h"
#include "nodes/cli/command.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace sanad::cli {
namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

// The code point that `text` begins with: shortest form only, no surrogates.
CodePoint first_of(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                                                             : 0;
    if (length == 0 || text.size() < length) return {};
    std::uint32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        value = value << 6 | (byte(i) & 0x3FU);
    }
    constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
    return {value, length, true};
}

bool is_harmless(std::uint32_t c) {
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
    const bool turns_direction = c == 0x061C || c == 0x200E || c == 0x200F ||
                                 (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !turns_direction && c != 0xFEFF;
}

std::string hexadecimal(std::uint32_t value) {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%02X", value);
    return digits.data();
}

std::size_t width_of(std::string_view text) {
    return std::size_t(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

}  // namespace

std::string shown(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const CodePoint c = first_of(text);
        if (!c.valid)
            safe += "\\x" + hexadecimal(static_cast<unsigned char>(text[0]));
        else if (is_harmless(c.value))
            safe += text.substr(0, c.bytes);
        else
            safe += "\\u{" + hexadecimal(c.value) + "}";
        text.remove_prefix(c.bytes);
    }
    return safe;
}

std::string shown_prose(std::string_view text, std::string_view margin) {
    std::string safe;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        safe += std::string(margin) + shown(text.substr(0, end)) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return safe;
}

void Table::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = cell.empty() ? "-" : shown(cell);
    rows_.push_back(std::move(cells));
}

std::string Table::text(std::string_view nothing) const {
    if (rows_.size() == 1) return std::string(nothing) + "\n";
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    std::string text;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            const bool last = i + 1 == row.size();
            if (!last) text.append(widths[i] - width_of(row[i]) + 2, ' ');
        }
        text += "\n";
    }
    return text;
}

std::string line(std::string_view name, std::string_view value) {
    if (value.empty()) return {};
    std::string text(name);
    text.append(name.size() < 14 ? 14 - name.size() : 1, ' ');
    return text + shown(value) + "\n";
}

std::string join(const std::vector<std::string>& words) {
    std::string joined;
    for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
    return joined;
}

int print(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (written && std::fflush(stdout) == 0) return exit_done;
    return complain("the output cannot be written: is the disk full, or was it closed?",
                    exit_output_failed);
}

int complain(std::string_view what, int exit) {
    const std::string text = "sanad: " + shown(what) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
    return exit;
}

int complain(const Error& error, int exit) {
    std::string_view rest = error.detail;
    if (rest.empty()) rest = sanad::name(error.fault);
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        complain(rest.substr(0, end), exit);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return exit;
}

}  // namespace sanad::cli
