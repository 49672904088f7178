#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/trust/keys.h"

#include <string>
#include <string_view>

namespace sanad::federation {

/// A node's public keys, stated by the node itself. The identity key signs them and may stay
/// offline afterwards; the others are used every day and are replaced by a newer bundle.
struct KeyBundle {
    trust::PublicKey identity{};
    trust::PublicKey signing{};  // signs heads and cosigns them
    trust::SealingPublicKey sealing;
    trust::TransportPublicKey transport;
    Time issued;                   // whole seconds
    trust::Signature signature{};  // by identity, over the node's id and all of the above
    bool operator==(const KeyBundle&) const = default;
};

inline constexpr std::size_t key_bundle_bytes_max = 512;

/// issued  what is below a second is dropped. threads  any
KeyBundle sign_key_bundle(const NodeId& node, const trust::SigningKey& identity,
                          const trust::PublicKey& signing, const trust::SealingPublicKey& sealing,
                          const trust::TransportPublicKey& transport, Time issued);

/// One word: `identity:<base64>,signing:<base64>,sealing:<base64>,transport:<base64>,`
/// `issued:<RFC 3339>,signature:<base64>`.
std::string format(const KeyBundle& bundle);
/// Exactly what format() writes; checks no signature. errors  malformed
Result<KeyBundle> parse_key_bundle(std::string_view text);

/// Whether the owner of the identity key says that these are the keys of `node`.
/// errors  bad_signature · invalid: a key nobody can own, or one key in two places. threads  any
Result<void> verify_key_bundle(const NodeId& node, const KeyBundle& bundle);

}  // namespace sanad::federation
