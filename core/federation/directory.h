#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/federation/key_bundle.h"
#include "core/trust/note.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The directory: the text that says who is in the federation and with which keys. Stewards sign it
// as a note (directory_trust.h); this is its grammar and what can be asked of it.
//
//     sanad-directory/v1
//     federation maghreb
//     version 7
//     issued 2026-11-24T00:00:00Z
//     expires 2027-02-24T00:00:00Z
//     threshold 2
//     steward <verifier string>                                             one line each
//     node ma.cmrpi country=MA name="CMRPI" languages=ar,fr services=webchat,phone
//          endpoints=tcp://node.example.org:7400 keys=<key bundle> status=active
//                                                                           each in one line
//
// Each line ends in a newline; single spaces; fields in this order, all of them, lists may be empty
// except for languages. There is one text for one directory.
namespace sanad::federation {

inline constexpr std::size_t federation_name_bytes_max = 63;
inline constexpr std::size_t stewards_max = 32;
inline constexpr std::size_t nodes_max = 512;
inline constexpr std::size_t node_name_bytes_max = 128;
inline constexpr std::size_t node_languages_max = 16;
inline constexpr std::size_t node_services_max = 32;
inline constexpr std::size_t node_endpoints_max = 8;
inline constexpr std::uint64_t directory_version_max = 1'000'000'000'000;

enum class NodeStatus : std::uint8_t { active, revoked };

struct DirectoryNode {
    NodeId id;
    std::string country;                 // ISO 3166-1 alpha-2, upper case: that of the id
    std::string name;                    // for people: one line, NFC, no double quote
    std::vector<std::string> languages;  // BCP 47, at least one
    std::vector<std::string> services;   // codes of [a-z0-9_]
    std::vector<std::string> endpoints;  // none: the node dials only
    KeyBundle keys;
    NodeStatus status = NodeStatus::active;
    bool operator==(const DirectoryNode&) const = default;
};

struct Directory {
    std::string federation;  // [a-z0-9-]
    std::uint64_t version = 0;
    Time issued;                  // whole seconds
    Time expires;                 // whole seconds
    std::uint32_t threshold = 0;  // how many stewards must sign the next one
    std::vector<trust::Verifier> stewards;
    std::vector<DirectoryNode> nodes;  // a revoked node stays, so that its keys never return
    bool operator==(const Directory&) const = default;
};

/// Reads a directory's text, from anyone, and checks everything in it that needs no trust: the
/// grammar and its limits, that each node's keys are signed by its identity, that no key stands in
/// two places (revoked nodes and stewards included), that ids and stewards are distinct, that
/// 1 <= threshold <= stewards, that issued is before expires.
/// errors  malformed · unsupported: a later format · exhausted: too many lines · invalid: a value
///         that contradicts another · bad_signature: keys not signed by their identity
/// threads  any
Result<Directory> parse_directory(std::string_view text);

/// The one text that parse_directory() reads as `directory`. errors  as there. threads  any
Result<std::string> write_directory(const Directory& directory);

/// The node with that id or key, whatever its status, or null. Valid as long as the directory.
const DirectoryNode* find_node(const Directory& directory, const NodeId& id);
const DirectoryNode* find_node(const Directory& directory, const trust::TransportPublicKey& key);

/// How far a directory may be followed at a given time.
enum class Validity : std::uint8_t {
    not_yet,  // issued later than now: our clock is wrong, or the stewards' was
    valid,
    expired_soft,  // within the grace period: everything works, with a loud banner
    expired_hard,  // island mode: known peers and keys only, new referrals out need an override
};

inline constexpr Duration directory_clock_slack = std::chrono::minutes(10);
inline constexpr Duration directory_grace_default = std::chrono::days(14);

/// At `expires` exactly it has expired, and at `expires + grace` exactly the grace is over.
Validity validity(const Directory& directory, Time now, Duration grace = directory_grace_default);

}  // namespace sanad::federation
