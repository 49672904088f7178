#include "plugins/channels/email/mail.h"

#include "plugins/channels/email/body.h"
#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/quoting.h"
#include "plugins/channels/email/trust.h"

#include <algorithm>

namespace sanad::email {
namespace {

constexpr std::size_t subject_bytes_max = 500;
// What stands for a text that is not there: the node takes no empty one.
constexpr std::string_view no_text = "—";

std::string one_line(std::string_view text, std::size_t bytes_max) {
    std::string line(text.substr(0, cut_place(text, bytes_max)));
    std::ranges::replace(line, '\n', ' ');
    return line;
}

void read_people(Mail& mail, const Limits& limits) {
    const auto from = read_addresses(value_of(mail.headers, "from"), 1);
    const auto sender = read_addresses(value_of(mail.headers, "sender"), 1);
    if (!from.empty()) mail.from = from.front();
    if (mail.from.mailbox.empty() && !sender.empty()) mail.from.mailbox = sender.front().mailbox;
    for (const auto& header : mail.headers) {
        const bool delivered = header.name == "delivered-to" || header.name == "x-original-to" ||
                               header.name == "envelope-to";
        if (!delivered && header.name != "to" && header.name != "cc") continue;
        for (auto& address : read_addresses(header.value, limits.recipients)) {
            const auto had = mail.to.size() + mail.delivered_to.size();
            if (had >= limits.recipients) return add_mark(mail.marks, "damaged_mail");
            if (delivered)
                mail.delivered_to.push_back(std::move(address.mailbox));
            else
                mail.to.push_back(std::move(address));
        }
    }
}

void read_thread(Mail& mail, const Limits& limits) {
    const auto ids = read_message_ids(value_of(mail.headers, "message-id"), 1);
    if (!ids.empty()) mail.message_id = ids.front();
    mail.in_reply_to = read_message_ids(value_of(mail.headers, "in-reply-to"), limits.recipients);
    mail.references = read_message_ids(value_of(mail.headers, "references"), limits.recipients);
    mail.date = read_date(value_of(mail.headers, "date"));
}

void read_what_is_in_it(Mail& mail, std::string_view bytes, const Limits& limits) {
    const auto parts = read_parts(mail.headers, bytes, {limits.parts, limits.depth});
    const bool nobody = mail.sending.envelope_sender == "";
    if (parts.is_report || is_old_report(mail.headers, mail.from.mailbox, nobody))
        mail.report = read_report(parts.parts);
    auto body = read_body(parts.parts);
    if (parts.broken || body.lossy) add_mark(mail.marks, "damaged_mail");
    if (body.image_left_out) add_mark(mail.marks, "image_left_out");
    if (body.file_left_out) add_mark(mail.marks, "file_left_out");
    auto folded = fold_quotes(body.text);
    mail.text = std::move(folded.fresh);
    mail.quoted = std::move(folded.quoted);
    mail.attachments = std::move(body.attachments);
}

void mark_sender(Mail& mail) {
    const auto& seen = mail.authentication;
    const bool failed =
        seen.dmarc == Verdict::fail ||
        (seen.dmarc == Verdict::none && seen.spf == Verdict::fail && seen.dkim != Verdict::pass);
    if (failed) add_mark(mail.marks, "sender_failed");
    if (mail.sending.automatic || mail.sending.list || mail.sending.bulk)
        add_mark(mail.marks, "automatic_mail");
}

// "Re: Re: TR: words" without what programs put before.
std::string_view bare_subject(std::string_view subject) {
    constexpr std::string_view prefixes[] = {"re:", "re :", "ré:", "aw:", "sv:", "رد:", "رد :"};
    for (bool more = true; more;) {
        more = false;
        subject = trim(subject);
        for (const auto prefix : prefixes)
            if (begins_ignoring_case(subject, prefix))
                subject.remove_prefix(prefix.size()), more = true;
    }
    return subject;
}

bool is_ours(std::string_view subject, const std::vector<std::string>& ours) {
    return std::ranges::any_of(ours, [&](std::string_view one) {
        return same_ignoring_case(bare_subject(subject), bare_subject(one));
    });
}

}  // namespace

Mail read_mail(std::string_view bytes, std::string_view authserv, const Limits& limits) {
    Mail mail;
    mail.hash = sha256(bytes);
    if (bytes.size() > limits.mail_bytes) {
        bytes = bytes.substr(0, limits.mail_bytes);
        add_mark(mail.marks, "damaged_mail");
    }
    auto block = read_headers(bytes, {limits.header_lines, limits.header_bytes});
    mail.headers = std::move(block.headers);
    if (block.broken || mail.headers.empty()) add_mark(mail.marks, "damaged_mail");
    read_people(mail, limits);
    read_thread(mail, limits);
    mail.subject =
        one_line(clean_prose(decode_text(value_of(mail.headers, "subject"))), subject_bytes_max);
    mail.sending = read_sending(mail.headers);
    mail.authentication = read_authentication(mail.headers, authserv);
    read_what_is_in_it(mail, bytes.substr(std::min(block.bytes, bytes.size())), limits);
    mark_sender(mail);
    return mail;
}

void start_mail() { start_mime(); }

void add_mark(std::vector<std::string>& marks, std::string_view mark) {
    if (marks.size() < marks_max && std::ranges::find(marks, mark) == marks.end())
        marks.emplace_back(mark);
}

Handed hand_on(const Mail& mail, const std::vector<std::string>& subjects_of_ours) {
    Handed handed;
    handed.marks = mail.marks;
    std::string whole;
    if (!mail.subject.empty() && !is_ours(mail.subject, subjects_of_ours)) whole = mail.subject;
    const auto text = trim(mail.text);
    if (!text.empty()) (whole += whole.empty() ? "" : "\n\n") += text;
    if (trim(whole).empty()) whole = no_text;
    for (const auto& file : mail.attachments)
        if (file.kept()) handed.attachments.push_back(file);
    if (whole.size() > text_bytes_max) {
        handed.text = whole.substr(0, cut_place(whole, text_bytes_max));
        handed.attachments.push_back(text_attachment(Attachment::Role::whole, "all.txt", whole));
        add_mark(handed.marks, "long_mail");
    } else {
        handed.text = std::move(whole);
    }
    if (!trim(mail.quoted).empty())
        handed.attachments.push_back(
            text_attachment(Attachment::Role::earlier, "earlier.txt", mail.quoted));
    return handed;
}

}  // namespace sanad::email
