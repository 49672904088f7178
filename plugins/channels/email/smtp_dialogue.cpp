#include "plugins/channels/email/smtp_dialogue.h"

#include <algorithm>

namespace sanad::email {
namespace {

using std::chrono::milliseconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

milliseconds SmtpDialogue::left() const {
    const auto left = std::chrono::ceil<milliseconds>(until_ - std::chrono::steady_clock::now());
    return std::max(left, milliseconds(0));
}

std::expected<std::string, std::string> SmtpDialogue::line() {
    for (;;) {
        if (const std::size_t end = bytes_.find('\n'); end != bytes_.npos) {
            std::string line = bytes_.substr(0, end);
            bytes_.erase(0, end + 1);
            if (line.ends_with('\r')) line.pop_back();
            return line;
        }
        if (bytes_.size() > smtp_answer_bytes_max) return std::unexpected("smtp_malformed");
        if (left().count() == 0) return std::unexpected(std::string(name(WireFault::timed_out)));
        auto more = wire_.receive(left());
        if (!more) return std::unexpected(std::string(name(more.error())));
        bytes_ += *more;
    }
}

std::expected<SmtpDialogue::Answer, std::string> SmtpDialogue::hear() {
    Answer answer;
    std::size_t size = 0;
    for (;;) {
        auto next = line();
        if (!next) return std::unexpected(next.error());
        const std::string& text = *next;
        size += text.size();
        if (text.size() < 3 || !std::all_of(text.begin(), text.begin() + 3, is_digit) ||
            size > smtp_answer_bytes_max)
            return std::unexpected("smtp_malformed");
        const auto code =
            static_cast<unsigned>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
        if (code < 200 || code > 599 || (answer.code != 0 && code != answer.code))
            return std::unexpected("smtp_malformed");
        answer.code = code;
        std::string rest = text.size() > 4 ? text.substr(4) : std::string();
        std::ranges::transform(rest, rest.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        answer.lines.insert(std::move(rest));
        if (text.size() == 3 || text[3] != '-') return answer;
    }
}

std::expected<void, std::string> SmtpDialogue::say(std::string_view bytes) {
    if (const auto sent = wire_.send(bytes, left()); !sent)
        return std::unexpected(std::string(name(sent.error())));
    return {};
}

std::expected<SmtpDialogue::Answer, std::string> SmtpDialogue::ask(std::string_view line) {
    if (auto said = say(std::string(line) + "\r\n"); !said) return std::unexpected(said.error());
    return hear();
}

std::expected<void, std::string> SmtpDialogue::secure() {
    // What came with the answer would be taken for words said under TLS.
    if (!bytes_.empty()) return std::unexpected(std::string(name(WireFault::tls_failed)));
    if (const auto secured = wire_.secure(left()); !secured)
        return std::unexpected(std::string(name(secured.error())));
    return {};
}

std::string with_dots(std::string_view text) {
    std::string result;
    result.reserve(text.size() + 16);
    bool at_start = true;
    for (const char c : text) {
        if (at_start && c == '.') result += '.';
        result += c;
        at_start = c == '\n';
    }
    if (!text.ends_with("\r\n")) result += "\r\n";
    return result + ".\r\n";
}

}  // namespace sanad::email
