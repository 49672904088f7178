#pragma once

#include "core/base/bytes.h"
#include "core/federation/directory_trust.h"
#include "core/federation/peers.h"
#include "core/federation/revocation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a node knows of its federation at one moment, as a value, and the rules over it. All of it
// is pure: directory_book.h keeps it.
namespace sanad::federation {

/// So long a node's former transport key is let in after a directory with its next one, unless a
/// revocation struck it: who has not got that directory yet gets it over the old connection.
inline constexpr Duration transport_overlap = std::chrono::days(7);
inline constexpr std::uint32_t override_hours_max = 72;
inline constexpr std::size_t override_reason_bytes_max = 500;
/// So long a colleague may think about an override that somebody asked for.
inline constexpr Duration override_answer_wait = std::chrono::hours(24);

/// New referrals although the directory expired long ago: one person asks, another one agrees.
struct DirectoryOverride {
    std::string asked_by;
    std::string agreed_by;  // empty: nobody has yet
    std::string reason;
    std::uint32_t hours = 0;
    Time asked_at;
    Time until;  // of one that is agreed
    bool operator==(const DirectoryOverride&) const = default;
};

/// A transport key that a node had before, and until when it is still let in.
struct FormerTransport {
    NodeId node;
    trust::TransportPublicKey key;
    Time until;
    bool operator==(const FormerTransport&) const = default;
};

struct DirectoryState {
    std::optional<SignedDirectory> in_force;
    std::vector<Revocation> notices;  // may have lapsed: ask acts()
    std::vector<FormerTransport> former;
    std::optional<DirectoryOverride> exception;
    Time floor;                // the newest issue time of any directory that held
    std::uint64_t alarms = 0;  // fork alarms ever raised

    std::uint64_t version() const { return in_force ? in_force->directory.version : 0; }
};

/// Never earlier than what the stewards have already signed: a clock that was set back does not
/// make an expired directory valid.
Time effective_now(const DirectoryState& state, Time now);
/// Whether the clock is wrong: earlier than the floor by more than directory_clock_slack.
bool is_clock_wrong(const DirectoryState& state, Time now);
/// Of the directory in force, by effective_now(). There must be one.
Validity validity(const DirectoryState& state, Time now, Duration grace);

bool has_override(const DirectoryState& state, Time now);
/// Whether a new referral may leave. errors  expired: directory_expired. Without a directory there
/// is nobody to refer to, so it is not asked.
Result<void> check_new_referral(const DirectoryState& state, Time now, Duration grace);

/// Whether the notice acts under the directory in force: it has not lapsed, its signer may still
/// sign it, and it strikes the keys that the node has now.
bool acts(const DirectoryState& state, const Revocation& notice, Time now);
const Revocation* revocation_of(const DirectoryState& state, const NodeId& node, Time now);

/// The nodes in the form that links need: those revoked by directory or notice are not active.
PeerTable peers_of(const DirectoryState& state, Time now);

/// `state` with `next` in force, which verify_successor() or verify_directory() has let pass:
/// notices it ends are gone, former keys are noted, the floor rises.
DirectoryState follow(DirectoryState state, SignedDirectory next, Time now);
/// `state` with the notice, which verify_revocation() has let pass: of one signer about one node
/// the later one counts. Former keys of that node are gone.
DirectoryState revoke(DirectoryState state, Revocation notice);
/// `state` without what is over at `now`.
DirectoryState forget_past(DirectoryState state, Time now);

/// When something of `state` ends by itself: a notice, a former key, an override.
std::optional<Time> next_change(const DirectoryState& state, Time now);

/// What is stored beside the notes: everything but in_force and notices.
Bytes encode(const DirectoryState& state);
/// errors  malformed
Result<DirectoryState> decode_directory_state(ByteView bytes);

}  // namespace sanad::federation
