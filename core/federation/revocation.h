#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/federation/directory.h"
#include "core/trust/note.h"

#include <string>
#include <string_view>

// A revocation notice: "do not hear this node until the stewards have met". Revoking is cheap: the
// node's own identity key or any one steward signs it, it acts at once, and it lapses by itself
// unless a directory confirms it. Granting stays expensive: only a directory brings a node back.
//
//     sanad-revocation/v1
//     federation maghreb
//     node tn.helpline
//     issued 2026-11-24T00:00:00Z
//     reason key_stolen
//
// as a signed note with one signature that counts. It strikes the keys that the node had when the
// notice was issued: a later directory with a later key bundle of that node ends it.
namespace sanad::federation {

inline constexpr std::size_t revocation_bytes_max = 2048;
inline constexpr std::size_t revocation_reason_bytes_max = 40;
inline constexpr Duration revocation_life = std::chrono::hours(72);

struct Revocation {
    std::string federation;
    NodeId node;
    Time issued;         // whole seconds
    std::string reason;  // a code of [a-z0-9_], such as key_stolen, device_lost, node_closed
    trust::Verifier by;  // the node's identity key under the node's id, or a steward
    std::string note;    // as it was signed
    Time lapses() const { return issued + revocation_life; }
    bool operator==(const Revocation&) const = default;
};

/// A notice by `key`, which is the identity key of `node` (then `signer` is the node's id) or a
/// steward's (then `signer` is the steward's name).
/// errors  malformed: a value that cannot stand in the text
Result<std::string> sign_revocation(const Directory& directory, const NodeId& node,
                                    std::string_view reason, const trust::SigningKey& key,
                                    std::string_view signer, Time now);

/// The notice in `note`, from anyone, when it acts now under this directory.
///
/// errors  bad_size, malformed, unsupported: its form · invalid: of another federation, or issued
///         later than now · not_found: no such node · untrusted: signed by neither · bad_signature
///         · expired: it has lapsed · denied: the node has newer keys than the notice strikes
/// threads any
Result<Revocation> verify_revocation(const Directory& directory, std::string_view note, Time now);

/// Whether the notice is about the keys that `node` has in a directory.
bool strikes(const Revocation& notice, const DirectoryNode& node);

}  // namespace sanad::federation
