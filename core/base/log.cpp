#include "core/base/log.h"

#include "core/base/clock.h"
#include "core/base/time_text.h"

#include <unistd.h>

namespace sanad {
namespace {

constexpr std::size_t line_bytes_max = 1024;

const char* name(Log::Level level) {
    switch (level) {
        case Log::Level::debug:
            return "debug";
        case Log::Level::info:
            return "info";
        case Log::Level::warn:
            return "warn";
        case Log::Level::error:
            return "error";
    }
    return "?";
}

// A value from outside must not start a new line or move the terminal's cursor.
void append_escaped(std::string& line, std::string_view value) {
    for (const char c : value) {
        const bool plain = static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '"';
        if (plain)
            line.push_back(c);
        else
            line.push_back('_');
    }
}

}  // namespace

void StderrLog::write(Level level, std::string_view event, Fields fields) {
    if (level < least_) return;
    std::string line = format_time(SystemClock{}.now());
    line.append(" ").append(name(level)).append(" ").append(event);
    for (const auto& [key, value] : fields) {
        line.append(" ").append(key).append("=");
        append_escaped(line, value);
    }
    if (line.size() > line_bytes_max) line.resize(line_bytes_max);
    line.push_back('\n');
    // One write a line, so that threads do not mix; a log that cannot be written stops nothing.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sanad
