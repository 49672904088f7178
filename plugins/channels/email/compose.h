#pragma once

#include "plugins/channels/email/threading.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Mails that the helpline sends, as bytes for SMTP.
namespace sanad::email {

inline constexpr std::size_t line_characters_max = 76;
inline constexpr std::size_t references_max = 20;

struct Outgoing {
    OwnAddress own;
    std::string name;  // the helpline's, as it stands in From; may be neutral or empty
    std::string to;    // a mailbox
    std::string token;
    std::string random;            // 16 random bytes
    std::int64_t date = 0;         // seconds since 1970
    std::string language;          // "ar", "fr", "en": of the subject
    std::string text;              // UTF-8
    std::string in_reply_to = {};  // a Message-ID; may be empty
    // The oldest first; of many the first and the newest are kept.
    std::vector<std::string> references = {};
    bool automatic = false;  // an answer that nobody wrote (RFC 3834)
};

struct Composed {
    std::string bytes;       // lines end in CR LF, no line over 76 characters but a long Message-ID
    std::string message_id;  // with its brackets
    std::string envelope_sender;  // for MAIL FROM: own.plus(token); of an automatic answer ""
};

/// Nothing of what came in is quoted, and the subject is the same for everybody: a mailbox may be
/// shared. No value can add a header, whatever is in it.
///
/// errors  none: what cannot stand in a header (an address with a line end) is left out
Composed compose(const Outgoing& mail);

/// The subject of all our mails in a language; neutral: it says nothing of a helpline.
std::string_view subject_in(std::string_view language);

/// All of them, for hand_on().
std::vector<std::string> subjects_of_ours();

}  // namespace sanad::email
