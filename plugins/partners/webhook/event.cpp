#include "plugins/partners/webhook/event.h"

#include "plugins/partners/webhook/json.h"
#include "plugins/partners/webhook/report.h"

#include <ctime>

#include <array>
#include <cstdio>

namespace sanad::webhook {
namespace {

std::string_view type_of(EventKind kind) {
    switch (kind) {
        case EventKind::raised:
            return "escalation.raised";
        case EventKind::withdrawn:
            return "escalation.withdrawn";
        case EventKind::drill:
            return "escalation.drill";
    }
    return "";
}

}  // namespace

std::string_view name(EventFault fault) {
    switch (fault) {
        case EventFault::view_malformed:
            return "view_malformed";
        case EventFault::view_too_large:
            return "view_too_large";
        case EventFault::urgency_unknown:
            return "urgency_unknown";
        case EventFault::reference_malformed:
            return "reference_malformed";
    }
    return "unknown";
}

std::expected<std::string, EventFault> format_event(const Event& event) {
    if (event.reference.size() != reference_bytes)
        return std::unexpected(EventFault::reference_malformed);
    if (event.urgency > urgency_max) return std::unexpected(EventFault::urgency_unknown);
    const bool shows = event.kind != EventKind::withdrawn;
    if (shows)
        if (const auto rows = parse_view(event.view); !rows)
            return std::unexpected(rows.error() == JsonFault::too_large
                                       ? EventFault::view_too_large
                                       : EventFault::view_malformed);
    // Nothing below needs escaping: fixed words, letters of base64url, digits, a checked URL, JSON.
    std::string body = "{\"type\":\"";
    body.append(type_of(event.kind)).append("\",\"timestamp\":\"");
    body.append(format_time(event.created_at_ms)).append("\",\"data\":{\"reference\":\"");
    body.append(format_reference(event.reference)).append("\",\"urgency\":\"U");
    body.append(std::to_string(event.urgency)).append("\"");
    if (shows) {
        body.append(",\"view\":").append(event.view);
        if (event.takes_callbacks)
            body.append(",\"callback\":\"").append(event.public_base).append("/callback\"");
        body.append(",\"pickup\":\"");
        body.append(pickup_link(event.public_base, event.reference)).append("\"");
    }
    return body.append("}}");
}

std::string pickup_link(std::string_view public_base, std::string_view reference) {
    return std::string(public_base) + "/pickup/" + format_reference(reference);
}

std::string format_time(std::int64_t at_ms) {
    const std::int64_t ms = (at_ms % 1000 + 1000) % 1000;
    const std::time_t seconds = (at_ms - ms) / 1000;
    std::tm parts{};
    if (!::gmtime_r(&seconds, &parts)) return "1970-01-01T00:00:00.000Z";
    std::array<char, 24> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(ms));
    return std::string(date.data()) + fraction.data();
}

}  // namespace sanad::webhook
