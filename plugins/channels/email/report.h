#pragma once

#include "plugins/channels/email/mime.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A mail that tells what became of another mail.
namespace sanad::email {

struct Report {
    enum class Kind : std::uint8_t {
        failed,     // it will not arrive
        delayed,    // it is still tried
        delivered,  // or relayed, or expanded: nothing to be told
        read,       // a receipt of reading: never asked for, never counted on
    };
    Kind kind = Kind::failed;
    std::string status;                    // "5.1.1"; empty when it is not said
    std::vector<std::string> message_ids;  // of the mails it is about, with their brackets
    std::vector<std::string> recipients;   // whom it did not reach
    bool operator==(const Report&) const = default;
};

/// Reads a report (RFC 3464, RFC 8098), or one of older servers, which say it in words only.
///
/// parts  all parts of the mail: a multipart/report, or a mail that a server wrote
/// returns  message_ids as far as it gives back the header of what it is about. Anybody can write
///          a report: believe it about mails that were sent, and only as a notice
Report read_report(const std::vector<Part>& parts);

/// Whether a server wrote it that does not know multipart/report.
///
/// from      its mailbox
/// from_nobody  its envelope has no sender
bool is_old_report(const Headers& headers, std::string_view from, bool from_nobody);

}  // namespace sanad::email
