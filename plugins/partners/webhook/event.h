#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

// What is posted to the partner. Standard Webhooks leaves the body free; ours is
//
//   {"type":"escalation.raised","timestamp":"2026-11-24T02:00:00.000Z","data":{
//     "reference":"…22 letters…","urgency":"U1","view":{…the fields a person disclosed…},
//     "callback":"https://…/callback","pickup":"https://…/pickup/…22 letters…"}}
//
// `escalation.withdrawn` has no view and no links; `escalation.drill` has all, and asks for the
// same answers, but no child is behind it.
namespace sanad::webhook {

inline constexpr std::uint8_t urgency_max = 4;

enum class EventKind { raised, withdrawn, drill };

struct Event {
    EventKind kind = EventKind::raised;
    std::string_view reference;  // 16 bytes
    std::uint8_t urgency = 0;    // 0..urgency_max
    std::int64_t created_at_ms = 0;
    std::string_view view;         // a JSON object, passed on byte for byte
    std::string_view public_base;  // URL without a slash at its end
    bool takes_callbacks = false;  // else only the pickup link is offered
};

enum class EventFault { view_malformed, view_too_large, urgency_unknown, reference_malformed };

/// A code such as "view_malformed".
std::string_view name(EventFault fault);

/// The body of the webhook.
std::expected<std::string, EventFault> format_event(const Event& event);

/// The link that shows the matter to a person and takes that person's answer.
std::string pickup_link(std::string_view public_base, std::string_view reference);

/// RFC 3339 in UTC with milliseconds.
std::string format_time(std::int64_t at_ms);

}  // namespace sanad::webhook
