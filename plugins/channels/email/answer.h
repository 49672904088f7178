#pragma once

#include "plugins/channels/email/answer_texts.h"
#include "plugins/channels/email/threading.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The one answer that nobody writes: the mail has come, who reads it, what happens next, whom to
// call now. Only to a person's mail, and not again within a day.
namespace sanad::email {

inline constexpr std::size_t received_max = 25;  // servers: more is a loop
inline constexpr std::int64_t answer_again_seconds = 24 * 3600;

/// What the caller keeps between mails.
struct AnswerState {
    bool answered_within_a_day = false;  // this sender
    std::size_t answers_this_hour = 0;   // to all senders together
    std::size_t answers_per_hour_max = 200;
};

enum class NoAnswer : std::uint8_t {
    no_sender,     // no address, `<>`, or an envelope without one
    report,        // it tells of another mail
    automatic,     // Auto-Submitted, Precedence, X-Auto-Response-Suppress
    list,          // List-*
    role_account,  // mailer-daemon, postmaster, no-reply, ...
    own_address,   // from ourselves
    loop,          // more than received_max servers
    forged,        // its domain says that the sender is not who it names: that one wrote nothing
    answered,      // this sender, within a day
    hour_is_full,
    suspected,  // it is set aside as spam: an answer would tell that the address is read
};
/// "no_sender", ...
std::string_view name(NoAnswer why);

/// Whether to answer at all; nothing: answer. threads  any; keeps no state
std::optional<NoAnswer> why_no_answer(const Mail& mail, const OwnAddress& own,
                                      const AnswerState& state, bool set_aside);

/// Under what to remember that somebody was answered: never the address itself.
///
/// key  key_bytes bytes. returns  32 bytes
std::string sender_hash(std::string_view key, std::string_view mailbox);

/// What the answer says of this helpline, from its configuration.
struct Helpline {
    Words name;
    Words opening;  // such as the hours when somebody reads; may be empty
    Words limits;   // when what is written does not stay a secret; may be empty
    struct Number {
        std::string number;
        Words label;
    };
    std::vector<Number> numbers;
    std::vector<std::string> languages;  // BCP 47, at least one; the first where nothing is known
};

/// The language to answer in: "ar", "fr" or "en". Darija is answered in Arabic.
std::string answer_language(std::string_view text, const Helpline& helpline);

/// The answer's text. Nothing of the mail is in it.
///
/// marks  of the mail: with image_left_out or file_left_out it says why, and what to send instead
std::string answer_text(std::string_view language, const Helpline& helpline,
                        const std::vector<std::string>& marks);

}  // namespace sanad::email
