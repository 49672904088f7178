#include "plugins/channels/email/imap_reader.h"

#include <algorithm>
#include <charconv>

namespace sanad::email {
namespace {

constexpr std::size_t size_digits_max = 10;

// The size at the end of `{123}`; nothing: the line ends without a literal.
std::expected<std::optional<std::size_t>, std::string_view> literal_of(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    const std::size_t open = line.rfind('{');
    if (open == line.npos) return std::nullopt;
    std::string_view digits = line.substr(open + 1);
    digits.remove_suffix(1);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    const bool is_number =
        !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return std::nullopt;  // words of a server that end so
    std::size_t size = 0;
    if (digits.size() > size_digits_max ||
        std::from_chars(digits.data(), digits.data() + digits.size(), size).ec != std::errc())
        return std::unexpected("imap_literal_too_long");
    return size;
}

}  // namespace

void ImapReader::feed(std::string_view bytes) {
    if (!fault_.empty()) return;
    if (at_ > 0 && at_ >= bytes_.size() / 2) {
        bytes_.erase(0, at_);
        searched_ -= at_;
        at_ = 0;
    }
    bytes_ += bytes;
}

std::expected<bool, std::string_view> ImapReader::take_line() {
    const std::size_t end = bytes_.find('\n', searched_);
    const std::size_t seen = (end == bytes_.npos ? bytes_.size() : end) - at_;
    if (text_.size() + seen > limits_.line_bytes) return std::unexpected("imap_line_too_long");
    if (end == bytes_.npos) {
        searched_ = bytes_.size();
        return false;
    }
    std::string_view line(bytes_.data() + at_, end - at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find('\0') != line.npos) return std::unexpected("imap_malformed");
    text_ += line;
    at_ = searched_ = end + 1;
    return true;
}

std::expected<std::optional<ImapResponse>, std::string_view> ImapReader::next() {
    const auto fail = [this](std::string_view code) {
        fault_ = code;
        bytes_.clear();
        at_ = searched_ = 0;
        return std::unexpected(code);
    };
    if (!fault_.empty()) return std::unexpected(fault_);
    for (;;) {
        if (literal_) {
            if (bytes_.size() - at_ < *literal_) return std::nullopt;
            literals_.push_back(bytes_.substr(at_, *literal_));
            at_ = searched_ = at_ + *literal_;
            literal_.reset();
        }
        const auto taken = take_line();
        if (!taken) return fail(taken.error());
        if (!*taken) return std::nullopt;
        const auto size = literal_of(text_);
        if (!size) return fail(size.error());
        if (*size) {
            if (**size > limits_.literal_bytes) return fail("imap_literal_too_long");
            if (literals_.size() == limits_.literals) return fail("imap_malformed");
            literal_ = *size;
            continue;
        }
        const std::size_t space = std::min(text_.find(' '), text_.size());
        ImapResponse response{text_.substr(0, space),
                              text_.substr(std::min(space + 1, text_.size())),
                              std::move(literals_)};
        text_.clear();
        literals_.clear();
        if (response.tag.empty()) return fail("imap_malformed");
        return response;
    }
}

}  // namespace sanad::email
