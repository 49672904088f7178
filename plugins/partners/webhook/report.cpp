#include "plugins/partners/webhook/report.h"

#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sanad::webhook {
namespace {

using plugin::schema::PartnerStatus;

constexpr std::array<std::pair<std::string_view, PartnerStatus>, 4> statuses{
    {{"acknowledged", PartnerStatus::ACKNOWLEDGED},
     {"in_progress", PartnerStatus::IN_PROGRESS},
     {"completed", PartnerStatus::COMPLETED},
     {"declined", PartnerStatus::DECLINED}}};

/// At most so much of a field is kept: a reference and a status are shorter.
constexpr std::size_t value_bytes_max = note_bytes_max;

ReportFault of_json(JsonFault fault) {
    switch (fault) {
        case JsonFault::field_twice:
            return ReportFault::field_twice;
        case JsonFault::too_large:
            return ReportFault::field_too_long;
        case JsonFault::malformed:
            break;
    }
    return ReportFault::json_malformed;
}

}  // namespace

std::string_view name(ReportFault fault) {
    switch (fault) {
        case ReportFault::json_malformed:
            return "json_malformed";
        case ReportFault::field_twice:
            return "field_twice";
        case ReportFault::field_unknown:
            return "field_unknown";
        case ReportFault::field_missing:
            return "field_missing";
        case ReportFault::field_too_long:
            return "field_too_long";
        case ReportFault::reference_malformed:
            return "reference_malformed";
        case ReportFault::status_unknown:
            return "status_unknown";
        case ReportFault::note_malformed:
            return "note_malformed";
    }
    return "unknown";
}

std::expected<Report, ReportFault> parse_report(std::string_view json) {
    const auto fields = parse_strings(json, value_bytes_max);
    if (!fields) return std::unexpected(of_json(fields.error()));
    for (const auto& [field, value] : *fields)
        if (field != "reference" && field != "status" && field != "note")
            return std::unexpected(ReportFault::field_unknown);
    const auto reference = fields->find("reference");
    const auto status = fields->find("status");
    if (reference == fields->end() || status == fields->end())
        return std::unexpected(ReportFault::field_missing);

    Report report;
    const auto bytes = parse_reference(reference->second);
    if (!bytes) return std::unexpected(ReportFault::reference_malformed);
    report.reference = *bytes;
    const auto known = parse_status(status->second);
    if (!known) return std::unexpected(ReportFault::status_unknown);
    report.status = *known;
    if (const auto note = fields->find("note"); note != fields->end()) report.note = note->second;
    if (!is_note(report.note)) return std::unexpected(ReportFault::note_malformed);
    return report;
}

std::optional<std::string> parse_reference(std::string_view text) {
    auto bytes = from_base64url(text);
    return bytes && bytes->size() == reference_bytes ? bytes : std::nullopt;
}

std::string format_reference(std::string_view reference) { return to_base64url(reference); }

std::optional<PartnerStatus> parse_status(std::string_view text) {
    const auto found = std::ranges::find(statuses, text, [](const auto& row) { return row.first; });
    return found == statuses.end() ? std::optional<PartnerStatus>() : found->second;
}

std::string_view name(PartnerStatus status) {
    const auto found =
        std::ranges::find(statuses, status, [](const auto& row) { return row.second; });
    return found == statuses.end() ? "unknown" : found->first;
}

bool is_note(std::string_view text) {
    return text.size() <= note_bytes_max && is_utf8(text) && std::ranges::all_of(text, [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t';
           });
}

}  // namespace sanad::webhook
