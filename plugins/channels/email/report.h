#pragma once

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
};

/// One part of a mail, as far as a report may need it.
struct ReportPart {
    std::string type;  // "message/delivery-status", "message/rfc822", "text/rfc822-headers", ...
    std::string_view bytes;
};

/// Reads a report (RFC 3464, RFC 8098), or the kinds of older servers, which are known by their
/// sender and their text alone.
///
/// parts      all parts of the mail in their order
/// is_report  multipart/report
/// returns    message_ids as far as the report gives back the header of what it is about
Report read_report(const std::vector<ReportPart>& parts, bool is_report);

}  // namespace sanad::email
