#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace sanad::test {

/// A Node.js script of this folder as a process of its own, which prints JSON lines. It is told to
/// end by the end of its stdin, and has ended when this object has.
class Script {
public:
    using Environment = std::vector<std::pair<std::string, std::string>>;

    /// name  such as "receiver.mjs". The variables SANAD_NODE and SANAD_SCRIPTS name the program
    /// and
    ///       this folder. throws  std::runtime_error
    Script(const std::string& name, const std::vector<std::string>& arguments,
           const Environment& environment);
    ~Script();
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;

    /// The next line; empty when none came within line_wait_ms.
    std::string next_line();

private:
    pid_t process_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string unread_;
};

/// receiver.mjs, listening.
class Receiver : public Script {
public:
    Receiver(std::vector<std::string> arguments, const Environment& environment);
    const std::string& url() const { return url_; }

private:
    std::string url_;
};

/// The text value of `field` in a flat JSON line; empty when it has none.
std::string text_in(const std::string& line, const std::string& field);

}  // namespace sanad::test
