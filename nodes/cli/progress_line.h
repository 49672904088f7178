#pragma once

#include <chrono>
#include <string>

namespace sanad::cli {

/// How far long work is, on stderr: each step as it begins, and then now and then. On a terminal it
/// is one line that changes.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// begins  a step's first: shown whenever it comes
    void show(const std::string& text, bool begins);

private:
    static constexpr std::chrono::milliseconds each_on_terminal{200}, each_in_log{10'000};

    const bool is_terminal_;
    bool is_open_ = false;  // a line without its end
    std::chrono::steady_clock::time_point shown_;
};

}  // namespace sanad::cli
