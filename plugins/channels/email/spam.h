#pragma once

#include "plugins/channels/email/mail.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Whether a mail waits with the others or is set aside for a daily look. Nothing is thrown away
// unseen, and nobody is silenced for writing much.
namespace sanad::email {

/// A header that the helpline's mail server writes, and how its value begins for unwanted mail.
struct SpamHeader {
    std::string name;    // lower case
    std::string begins;  // compared without case
};
/// X-Spam-Flag, X-Spam-Status, X-Spam and X-Rspamd-Action as SpamAssassin and rspamd write them.
const std::vector<SpamHeader>& usual_spam_headers();

/// Whether the server, or somebody who writes as if they were the server, calls it spam. That can
/// only set the mail aside: a header that says "no" changes nothing.
bool is_called_spam(const Mail& mail, const std::vector<SpamHeader>& headers);

/// How much one sender writes: a sliding window. Beyond it mails are set aside, so that one who
/// floods cannot bury the others. The table is bounded; when it is full the one longest silent
/// goes.
///
/// threads  strand
class SenderRate {
public:
    struct Limit {
        std::size_t mails = 20;
        std::int64_t seconds = 3600;
        std::size_t senders = 10'000;
    };
    explicit SenderRate(Limit limit);
    SenderRate() : SenderRate(Limit{}) {}

    /// Counts one mail. returns  whether it is within the limit.
    ///
    /// sender  as sender_hash() gives it
    /// now     seconds; may stand still, and go back a little
    bool take(std::string_view sender, std::int64_t now);

    std::size_t senders() const { return places_.size(); }

private:
    struct Sender {
        std::string name;
        std::deque<std::int64_t> times;
    };
    Sender& find(std::string_view sender);

    Limit limit_;
    std::list<Sender> senders_;  // the one heard last stands first
    std::unordered_map<std::string, std::list<Sender>::iterator> places_;
};

/// Both together, with the marks that say why: maybe_spam, many_from_sender.
struct Standing {
    bool set_aside = false;
    std::vector<std::string> marks;
};
Standing judge_sender(const Mail& mail, const std::vector<SpamHeader>& headers, SenderRate& rate,
                      std::string_view sender, std::int64_t now);

}  // namespace sanad::email
