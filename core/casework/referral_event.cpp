#include "core/casework/referral_event.h"

#include "core/base/text.h"
#include "core/casework/record_fields.h"
#include "core/casework/request_schema.h"

namespace sanad::casework {
namespace {

using Kind = ReferralEventKind;

static_assert(static_cast<int>(Kind::note) == static_cast<int>(schema::ReferralEventKind::NOTE));
static_assert(static_cast<int>(Kind::take_back) ==
              static_cast<int>(schema::ReferralEventKind::TAKE_BACK));
static_assert(static_cast<int>(Kind::erase) == static_cast<int>(schema::ReferralEventKind::ERASE));
static_assert(static_cast<int>(Kind::review) ==
              static_cast<int>(schema::ReferralEventKind::REVIEW));
static_assert(static_cast<int>(Kind::withdraw_ok) ==
              static_cast<int>(schema::ReferralEventKind::WITHDRAW_OK));

/// The kinds that say nothing but their text.
bool is_text(Kind kind) {
    return kind == Kind::information || kind == Kind::ask || kind == Kind::note;
}

Result<void> check_reason(const ReferralMessage& message, const Taxonomies& taxonomies) {
    const auto taxonomy = reason_taxonomy(message.kind);
    if (taxonomy.empty()) {
        if (!message.reason.empty()) return fail(Fault::invalid, "reason");
        return {};
    }
    if (message.reason.empty()) return fail(Fault::invalid, "reason");
    if (!taxonomies.contains(taxonomy, message.reason)) return fail(Fault::unsupported, "reason");
    return {};
}

Result<void> check_text(const ReferralMessage& message) {
    if (message.text.empty()) {
        if (is_text(message.kind)) return fail(Fault::invalid, "text");
        return {};
    }
    if (const auto checked = check_prose(message.text, event_text_bytes_max); !checked)
        return fail(checked.error().fault, "text");
    return {};
}

Result<ReferralMessage> read(schema::ReferralEvent::Reader from) {
    const auto id = id_from<ReferralId>(from_data(from.getReferral()));
    if (!id) return std::unexpected(id.error());
    const auto kind = read_enum<Kind>(from.getKind(), Kind::take_back);
    if (!kind) return std::unexpected(kind.error());
    ReferralMessage to{.referral = *id,
                       .index = from.getIndex(),
                       .seen_other = from.getSeenOther(),
                       .at = {from.getAtMs()},
                       .kind = *kind,
                       .reason = from_text(from.getReason()),
                       .text = from_text(from.getText()),
                       .request = {}};
    if (from.hasRequest()) {
        auto request = read_request(from.getRequest());
        if (!request) return std::unexpected(request.error());
        to.request = std::move(*request);
    }
    return to;
}

}  // namespace

ReferralEvent mark_of(const ReferralMessage& message) {
    return {.kind = message.kind, .seen_other = message.seen_other, .at = message.at};
}

std::string_view reason_taxonomy(ReferralEventKind kind) {
    switch (kind) {
        case Kind::withdraw:
            return "withdraw-reasons";
        case Kind::decline:
            return "decline-reasons";
        case Kind::redirect:
            return "decline-reasons";
        case Kind::complete:
        case Kind::not_complete:
        case Kind::confirm:
            return "referral-outcome";
        case Kind::held:
            return "legal-hold";
        default:
            return {};
    }
}

Result<void> check_message(const ReferralMessage& message, const Taxonomies& taxonomies) {
    if (message.referral.empty()) return fail(Fault::invalid, "referral");
    if (name(message.kind).empty()) return fail(Fault::unsupported, "kind");
    if (message.kind < Kind::request)
        return fail(Fault::invalid, "kind");  // preparation stays at home
    if (message.at.ms < 0 || message.at.ms > event_time_ms_max) return fail(Fault::invalid, "at");
    if (message.index >= referral_events_max) return fail(Fault::exhausted, "index");
    if (message.seen_other > referral_events_max) return fail(Fault::invalid, "seen_other");
    if (const auto reason = check_reason(message, taxonomies); !reason) return reason;
    if (const auto text = check_text(message); !text) return text;
    if (message.request.has_value() != (message.kind == Kind::request))
        return fail(Fault::invalid, "request");
    if (message.request) return check_request(*message.request, taxonomies);
    return {};
}

Bytes write_message(const ReferralMessage& message) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::ReferralEvent>();
    to.setReferral(to_data(message.referral));
    to.setIndex(message.index);
    to.setSeenOther(message.seen_other);
    to.setAtMs(message.at.ms);
    to.setKind(to_schema<schema::ReferralEventKind>(message.kind));
    if (!message.reason.empty()) to.setReason(to_text(message.reason));
    if (!message.text.empty()) to.setText(to_text(message.text));
    if (message.request) write_request(to.initRequest(), *message.request);
    return flatten(builder);
}

Result<ReferralMessage> read_referral_message(ByteView bytes, const Taxonomies& taxonomies) {
    auto message = read_message<schema::ReferralEvent>(bytes, read, referral_event_bytes_max);
    if (!message) return message;
    if (const auto checked = check_message(*message, taxonomies); !checked)
        return std::unexpected(checked.error());
    return message;
}

}  // namespace sanad::casework
