#include "core/plugins/measures.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sanad::plugins {

namespace {

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= measure_name_bytes_max &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
           });
}

}  // namespace

bool Measures::add(std::string_view name, Kind kind, std::uint64_t value) {
    if (!is_name(name)) return false;
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(name);
    if (found == values_.end()) {
        if (values_.size() >= measures_max) return false;
        values_.emplace(name, Value{kind, value});
        return true;
    }
    if (found->second.kind != kind) return false;
    found->second.value = kind == Kind::gauge ? value : found->second.value + value;
    return true;
}

Measures::Values Measures::all() const {
    const std::lock_guard lock(mutex_);
    return values_;
}

Measures::Values Measures::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(values_, {});
}

Bytes Measures::write(const Values& values) {
    std::string lines;
    for (const auto& [name, value] : values)
        lines += (value.kind == Kind::gauge ? "g " : "c ") + name + " " +
                 std::to_string(value.value) + "\n";
    const ByteView bytes = bytes_of(lines);
    return {bytes.begin(), bytes.end()};
}

void Measures::read(ByteView payload) {
    std::string_view rest = text_of(payload);
    for (std::size_t lines = 0; !rest.empty() && lines < measures_max; ++lines) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        const std::size_t space = line.rfind(' ');
        if (line.size() < 5 || line[1] != ' ' || space < 2 || space == line.npos) continue;
        std::uint64_t value = 0;
        const char* last = line.data() + line.size();
        const auto [stop, fault] = std::from_chars(line.data() + space + 1, last, value);
        if (fault != std::errc{} || stop != last || (line[0] != 'c' && line[0] != 'g')) continue;
        add(line.substr(2, space - 2), line[0] == 'g' ? Kind::gauge : Kind::count, value);
    }
}

}  // namespace sanad::plugins
