#include "plugins/channels/email/inward.h"

#include "plugins/channels/email/compose.h"

#include <sanad/values.hpp>

#include <algorithm>

namespace sanad::email {
namespace {

using plugin::view_of;

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void add(std::vector<std::string>& marks, std::string mark) {
    if (std::ranges::find(marks, mark) == marks.end()) marks.push_back(std::move(mark));
}

}  // namespace

std::string format_return(const Return& to) {
    std::string bytes = to.mailbox + '\n' + to.token + '\n' + to.language + '\n';
    if (bytes.size() + to.message_id.size() <= return_bytes_max) bytes += to.message_id;
    return bytes;
}

Return parse_return(std::string_view bytes) {
    Return to;
    to.mailbox = take_line(bytes);
    to.token = take_line(bytes);
    to.language = take_line(bytes);
    to.message_id = take_line(bytes);
    return to;
}

Inward::Inward(plugin::Host& host, const Settings& settings, std::string key, Greet greet)
    : host_(host),
      settings_(settings),
      key_(std::move(key)),
      greet_(std::move(greet)),
      rate_(SenderRate::Limit{settings.mails_per_sender, 3600, 10'000}) {}

std::size_t Inward::lane_of(std::string_view bytes) const {
    // Only the header is needed for that, and what of it fits into the first bytes.
    const Mail head = read_mail(bytes.substr(0, 16 * 1024));
    return std::hash<std::string>()(candidates(head, settings_.own, key_).back().token);
}

std::expected<Inward::Place, sanad_status> Inward::place_of(const Mail& mail) {
    const std::vector<Candidate> all = candidates(mail, settings_.own, key_);
    for (const Candidate& one : all) {
        const auto found = host_.replay(one.conversation, 0, 1);
        if (!found) return std::unexpected(found.status());
        if (found->getState() == plugin::schema::ConversationState::NONE) continue;
        return Place{one, true, parse_return(view_of(found->getReturnAddress())).mailbox};
    }
    return Place{all.back(), false, {}};
}

bool Inward::tell_of_failure(const Mail& mail) {
    for (const std::string& id : mail.report->message_ids) {
        const auto token = token_of_message_id(id, settings_.own.domain);
        if (!token) continue;
        // That a mail is late, has arrived or was read is no news that anybody must act on.
        if (mail.report->kind != Report::Kind::failed) return true;
        const std::string conversation = conversation_of(*token);
        const auto known = host_.replay(conversation, 0, 1);
        if (!known || known->getState() == plugin::schema::ConversationState::NONE) continue;
        if (host_.notice(conversation, mail.hash, "not_delivered") != SANAD_OK) continue;
        plugin::count(host_, "bounced");
        return true;
    }
    return false;
}

bool Inward::attach(const Mail& mail, const std::string& conversation, const Handed& handed) {
    constexpr std::size_t part_bytes = plugin::Host::file_part_bytes_max;
    for (std::size_t at = 0; at < handed.attachments.size(); ++at) {
        const Attachment& one = handed.attachments[at];
        if (one.bytes.empty()) continue;
        // The same file has the same name whenever the mail comes again.
        const std::string file = sha256(mail.hash + std::to_string(at)).substr(0, 16);
        const std::string_view bytes = one.bytes;
        for (std::uint32_t part = 0; part * part_bytes < bytes.size(); ++part) {
            plugin::Host::FilePart piece{conversation, file, part,
                                         bytes.substr(part * part_bytes, part_bytes)};
            piece.last = (part + 1) * part_bytes >= bytes.size();
            if (part == 0) {
                piece.name = one.name;
                piece.media_type = one.media_type;
            }
            const sanad_status status = host_.attach(piece);
            if (status == SANAD_OK) continue;
            // A node that keeps no files, or takes none from here: the counsellor is told.
            if (status == SANAD_E_UNSUPPORTED || status == SANAD_E_DENIED ||
                status == SANAD_E_INVALID)
                return host_.notice(conversation, file, "file_left_out") == SANAD_OK;
            return false;
        }
    }
    return true;
}

Inward::Fate Inward::take(std::string_view bytes, std::int64_t now) {
    const Mail mail = read_mail(bytes, settings_.authserv);
    if (mail.report && tell_of_failure(mail)) return Fate::done;
    const auto place = place_of(mail);
    if (!place) return Fate::later;

    const std::string sender = sender_hash(key_, mail.from.mailbox);
    Handed handed = hand_on(mail, subjects_of_ours());
    Standing standing;
    {
        const std::lock_guard lock(mutex_);
        standing = judge_sender(mail, usual_spam_headers(), rate_, sender, now);
    }
    // What could harm most stands first: the node takes so many marks and no more.
    std::vector<std::string> marks = standing.marks;
    const bool other = place->known && !place->mailbox.empty() &&
                       !same_ignoring_case(place->mailbox, mail.from.mailbox);
    if (other) add(marks, "other_sender");
    for (const std::string& mark : handed.marks) add(marks, mark);
    marks.resize(std::min(marks.size(), marks_max));

    const std::string language = answer_language(handed.text, settings_.helpline);
    const Return to{mail.from.mailbox, place->candidate.token, language, mail.message_id};
    const std::string return_address = format_return(to);
    const bool may_answer = is_mailbox(to.mailbox) && return_address.size() <= return_bytes_max;

    plugin::Host::Submission said{place->candidate.conversation, mail.hash, handed.text, {}};
    // Somebody else who writes into a conversation gets nothing of it: the address stays.
    if (may_answer && !other) said.return_address = return_address;
    said.marks = marks;
    said.set_aside = standing.set_aside;
    const auto submitted = host_.submit(said);
    if (!submitted) {
        if (submitted.status() != SANAD_E_INVALID) return Fate::later;
        plugin::count(host_, "not_taken");
        host_.log(SANAD_LOG_ERROR, "email.not_taken", {{"code", "invalid"}});
        return Fate::set_aside;  // it would be refused for ever: people find it in the folder
    }
    if (!attach(mail, place->candidate.conversation, handed)) return Fate::later;
    if (!submitted->getDuplicate())
        plugin::count(host_, standing.set_aside ? "set_aside" : "taken");

    const bool first = submitted->getSeq() == 1 && !submitted->getDuplicate();
    if (first && may_answer && settings_.automatic_answer &&
        !why_no_answer(mail, settings_.own, {}, standing.set_aside))
        greet_({to, sender, answer_text(language, settings_.helpline, marks)});
    return standing.set_aside ? Fate::set_aside : Fate::done;
}

}  // namespace sanad::email
