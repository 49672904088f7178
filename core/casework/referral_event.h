#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/referral.h"
#include "core/casework/request.h"

#include <optional>
#include <string>

namespace sanad::casework {

inline constexpr std::size_t event_text_bytes_max = 16 << 10;
inline constexpr std::size_t referral_event_bytes_max = 128 << 10;

/// One thing one side says about a referral, whole: the payload of a wire Body.
struct ReferralMessage {
    ReferralId referral;
    std::uint32_t index = 0;       // place in its writer's list
    std::uint32_t seen_other = 0;  // events of the other side it was based on
    Time at;
    ReferralEventKind kind = ReferralEventKind::none;
    std::string reason;                      // an id of reason_taxonomy(kind)
    std::string text;                        // what a person wrote
    std::optional<ReferralRequest> request;  // there exactly when the kind is request
    bool operator==(const ReferralMessage&) const = default;
};

/// What the fold needs of it.
ReferralEvent mark_of(const ReferralMessage& message);

/// The list that the reason of such an event is taken from; empty: this kind has no reason.
std::string_view reason_taxonomy(ReferralEventKind kind);

/// Everything that must hold of one event by itself, whoever wrote it: a reason from its list
/// where the kind has one and none elsewhere, text where the kind is text, a sound request where
/// it is one.
///
/// errors   bad_size, malformed, unsupported, invalid; detail names the field
Result<void> check_message(const ReferralMessage& message, const Taxonomies& taxonomies);

/// One flat schema::ReferralEvent message. The caller has checked the message.
Bytes write_message(const ReferralMessage& message);

/// Reads and checks a schema::ReferralEvent from anyone.
///
/// errors   those of check_message, and of read_message (core/base/message.h)
/// threads  any
Result<ReferralMessage> read_referral_message(ByteView bytes, const Taxonomies& taxonomies);

}  // namespace sanad::casework
