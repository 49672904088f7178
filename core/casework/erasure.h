#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/casework/taxonomy.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What two nodes say to each other about erasing a referral: a request, and one answer to it, a
// certificate or a legal hold. The entries outlive the referral's key, so they name nothing of it
// but its id.
namespace sanad::casework {

inline constexpr std::size_t erasure_message_bytes_max = 8 << 10;
inline constexpr std::size_t hold_law_bytes_max = 500;
/// DOMAIN section 5.4: the clock of erasure_requested.
inline constexpr Duration erasure_answer_within = std::chrono::days(30);
/// A hold without an end in sight is asked again.
inline constexpr Duration legal_hold_at_most = std::chrono::days(3660);

using KeyHash = std::array<std::uint8_t, 32>;

/// Same numbers as schema::ErasureKind; `none` is refused when read.
enum class ErasureKind : std::uint8_t { none, request, certificate, held };
std::string_view name(ErasureKind kind);

struct ErasureMessage {
    ErasureKind kind = ErasureKind::none;
    ReferralId referral;
    Time at;             // request: when it was asked for · certificate: when the key was destroyed
    std::string reason;  // request: withdraw-reasons · held: legal-hold
    std::string law;     // held: the rule that forbids erasing, in words
    Time until;          // held: the date on which it ends
    KeyHash key_hash{};  // certificate: key_hash_of() the destroyed key's id
    std::uint32_t entries = 0;  // certificate: how many entries can be read no more
    bool operator==(const ErasureMessage&) const = default;
};

/// Everything that must hold of one message by itself.
/// errors  invalid, bad_size, malformed, unsupported; detail names the field
Result<void> check_erasure(const ErasureMessage& message, const Taxonomies& taxonomies);

Bytes write_erasure(const ErasureMessage& message);
/// Reads and checks, from anyone. errors  those of check_erasure() and read_message()
Result<ErasureMessage> read_erasure(ByteView bytes, const Taxonomies& taxonomies);

/// requester: we asked the peer to erase · holder: the peer asked us.
enum class ErasureSide : std::uint8_t { none, requester, holder };
enum class ErasureState : std::uint8_t { none, requested, erased, held };
/// As of referrals: "erasure_requested", "erased", "held".
std::string_view name(ErasureState state);

/// The erasure of one referral as this node keeps it, under the node's key.
struct Erasure {
    ReferralId referral;
    NodeId peer;
    ErasureSide side = ErasureSide::none;
    ErasureState state = ErasureState::requested;
    std::string reason;
    Time requested_at;
    Time answered_at;  // 0: not yet
    std::string hold_reason, hold_law;
    Time hold_until;
    KeyHash key_hash{};
    std::uint32_t entries = 0;
    std::uint8_t steps_done = 0;  // bit per step of 50, 100, 200 %
    bool operator==(const Erasure&) const = default;
};

Bytes write_record(const Erasure& erasure);
/// errors  malformed, bad_size, unsupported
Result<Erasure> read_erasure_record(ByteView bytes);

/// When it must be answered.
inline Time answer_due(const Erasure& erasure) {
    return erasure.requested_at + erasure_answer_within;
}

/// The steps of the clock that are due and not done, lowest first: 50, 100, 200.
std::vector<std::uint8_t> due_erasure_steps(const Erasure& erasure, Time now);
std::uint8_t with_erasure_step(std::uint8_t steps_done, std::uint8_t percent);
/// The next step, or the end of a hold; none: it is over.
std::optional<Time> next_erasure_due(const Erasure& erasure);

}  // namespace sanad::casework
