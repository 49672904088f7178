#pragma once

#include "plugins/channels/email/addresses.h"
#include "plugins/channels/email/attachments.h"
#include "plugins/channels/email/headers.h"
#include "plugins/channels/email/report.h"
#include "plugins/channels/email/trust.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a mail says, from its bytes and nothing else: no socket, no clock, no disk, nothing fetched.
// Whatever is wrong with a mail, what can be read of it is given, with a mark that says so.
namespace sanad::email {

inline constexpr std::size_t text_bytes_max = 16'000;  // of one message that the node takes
inline constexpr std::size_t marks_max = 8;            // of one message

struct Limits {
    std::size_t mail_bytes = 25U << 20;  // what follows is not read
    std::size_t parts = 50;
    std::size_t depth = 10;
    std::size_t header_lines = 200;
    std::size_t header_bytes = 64U << 10;  // of one header, unfolded
    std::size_t recipients = 200;          // and Message-IDs of References
};

struct Mail {
    Headers headers;                        // at most Limits::header_lines
    Address from;                           // both may be empty; never taken as proof of who writes
    std::vector<Address> to;                // To and Cc
    std::vector<std::string> delivered_to;  // Delivered-To, X-Original-To: what the server says
    std::string subject;                    // UTF-8, one line
    std::string message_id;                 // with its brackets; may be empty
    std::vector<std::string> in_reply_to, references;
    std::optional<std::int64_t> date;  // seconds since 1970, as the sender has it
    std::string hash;                  // SHA-256 of all bytes: 32 bytes
    Sending sending;
    Authentication authentication;
    std::string text;    // UTF-8: what is new in it; "" when nothing can be read as text
    std::string quoted;  // the earlier messages that were under it; nothing of both is lost
    std::vector<Attachment> attachments;  // in their order, kept and left out
    std::optional<Report> report;         // it tells what became of another mail
    std::vector<std::string> marks;       // ids of the node's list contact-marks, each once
};

/// Reads a mail.
///
/// bytes       as they were fetched
/// authserv    whose Authentication-Results count: only the topmost header, and only when it names
///             this server. Others may have been written by the sender. Empty: none count
/// returns     always a Mail: a part that is broken or too much is left out, with damaged_mail
/// threads     any, after start_mail()
/// source      RFC 5322, RFC 2045..2047, RFC 2231, RFC 3464, RFC 8601
Mail read_mail(std::string_view bytes, std::string_view authserv = {}, const Limits& limits = {});

/// Once in the process, before the sandbox shuts: what the library of MIME sets up.
void start_mail();

/// Adds a mark unless it is there or marks_max are.
void add_mark(std::vector<std::string>& marks, std::string_view mark);

/// What the node is given of a mail as text.
struct Handed {
    std::string text;                     // 1..text_bytes_max bytes of UTF-8
    std::vector<Attachment> attachments;  // those of the mail that are kept, then all.txt when the
                                          // text was cut, and earlier.txt: quoted messages
    std::vector<std::string> marks;       // those of the mail, and long_mail; at most marks_max
};

/// The subject, unless it only answers one of ours, and the text under it. Longer than the node
/// takes: cut between two characters as people see them, and attached whole.
///
/// subjects_of_ours  subjects that need not be said again, with or without "Re:"
/// threads           any
Handed hand_on(const Mail& mail, const std::vector<std::string>& subjects_of_ours = {});

}  // namespace sanad::email
