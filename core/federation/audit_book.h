#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/federation/audit_message.h"
#include "core/store/records.h"
#include "core/trust/checkpoint.h"

#include <optional>
#include <string>
#include <vector>

// The heads of audit logs that a node keeps as evidence: its own, those of others, and the alarms
// that two of them gave. Nothing here decides anything: audit_witness.h does.
namespace sanad::federation {

/// The origin of a node's audit log: `sanad/audit/<node>`.
std::string audit_origin(const NodeId& node);

/// A head of this node's own audit log.
struct OwnAuditHead {
    std::uint64_t size = 0;
    std::string note;  // ours, with the cosignatures that came back
    trust::Frontier frontier;
    Time at;
};

/// A head of another node's audit log.
struct SeenAuditHead {
    NodeId owner;
    trust::Checkpoint checkpoint;
    AuditGrowth growth;  // as it came, with our cosignature where we gave one
    NodeId told_by;      // the owner itself, or the witness that passed it on
    Time at;
    bool proven = false;      // it grew out of what we knew before
    bool cosigned = false;    // by us
    std::uint64_t asked = 0;  // the owner was asked for the proof from this size on; 0: it was not
    Time asked_at{};
};

/// How far a node has followed another's audit log.
struct AuditPosition {
    std::uint64_t cosigned = 0;  // the newest size that we cosigned; 0: none
    std::uint64_t proven = 0;    // the newest size that is proven to us; 0: none
};

/// Two heads, both signed, that cannot both be of one log that only grows.
struct AuditAlarm {
    std::array<std::uint8_t, 16> id{};
    Time at;
    NodeId about;      // whose log
    std::string kind;  // smaller, other_root, inconsistent, unproven, unanswered, not_ours
    NodeId told_by;    // who brought the second head
    std::string first, second;
    std::uint64_t repeats = 0;      // further contradictions while it was open
    std::string acknowledged_by{};  // empty: open
};

/// What the last walk through the whole of this node's own audit log found.
struct AuditChecked {
    Time at;
    std::uint64_t size = 0;
    std::uint64_t bad_index = 0;
    std::string bad;  // what is wrong with it; empty: nothing
};

/// The tables. threads  as the snapshot or writer that is given
class AuditBook {
public:
    static Result<AuditBook> open(store::Store& store, store::Records& records);

    Result<std::optional<OwnAuditHead>> own(store::Snapshot& from, std::uint64_t size) const;
    /// Newest first.
    Result<std::vector<OwnAuditHead>> own_heads(store::Snapshot& from, std::uint32_t limit) const;
    Result<void> keep(store::Writer& writer, const OwnAuditHead& head);

    Result<std::optional<SeenAuditHead>> seen(store::Snapshot& from, const NodeId& owner,
                                              std::uint64_t size) const;
    /// Of one owner or, with an empty id, of all; by owner and size.
    Result<std::vector<SeenAuditHead>> seen_heads(store::Snapshot& from, const NodeId& owner,
                                                  std::uint32_t limit) const;
    Result<void> keep(store::Writer& writer, const SeenAuditHead& head);

    Result<AuditPosition> position(store::Snapshot& from, const NodeId& owner) const;
    Result<void> set_position(store::Writer& writer, const NodeId& owner,
                              const AuditPosition& position);

    /// The size of our newest head that a witness has cosigned; 0: none.
    Result<std::uint64_t> cosigned_by(store::Snapshot& from, const NodeId& witness) const;
    Result<void> set_cosigned_by(store::Writer& writer, const NodeId& witness, std::uint64_t size);

    /// Heads that we cosigned and have not passed on, or questions that are open: lists of (owner,
    /// size) that a round works through.
    enum class List : std::uint8_t { unshared, asked };
    Result<void> note(store::Writer& writer, List list, const NodeId& owner, std::uint64_t size);
    Result<void> forget(store::Writer& writer, List list, const NodeId& owner, std::uint64_t size);
    Result<std::vector<SeenAuditHead>> listed(store::Snapshot& from, List list,
                                              std::uint32_t limit) const;

    Result<std::optional<AuditChecked>> checked(store::Snapshot& from) const;
    Result<void> set_checked(store::Writer& writer, const AuditChecked& checked);

    /// When the next round is due; nothing before the first.
    Result<std::optional<Time>> next_round(store::Snapshot& from) const;
    Result<void> set_next_round(store::Writer& writer, Time due);
    /// The same of the next nightly walk.
    Result<std::optional<Time>> next_check(store::Snapshot& from) const;
    Result<void> set_next_check(store::Writer& writer, Time due);

    Result<std::optional<AuditAlarm>> alarm(store::Snapshot& from,
                                            const std::array<std::uint8_t, 16>& id) const;
    /// The alarm about `owner` that nobody has acknowledged yet, or nothing.
    Result<std::optional<AuditAlarm>> open_alarm(store::Snapshot& from, const NodeId& owner) const;
    /// In the order of their raising.
    Result<std::vector<AuditAlarm>> alarms(store::Snapshot& from, std::uint32_t limit) const;
    Result<void> keep(store::Writer& writer, const AuditAlarm& alarm);

private:
    explicit AuditBook(store::Records& records) : records_(&records) {}

    Result<std::optional<Time>> due(store::Snapshot& from, std::string_view key) const;
    Result<void> set_due(store::Writer& writer, std::string_view key, Time due);

    store::Records* records_;  // outlives the book
    store::SealedTable own_;   // size, big-endian -> AuditOwnRecord
    store::SealedTable seen_;  // owner, zero byte, size -> AuditSeenRecord
    store::SealedTable
        position_;  // owner -> AuditPositionRecord; "witness/" owner, "alarm/" owner: see .cpp
    store::SealedTable lists_;   // list, owner, zero byte, size -> empty; "round", "check" -> due
    store::SealedTable alarms_;  // id, a UUIDv7 -> AuditAlarmRecord
};

}  // namespace sanad::federation
