#include "plugins/partners/webhook/callback.h"

#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/report.h"

namespace sanad::webhook {
namespace {

/// Keys of a Status are 8..32 bytes.
constexpr std::size_t key_bytes = 16;

std::string_view value_of(const http::Request& request, std::string_view name) {
    const std::string* value = request.header(name);
    return value ? std::string_view(*value) : std::string_view();
}

bool is_json(std::string_view content_type) {
    const auto type = content_type.substr(0, content_type.find(';'));
    return type == "application/json" || type == "application/json ";
}

}  // namespace

http::Response refusal_of(sanad_status status) {
    switch (status) {
        case SANAD_E_NOT_FOUND:
            return http::refusal(
                404, "unknown_reference",
                "No open matter has this reference; it may be closed or withdrawn.");
        case SANAD_E_CONFLICT:
        case SANAD_E_REJECTED:
            return http::refusal(409, "not_possible",
                                 "The matter's state does not allow this status any more.");
        case SANAD_E_INVALID:
            return http::refusal(422, "not_accepted", "The helpline's node refuses this report.");
        case SANAD_E_DENIED:
            return http::refusal(403, "not_allowed", "This partner may not report on this matter.");
        default: {
            auto later = http::refusal(503, "not_stored", "Not stored: send the same again later.");
            later.headers.emplace_back("Retry-After", "30");
            return later;
        }
    }
}

Callback::Callback(const Settings& settings, plugin::Host& host)
    : settings_(settings), host_(host) {}

http::Response Callback::answer(const http::Request& request, std::int64_t now_s) {
    if (request.method != "POST") {
        auto refused = http::refusal(405, "method_not_allowed", "Only POST is understood here.");
        refused.headers.emplace_back("Allow", "POST");
        return refused;
    }
    const SignedHeaders headers{value_of(request, "webhook-id"),
                                value_of(request, "webhook-timestamp"),
                                value_of(request, "webhook-signature")};
    // The signature first: a stranger learns nothing of what we think of the rest.
    const auto fine = verify(settings_.partner_keys, headers, request.body, now_s);
    if (!fine) {
        host_.log(SANAD_LOG_WARN, "webhook.callback_refused", {{"fault", name(fine.error())}});
        return http::refusal(
            401, name(fine.error()),
            "Sign webhook-id.webhook-timestamp.body with the agreed key, within five "
            "minutes of the right time.");
    }
    if (!is_json(value_of(request, "Content-Type")))
        return http::refusal(415, "not_json", "The body is application/json.");
    return record(std::string(headers.id), request.body);
}

http::Response Callback::record(const std::string& id, const std::string& body) {
    const auto report = parse_report(body);
    if (!report)
        return http::refusal(422, name(report.error()),
                             "The body is an object of reference, status and, if need be, note.");
    if (other_body_before(id, body))
        return http::refusal(409, "id_reused", "This webhook-id came before with another body.");
    const std::string key = sha256("sanad/webhook/callback/v1:" + id).substr(0, key_bytes);
    const auto told =
        host_.status(report->reference, key, report->status, report->note, "callback");
    host_.log(SANAD_LOG_INFO, "webhook.callback",
              {{"status", name(report->status)}, {"stored", told ? "yes" : "no"}});
    if (!told) return refusal_of(told.status());
    http::Response recorded;
    recorded.content_type = "application/json";
    recorded.body = R"({"recorded":true})";
    return recorded;
}

bool Callback::other_body_before(const std::string& id, const std::string& body) {
    const auto [known, added] = bodies_.emplace(id, sha256(body));
    if (!added) return known->second != sha256(body);
    order_.push_back(id);
    if (order_.size() > remembered_ids_max) {
        bodies_.erase(order_.front());
        order_.pop_front();
    }
    return false;
}

}  // namespace sanad::webhook
