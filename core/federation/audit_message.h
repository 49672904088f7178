#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/trust/merkle.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What nodes say to each other about the heads of their audit logs: the payload of an entry of kind
// `audit`, in schemas/wire.capnp AuditMessage. Nothing in a message that was read is true yet.
namespace sanad::federation {

inline constexpr std::size_t audit_heads_max = 64;               // of one message
inline constexpr std::size_t audit_head_bytes_max = 1'024;       // text and a few signatures
inline constexpr std::size_t audit_heads_bytes_max = 48 * 1024;  // of one message, proofs included

/// A head, and the proof that the log only grew since it had `from` entries.
struct AuditGrowth {
    std::string head;
    std::uint64_t from = 0;  // 0: there was none before
    trust::Proof proof;
    bool operator==(const AuditGrowth&) const = default;
};

/// To a witness: cosign this.
struct AuditCosignRequest {
    AuditGrowth growth;
};
/// From a witness: the head with its cosignature.
struct AuditCosigned {
    std::string head;
};
/// From a witness: why it does not, and the newest head that it cosigned before.
struct AuditRefused {
    std::string reason;
    std::string head;
    std::string held;
};
/// Heads of third nodes that the sender has cosigned.
struct AuditSeen {
    std::vector<AuditGrowth> heads;
};
/// To the owner of both heads: prove that the newer one grew out of the older one.
struct AuditQuestion {
    std::string older, newer;
};
/// known  false: the owner has no such heads
struct AuditAnswer {
    std::uint64_t older = 0, newer = 0;
    bool known = false;
    trust::Proof proof;
};

using AuditMessage = std::variant<AuditCosignRequest, AuditCosigned, AuditRefused, AuditSeen,
                                  AuditQuestion, AuditAnswer>;

/// One flat message. The caller keeps the limits above.
Bytes write_audit_message(const AuditMessage& message);
/// errors  malformed, bad_size, unsupported. threads  any
Result<AuditMessage> read_audit_message(ByteView bytes);

}  // namespace sanad::federation
