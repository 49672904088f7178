#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What an IMAP server says, taken apart. Pure: bytes in, responses out.
// source  RFC 3501 (IMAP4rev1)
namespace sanad::email {

struct ImapLimits {
    std::size_t line_bytes = 64U << 10;     // of one response, without its literals
    std::size_t literal_bytes = 26U << 20;  // of one literal
    std::size_t literals = 16;              // of one response
};

/// One response: `* ...`, `+ ...` or that of a command.
struct ImapResponse {
    std::string tag;                    // "*", "+" or the command's
    std::string text;                   // what follows; a literal stands in it as {its size}
    std::vector<std::string> literals;  // in their order
};

/// threads  one at a time
class ImapReader {
public:
    explicit ImapReader(const ImapLimits& limits) : limits_(limits) {}
    ImapReader() : ImapReader(ImapLimits{}) {}

    /// Bytes as they came, cut anywhere.
    void feed(std::string_view bytes);

    /// The next whole response; none: feed more. Wrong once, wrong for ever: the connection is of
    /// no more use.
    ///
    /// errors  imap_line_too_long, imap_literal_too_long, imap_malformed
    std::expected<std::optional<ImapResponse>, std::string_view> next();

private:
    std::expected<bool, std::string_view> take_line();

    ImapLimits limits_;
    std::string bytes_;
    std::size_t at_ = 0;        // what is before it was taken
    std::size_t searched_ = 0;  // no line end before it
    std::string text_;          // of the response under way
    std::vector<std::string> literals_;
    std::optional<std::size_t> literal_;  // bytes of it that are still to come
    std::string_view fault_;
};

}  // namespace sanad::email
