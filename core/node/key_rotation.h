#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/federation/directory.h"
#include "core/node/configuration.h"
#include "core/node/node_keys.h"

#include <filesystem>
#include <string>
#include <string_view>

// How a node changes its keys. `rotate` makes the next key and keeps it beside the one in use; the
// stewards put it into the next directory; when that directory is followed, the running node takes
// it over, and former sealing keys go on opening for 30 days. threads  any
namespace sanad::node {

inline constexpr std::size_t identity_file_bytes_max = 256;

struct KeyKinds {
    bool signing = false, sealing = false, transport = false;
};

/// Makes the next keys of these kinds, in place of those that were made and not used yet.
/// errors  those of update_keys()
Result<void> rotate_keys(const Configuration& configuration, const trust::Vault& vault,
                         const KeyKinds& kinds, Entropy& entropy);

/// The node's line for the directory, as node_line(); `identity_file` holds the identity key when
/// the node does not; empty: the node does. The key is wiped afterwards.
/// errors  those of load_identity() and node_line() · conflict: another node's identity
Result<std::string> bundle_line(const Configuration& configuration, NodeKeys keys,
                                const std::filesystem::path& identity_file, Time now);

/// Takes the identity key out of the node: into a new file with mode 0600, `sanad-identity/v1`,
/// `node <id>`, `seed <hex>`, to be kept on a medium apart. The node works on without it.
/// errors  not_found: it is out already · those of create_file() and update_keys()
Result<void> take_identity_out(const Configuration& configuration, const trust::Vault& vault,
                               const std::filesystem::path& file, Entropy& entropy);

/// errors  those of read_file() · malformed · conflict: of another node than `node`
Result<trust::SigningKey> load_identity(const std::filesystem::path& file, const NodeId& node);

/// A notice that revokes the node itself until the stewards meet, by its identity key.
/// errors  as bundle_line(), and those of federation::verify_revocation()
Result<std::string> self_revocation(const Configuration& configuration, NodeKeys keys,
                                    const std::filesystem::path& identity_file,
                                    std::string_view directory_note, std::string_view reason,
                                    Time now);

/// Which keys there are, by their key words, and what waits: a line each.
std::string describe_node_keys(const NodeKeys& keys);

/// Takes over the next keys that the directory has of this node: signing and sealing; a former
/// sealing key stays until `now` + former_sealing_life. returns  whether something changed
bool take_over(NodeKeys& keys, const federation::KeyBundle& bundle, Time now);
/// The same of the transport key, which waits until the peers know of it.
bool take_over_transport(NodeKeys& keys, const federation::KeyBundle& bundle);
/// Destroys former sealing keys whose time is over. returns  how many
std::size_t destroy_former(NodeKeys& keys, Time now);

/// Makes the signing and sealing keys in use of those in the file, for everybody who holds a
/// reference to them. The next sealing key opens already: a peer may follow the directory that has
/// it before we do.
void use_keys(NodeKeys& in_use, const NodeKeys& from);

}  // namespace sanad::node
