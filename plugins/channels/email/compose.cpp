#include "plugins/channels/email/compose.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/transfer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace sanad::email {
namespace {

struct Subject {
    std::string_view language, text;
};
constexpr Subject subjects[] = {
    {"en", "Re: your message"}, {"fr", "Re: ton message"}, {"ar", "رد: رسالتك"}};

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// `text` for a header: plain, or as encoded words of at most 75 characters, one on each line.
std::string encode_words(std::string_view text) {
    constexpr std::size_t bytes_of_word = 45;
    if (is_printable_ascii(text) && text.find("=?") == text.npos && text.size() <= 60)
        return std::string(text);
    std::string out;
    while (!text.empty()) {
        std::size_t size = std::min(bytes_of_word, text.size());
        while (size < text.size() && size > 1 &&
               (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80)
            --size;
        out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + encode_base64(text.substr(0, size))) +
               "?=";
        text.remove_prefix(size);
    }
    return out;
}

std::string display_name(std::string_view name) {
    const std::string plain = shown(valid_utf8(name), shown_name_bytes_max);
    if (plain.empty()) return {};
    if (!is_printable_ascii(plain) || plain.size() > 60) return encode_words(plain) + "\r\n ";
    std::string quoted = "\"";
    for (const char c : plain) quoted += (c == '"' || c == '\\' ? std::string("\\") : "") + c;
    return quoted + "\" ";
}

std::string date_text(std::int64_t seconds) {
    using namespace std::chrono;
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = floor<std::chrono::days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000",
                  days.at(weekday(day).c_encoding()), unsigned(date.day()),
                  months.at(unsigned(date.month()) - 1), int(date.year()),
                  int(clock.hours().count()), int(clock.minutes().count()),
                  int(clock.seconds().count()));
    return text;
}

// Only what is a Message-ID, whatever the mail had.
std::vector<std::string> good_ids(const std::vector<std::string>& ids) {
    std::vector<std::string> good;
    for (const auto& id : ids)
        for (auto& one : read_message_ids(id, references_max)) good.push_back(std::move(one));
    if (good.size() > references_max)
        good.erase(good.begin() + 1,
                   good.begin() + static_cast<std::ptrdiff_t>(good.size() - references_max + 1));
    return good;
}

std::string folded(const std::vector<std::string>& ids) {
    std::string text;
    for (const auto& id : ids) text += (text.empty() ? "" : "\r\n ") + id;
    return text;
}

class Head {
public:
    Head& add(std::string_view name, std::string_view value) {
        if (!value.empty()) ((text_ += name) += ": ") += value, text_ += "\r\n";
        return *this;
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

}  // namespace

Composed compose(const Outgoing& mail) {
    Composed composed;
    if (!is_mailbox(mail.to)) return composed;
    composed.message_id = make_message_id(mail.random, mail.token, mail.own.domain);
    if (!mail.automatic) composed.envelope_sender = mail.own.plus(mail.token);
    auto references = good_ids(mail.references);
    const auto answered = good_ids({mail.in_reply_to});
    if (!answered.empty() && std::ranges::find(references, answered.back()) == references.end())
        references.push_back(answered.back());
    Head head;
    head.add("Date", date_text(mail.date))
        .add("From", display_name(mail.name) + '<' + mail.own.plain() + '>')
        .add("Reply-To", '<' + mail.own.plus(mail.token) + '>')
        .add("To", '<' + mail.to + '>')
        .add("Subject", encode_words(subject_in(mail.language)))
        .add("Message-ID", composed.message_id)
        .add("In-Reply-To", answered.empty() ? "" : answered.back())
        .add("References", folded(references))
        .add("Auto-Submitted", mail.automatic ? "auto-replied" : "")
        .add("Precedence", mail.automatic ? "auto_reply" : "")
        .add("X-Auto-Response-Suppress", mail.automatic ? "All" : "")
        .add("MIME-Version", "1.0")
        .add("Content-Type", "text/plain; charset=utf-8")
        .add("Content-Transfer-Encoding", "quoted-printable");
    std::string text = clean_prose(mail.text);
    if (!text.ends_with('\n')) text += '\n';
    composed.bytes = head.take() + "\r\n" + encode_quoted_printable(text, line_characters_max);
    return composed;
}

std::string_view subject_in(std::string_view language) {
    for (const auto& subject : subjects)
        if (language.substr(0, 2) == subject.language) return subject.text;
    return subjects[0].text;
}

std::vector<std::string> subjects_of_ours() {
    std::vector<std::string> all;
    for (const auto& subject : subjects) all.emplace_back(subject.text);
    return all;
}

}  // namespace sanad::email
