#include "core/plugins/plugin_log.h"

#include <algorithm>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr Duration window{60'000};

bool is_event(std::string_view word) {
    return !word.empty() && word.size() <= plugin_log_word_bytes_max &&
           word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == word.npos;
}

bool is_field(std::string_view word) {
    const bool printable =
        std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
    const std::size_t equals = word.find('=');
    return printable && equals != word.npos && is_event(word.substr(0, equals)) &&
           word.size() - equals - 1 <= plugin_log_word_bytes_max;
}

// Calls `use` with each word; false as soon as it returns false.
template <typename Use>
bool each_word(std::string_view line, Use use) {
    for (;;) {
        const std::size_t end = std::min(line.find(' '), line.size());
        if (!use(line.substr(0, end))) return false;
        if (end == line.size()) return true;
        line.remove_prefix(end + 1);
    }
}

bool is_structured(std::string_view line) {
    bool first = true;
    return each_word(line, [&first](std::string_view word) {
        return std::exchange(first, false) ? is_event(word) : is_field(word);
    });
}

}  // namespace

void PluginLog::take(std::int32_t level, std::string_view line) {
    line = line.substr(0, plugin_log_line_bytes_max);
    const std::lock_guard lock(mutex_);
    const bool structured = is_structured(line);
    if (structured && level == SANAD_LOG_ERROR)
        each_word(line, [this](std::string_view word) {
            if (word.starts_with("code=")) last_code_ = word.substr(5);
            return true;
        });
    if (!within_rate()) return;
    if (!structured) return log_.warn("plugin.line_refused", {{"plugin", plugin_}});
    const Log::Fields fields = {{"plugin", plugin_}, {"line", std::string(line)}};
    switch (level) {
        case SANAD_LOG_DEBUG:
            return log_.debug("plugin.said", fields);
        case SANAD_LOG_INFO:
            return log_.info("plugin.said", fields);
        case SANAD_LOG_WARN:
            return log_.warn("plugin.said", fields);
        default:
            return log_.error("plugin.said", fields);
    }
}

bool PluginLog::within_rate() {
    const Duration now = clock_.elapsed();
    if (now - window_begin_ >= window) {
        if (dropped_ > 0)
            log_.warn("plugin.lines_dropped",
                      {{"plugin", plugin_}, {"count", std::to_string(dropped_)}});
        window_begin_ = now;
        in_window_ = dropped_ = 0;
    }
    if (in_window_ == plugin_log_lines_per_minute) return ++dropped_, false;
    return ++in_window_, true;
}

std::string PluginLog::last_code() const {
    const std::lock_guard lock(mutex_);
    return last_code_;
}

void PluginLog::forget_code() {
    const std::lock_guard lock(mutex_);
    last_code_.clear();
}

}  // namespace sanad::plugins
