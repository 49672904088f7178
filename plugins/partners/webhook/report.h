#pragma once

#include <sanad/plugin.capnp.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

// What a partner says of a matter: as JSON in a callback, or as a form of the pickup page.
//
// threads  any; keeps no state
namespace sanad::webhook {

inline constexpr std::size_t reference_bytes = 16;
inline constexpr std::size_t note_bytes_max = 2000;
inline constexpr std::size_t callback_bytes_max = 64 * 1024;

struct Report {
    std::string reference;  // 16 bytes
    plugin::schema::PartnerStatus status = plugin::schema::PartnerStatus::ACKNOWLEDGED;
    std::string note;  // may be empty
};

enum class ReportFault {
    json_malformed,  // not one JSON object of strings, or something follows it
    field_twice,
    field_unknown,
    field_missing,   // reference or status
    field_too_long,  // above note_bytes_max
    reference_malformed,
    status_unknown,
    note_malformed  // not UTF-8, or a control character but newline and tab
};

/// A code for an answer, such as "status_unknown".
std::string_view name(ReportFault fault);

/// Reads `{"reference":…,"status":…,"note":…}`, strictly: these three fields, each once, each a
/// string; the note may be absent.
std::expected<Report, ReportFault> parse_report(std::string_view json);

/// 22 letters of base64url, as in a pickup link. Nothing when it is no reference.
std::optional<std::string> parse_reference(std::string_view text);
std::string format_reference(std::string_view reference);

/// "acknowledged", "in_progress", "completed", "declined".
std::optional<plugin::schema::PartnerStatus> parse_status(std::string_view text);
std::string_view name(plugin::schema::PartnerStatus status);

/// Valid UTF-8 of at most note_bytes_max bytes without control characters but newline and tab.
bool is_note(std::string_view text);

}  // namespace sanad::webhook
