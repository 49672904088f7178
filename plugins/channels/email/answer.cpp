#include "plugins/channels/email/answer.h"

#include "plugins/channels/email/language.h"

#include <algorithm>
#include <array>

namespace sanad::email {
namespace {

constexpr std::array<std::string_view, 11> names{
    "no_sender", "report", "automatic", "list",         "role_account", "own_address",
    "loop",      "forged", "answered",  "hour_is_full", "suspected"};

bool is_own(std::string_view mailbox, const OwnAddress& own) {
    const auto sign = mailbox.rfind('@');
    if (sign == mailbox.npos || !same_ignoring_case(mailbox.substr(sign + 1), own.domain))
        return false;
    const auto local = mailbox.substr(0, sign);
    return same_ignoring_case(local.substr(0, local.find('+')), own.local);
}

bool is_role_account(std::string_view mailbox) {
    const std::string local = lower(mailbox.substr(0, mailbox.rfind('@')));
    for (const auto* word :
         {"mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "no.reply",
          "donotreply", "do-not-reply", "do_not_reply", "nepasrepondre", "ne-pas-repondre",
          "listserv", "majordomo", "owner-", "bounce", "daemon"})
        if (local.starts_with(word)) return true;
    return local.ends_with("-request") || local.ends_with("-noreply") ||
           local.ends_with("-bounces") || local.ends_with("-owner");
}

std::string_view known_language(std::string_view tag) {
    if (tag.starts_with("ar")) return "ar";
    if (tag.starts_with("fr")) return "fr";
    return tag.starts_with("en") ? "en" : "";
}

void paragraph(std::string& text, std::string_view words) {
    if (words.empty()) return;
    if (!text.empty()) text += "\n\n";
    text += words;
}

bool has(const std::vector<std::string>& marks, std::string_view mark) {
    return std::ranges::find(marks, mark) != marks.end();
}

}  // namespace

std::string_view name(NoAnswer why) { return names.at(static_cast<std::size_t>(why)); }

std::optional<NoAnswer> why_no_answer(const Mail& mail, const OwnAddress& own,
                                      const AnswerState& state, bool set_aside) {
    const auto& sending = mail.sending;
    const std::string envelope = sending.envelope_sender.value_or("");
    if (mail.from.mailbox.empty() || (sending.envelope_sender && envelope.empty()))
        return NoAnswer::no_sender;
    if (mail.report) return NoAnswer::report;
    if (sending.automatic || sending.bulk || sending.suppress) return NoAnswer::automatic;
    if (sending.list) return NoAnswer::list;
    for (const auto& one : {mail.from.mailbox, envelope}) {
        if (one.empty()) continue;
        if (is_role_account(one)) return NoAnswer::role_account;
        if (is_own(one, own)) return NoAnswer::own_address;
    }
    if (sending.received > received_max) return NoAnswer::loop;
    if (mail.authentication.dmarc == Verdict::fail) return NoAnswer::forged;
    if (state.answered_within_a_day) return NoAnswer::answered;
    if (state.answers_this_hour >= state.answers_per_hour_max) return NoAnswer::hour_is_full;
    if (set_aside) return NoAnswer::suspected;
    return {};
}

std::string sender_hash(std::string_view key, std::string_view mailbox) {
    // The key first and of fixed length, the address folded: upper case is no new sender.
    return sha256(std::string(key) + "sanad email sender " + lower(mailbox));
}

std::string answer_language(std::string_view text, const Helpline& helpline) {
    const std::string found = language_of(text);
    if (const auto known = known_language(found); !known.empty()) return std::string(known);
    for (const auto& tag : helpline.languages)
        if (const auto known = known_language(tag); !known.empty()) return std::string(known);
    return "en";
}

std::string answer_text(std::string_view language, const Helpline& helpline,
                        const std::vector<std::string>& marks) {
    const auto& texts = answer_texts();
    std::string text;
    paragraph(text, texts.greeting.in(language));
    paragraph(text, texts.arrived.in(language));
    paragraph(text, texts.who.in(language));
    paragraph(text, helpline.limits.in(language));
    paragraph(text, texts.next.in(language) + ' ' + texts.add.in(language));
    paragraph(text, helpline.opening.in(language));
    if (has(marks, "image_left_out")) paragraph(text, texts.image.in(language));
    if (has(marks, "file_left_out")) paragraph(text, texts.file.in(language));
    if (!helpline.numbers.empty()) {
        paragraph(text, texts.danger.in(language));
        for (const auto& number : helpline.numbers)
            text += "\n- " + number.number + " – " + number.label.in(language);
    }
    paragraph(text, texts.shared.in(language));
    paragraph(text, helpline.name.in(language));
    return text + '\n';
}

}  // namespace sanad::email
