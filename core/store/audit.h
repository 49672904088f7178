#pragma once

#include "core/store/engine.h"
#include "core/store/records.h"
#include "core/trust/merkle.h"

#include <string>

namespace sanad::store {

/// One act: who did what to which thing, when and, where it is asked for, why. Never content.
struct AuditEntry {
    Time at;
    std::string actor;  // a member of staff, "plugin webchat", "node" or "peer tn.enfance"
    std::string role{};
    std::string action;                      // such as "case.open"
    std::array<std::uint8_t, 16> subject{};  // the contact, case, referral; zero: none
    std::string reason{};
    std::string result = "ok";  // or a fault
};

/// The node's own Merkle log. An act whose entry cannot be stored does not happen: both are in one
/// transaction. Leaves are RFC 9162 hashes of the entry's bytes and stay readable without a key.
class Audit final : public Engine::Participant {
public:
    static constexpr std::size_t text_bytes_max = 500;

    /// Reads where the log ends. `records` outlives it. errors  those of the store
    static Result<std::unique_ptr<Audit>> open(Store& store, Records& records);

    /// Drafts the entry; it gets its number when the command has succeeded. threads  engine
    void append(Draft& draft, const AuditEntry& entry);

    Result<void> before_commit(Transaction& transaction) override;
    void committed() override { durable_ = log_; }
    void rolled_back() override { log_ = durable_; }

    struct Verified {
        std::uint64_t size = 0;
        trust::Digest root{};
    };
    /// Reads the whole log and hashes it again. errors  bad_signature, detail: the first bad number
    /// threads  any
    Result<Verified> verify(Snapshot& from);

    /// The log as it stands, with what this group of commands has appended. threads  engine
    const trust::Frontier& end() const { return log_; }

    /// The leaf hashes of `count` entries from `first` on; opens none of them.
    /// errors  not_found: the log has not that many. threads  any
    Result<std::vector<trust::Digest>> leaves(Snapshot& from, std::uint64_t first,
                                              std::uint32_t count);

    using Sink = std::function<bool(std::uint64_t number, const AuditEntry& entry)>;
    /// Entries from `first` on, at most `limit`. threads  any
    Result<void> read(Snapshot& from, std::uint64_t first, std::uint32_t limit, const Sink& sink);

    Audit(Records& records, SealedTable entries, SealedTable end)
        : records_(records), entries_(std::move(entries)), end_(std::move(end)) {}

private:
    friend class AuditCheck;
    static constexpr std::string_view end_key = "audit";

    Records& records_;
    SealedTable entries_;  // number, big-endian -> AuditEntry, with its leaf hash in the clear
    SealedTable end_;      // "audit" -> frontier
    trust::Frontier log_;
    trust::Frontier durable_;
};

}  // namespace sanad::store
