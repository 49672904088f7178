#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"

#include <sanad/plugin.h>

#include <mutex>
#include <string>
#include <string_view>

namespace sanad::plugins {

inline constexpr std::size_t plugin_log_line_bytes_max = 512;
inline constexpr std::size_t plugin_log_word_bytes_max = 64;
inline constexpr int plugin_log_lines_per_minute = 120;

/// A plugin's lines on their way into the node's log. A line is an event name of [a-z0-9_.] and
/// then `field=value` words of printable ASCII, at most plugin_log_word_bytes_max each: a sentence
/// has no place in it, so neither has what a child wrote. A line of another form is counted, not
/// shown.
///
/// events   plugin.said {plugin, line}      what the plugin reports
///          plugin.line_refused {plugin}    a defect of the plugin: tell its maker
///          plugin.lines_dropped {plugin, count}  it said more than plugin_log_lines_per_minute
/// threads  any
class PluginLog {
public:
    PluginLog(std::string plugin, Log& log, const Clock& clock)
        : plugin_(std::move(plugin)), log_(log), clock_(clock) {}

    void take(std::int32_t level, std::string_view line);
    /// The value of `code=` in the newest error line, such as "lmdb.no_store"; empty when there is
    /// none.
    std::string last_code() const;
    void forget_code();

private:
    bool within_rate();

    const std::string plugin_;
    Log& log_;            // outlives us
    const Clock& clock_;  // outlives us
    mutable std::mutex mutex_;
    std::string last_code_;
    Duration window_begin_{0};
    int in_window_ = 0;
    int dropped_ = 0;
};

}  // namespace sanad::plugins
