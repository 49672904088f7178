#pragma once

#include "core/federation/passport.h"
#include "core/federation/referrals.h"

#include <string_view>

namespace sanad::federation {

/// Longer logs are not proven from: all their leaf hashes are held in memory, 64 bytes each.
inline constexpr std::uint64_t passport_log_leaves_max = 1'000'000;

/// Everything that both sides said about a referral, with the keys of these entries and no others,
/// proven against the newest receipts: ours of what the peer wrote, made now, and the peer's of
/// what we wrote. What the peer has not receipted yet is proven against a head of our own. Where
/// the referral's key is destroyed, the leaf hashes stand in the place of the entries. The result
/// is what show_passport() accepts, or there is none.
///
/// directory_note  the directory in force, as its stewards signed it
/// signing         this node's, as in the directory
/// now             what is below a second is dropped
/// errors   not_found: no such referral · exhausted: a log is over passport_log_leaves_max ·
/// bad_size:
///          it would be over passport_bytes_max · bad_signature, untrusted, invalid, malformed:
///          what is stored here does not prove it; the detail says what · those of the store
/// threads  any; takes a while, so not the engine's
Result<Bytes> export_passport(store::Snapshot& from, Referrals& referrals,
                              std::string_view directory_note, const trust::SigningKey& signing,
                              const ReferralId& id, Time now);

}  // namespace sanad::federation
