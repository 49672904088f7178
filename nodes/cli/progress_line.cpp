#include "nodes/cli/progress_line.h"

#include <unistd.h>

#include <cstdio>

namespace sanad::cli {

ProgressLine::ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (is_open_) std::fputc('\n', stderr);
}

void ProgressLine::show(const std::string& text, bool begins) {
    const auto now = std::chrono::steady_clock::now();
    if (!begins && now - shown_ < (is_terminal_ ? each_on_terminal : each_in_log)) return;
    shown_ = now;
    if (is_open_) std::fputs(begins ? "\n" : "\r", stderr);
    std::fputs(("sanad: " + text).c_str(), stderr);
    is_open_ = is_terminal_;
    if (!is_open_) std::fputc('\n', stderr);
    std::fflush(stderr);
}

}  // namespace sanad::cli
