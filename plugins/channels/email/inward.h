#pragma once

#include "plugins/channels/email/mail.h"
#include "plugins/channels/email/settings.h"
#include "plugins/channels/email/spam.h"
#include "plugins/channels/email/threading.h"

#include <sanad/host.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

// A mail becomes a message of a conversation. Whatever happens in between, the same mail again
// changes nothing: the key of its submission is the hash of its bytes.
namespace sanad::email {

/// What the node keeps for a conversation and gives back with every answer: where and how to
/// answer. Sealed with the contact, shown to nobody.
struct Return {
    std::string mailbox, token, language, message_id;
};
inline constexpr std::size_t return_bytes_max = 512;
/// A Message-ID too long for it is left out.
std::string format_return(const Return& to);
/// Empty fields where there is nothing.
Return parse_return(std::string_view bytes);

/// A first answer that nobody writes, to be sent when there is time.
struct Greeting {
    Return to;
    std::string sender;  // its hash
    std::string text;
};

/// threads  any: several mails may be taken in at once
class Inward {
public:
    using Greet = std::function<void(Greeting)>;
    /// settings  outlives it
    /// key       key_bytes bytes
    /// greet     answers, or leaves it
    Inward(plugin::Host& host, const Settings& settings, std::string key, Greet greet);

    enum class Fate : std::uint8_t {
        done,       // the node has it on its disk, or it needs no keeping
        set_aside,  // the same, but it belongs to those that are looked at once a day
        later,      // the node takes nothing now: the mail stays where it is
    };
    /// bytes  the mail as it was fetched
    /// now    seconds since 1970
    Fate take(std::string_view bytes, std::int64_t now);

    /// A number that is the same for mails which must be taken in one after the other.
    std::size_t lane_of(std::string_view bytes) const;

private:
    struct Place {
        Candidate candidate;
        bool known = false;
        std::string mailbox;  // of the conversation; may be empty
    };
    std::expected<Place, sanad_status> place_of(const Mail& mail);
    bool tell_of_failure(const Mail& mail);
    bool attach(const Mail& mail, const std::string& conversation, const Handed& handed);

    plugin::Host& host_;
    const Settings& settings_;
    const std::string key_;
    const Greet greet_;
    std::mutex mutex_;
    SenderRate rate_;  // with the mutex held
};

}  // namespace sanad::email
