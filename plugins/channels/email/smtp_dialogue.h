#pragma once

#include "plugins/channels/email/wire.h"

#include <chrono>
#include <expected>
#include <set>
#include <string>
#include <string_view>

// Lines to an SMTP server and its answers.
namespace sanad::email {

inline constexpr std::size_t smtp_answer_bytes_max = 16 * 1024;

/// threads  one at a time
class SmtpDialogue {
public:
    /// wire  outlives it. until  when all of it must be over
    SmtpDialogue(Wire& wire, std::chrono::steady_clock::time_point until)
        : wire_(wire), until_(until) {}

    struct Answer {
        unsigned code = 0;            // 200..599
        std::set<std::string> lines;  // in upper case, without their codes
    };
    /// The answer to what was said. errors  a code such as "closed", "smtp_malformed"
    std::expected<Answer, std::string> hear();
    std::expected<Answer, std::string> ask(std::string_view line);
    std::expected<void, std::string> say(std::string_view bytes);
    /// After the answer to STARTTLS.
    std::expected<void, std::string> secure();

private:
    std::expected<std::string, std::string> line();
    std::chrono::milliseconds left() const;

    Wire& wire_;
    const std::chrono::steady_clock::time_point until_;
    std::string bytes_;
};

/// The text as it is sent: a dot before each line that begins with one, and the end.
std::string with_dots(std::string_view text);

}  // namespace sanad::email
