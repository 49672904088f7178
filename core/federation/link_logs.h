#pragma once

#include "core/federation/entry.h"
#include "core/federation/link.h"
#include "core/store/engine.h"
#include "core/store/records.h"
#include "core/trust/merkle.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace sanad::federation {

/// Where one link log ends, as it is on disk or will be with the next commit.
struct LaneEnd {
    std::uint64_t size = 0;
    trust::Frontier frontier;
    trust::Frontier receipted;  // out: the log as far as we hold a receipt · in: unused
    std::string
        note;  // out: the newest head with the peer's cosignature · in: the peer's newest head
    std::uint64_t key_index = 0;  // of the key entry whose key seals what follows
    Time key_at;
    trust::Digest key_for{};  // SHA-256 of both sealing keys; zero before the first key entry
};

/// The owner of an entry about something that is erased: its bytes are not kept, its leaf is.
inline constexpr KeyId erased_owner{{'e', 'r', 'a', 's', 'e', 'd'}};

/// One entry as it came, with its leaf hash; without bytes when it was erased.
struct LoggedEntry {
    std::uint64_t index = 0;
    Bytes raw;
    trust::Digest leaf{};
};

/// The link logs of this node: what it said to each peer and what each peer said to it. Entries are
/// kept sealed once more under the key of the referral they belong to; leaf hashes and heads stay
/// when that key is destroyed.
class LinkLogs final : public store::Engine::Participant {
public:
    static constexpr std::uint64_t key_entries_max = 1'000;  // entries under one link key
    static constexpr Duration key_life = std::chrono::hours(24);

    /// The sealing key of a peer that may be written to now. errors  not_found, denied
    using PeerSealing = std::function<Result<trust::SealingPublicKey>(const NodeId& peer)>;
    /// Called after a commit with each log of ours that grew. threads  engine
    using Grown = std::function<void(const LaneId& lane, std::uint64_t size)>;

    /// `records`, `entropy` and `own` outlive the logs. errors  those of the store
    static Result<std::unique_ptr<LinkLogs>> open(store::Store& store, store::Records& records,
                                                  Entropy& entropy, NodeId self,
                                                  const trust::SealingKey& own,
                                                  PeerSealing peer_sealing);

    void on_grown(Grown grown) { grown_ = std::move(grown); }

    // ------------------------------------------------------------------ threads  engine

    /// Whether an entry for `peer` could be sealed now. A command asks before it drafts one: when
    /// append() itself fails, it undoes everybody's commands. errors  those of PeerSealing
    Result<void> check_peer(const NodeId& peer) const;

    /// Seals `body` and appends it to our log, after a key entry where one is due. `owner` is whose
    /// key keeps it at rest. returns its index. errors  those of PeerSealing, seal_entry, the store
    Result<std::uint64_t> append(store::Transaction& transaction, const NodeId& peer, Lane lane,
                                 const KeyId& owner, const Body& body, Time now);

    /// Appends a key entry although none is due: what follows is a new head, and a new receipt.
    /// errors  those of PeerSealing, the store
    Result<void> append_key(store::Transaction& transaction, const NodeId& peer, Lane lane,
                            Time now);

    /// Appends an entry of the peer that has been checked against its head.
    /// errors  conflict: it is not the next one
    Result<void> append_received(store::Transaction& transaction, const LaneId& lane,
                                 const LoggedEntry& entry, const KeyId& owner);

    /// Appends to our own log an entry that a peer gave back; `entry.raw` is empty when its bytes
    /// were erased. The next entry that we write ourselves begins a new link key.
    /// errors  conflict: it is not the next one
    Result<void> append_returned(store::Transaction& transaction, const LaneId& lane,
                                 const LoggedEntry& entry, const KeyId& owner);

    /// Takes the entries of our own log from `size` on out of it, with their link keys. None of
    /// them was ever shown to the peer. errors  invalid: the peer's receipt covers some of them
    Result<void> cut(store::Transaction& transaction, const LaneId& lane, std::uint64_t size);

    /// Keeps what a taken-out entry said, in the order of `index`, until it is said again.
    Result<void> set_aside(store::Writer& writer, const LaneId& lane, std::uint64_t index,
                           const KeyId& owner, const Body& body);
    struct Aside {
        std::uint64_t index = 0;
        Body body;
    };
    /// Everything set aside, in its order; what was erased since is not there any more.
    Result<std::vector<Aside>> aside(store::Snapshot& from, const LaneId& lane);
    Result<void> forget_aside(store::Writer& writer, const LaneId& lane, std::uint64_t index);

    /// Keeps an entry that is there already under another key from now on: erased_owner, its leaf
    /// alone. errors  not_found: it is not there, or was erased
    Result<void> keep_under(store::Writer& writer, const LaneId& lane, std::uint64_t index,
                            const KeyId& owner);

    /// Keeps the link key of a key entry at `index`.
    Result<void> keep_key(store::Writer& writer, const LaneId& lane, std::uint64_t index,
                          const LinkKey& key);

    /// Notes the peer's newest head. It is written with the next commit.
    Result<void> note_head(store::Snapshot& from, const LaneId& lane, std::string note);

    /// Notes the newest receipt: our head with the peer's cosignature, over the log as it was at
    /// `receipted`. An older one changes nothing. It is written with the next commit.
    Result<void> note_receipt(store::Snapshot& from, const LaneId& lane, trust::Frontier receipted,
                              std::string note);

    Result<LaneEnd> current_end(store::Snapshot& from, const LaneId& lane);

    Result<void> before_commit(store::Transaction& transaction) override;
    void committed() override;
    void rolled_back() override;

    // ------------------------------------------------------------------ threads  any

    /// Where the log ended at the time of the snapshot.
    Result<LaneEnd> end(store::Snapshot& from, const LaneId& lane) const;

    /// Entries from `first` on, at most `limit` and about `bytes` together; each is hashed again
    /// and compared with its stored leaf. errors  bad_signature: the store changed under us ·
    /// not_found: its key was destroyed
    Result<std::vector<LoggedEntry>> read(store::Snapshot& from, const LaneId& lane,
                                          std::uint64_t first, std::uint32_t limit,
                                          std::size_t bytes) const;

    /// As read(), but an entry that was erased is there without its bytes.
    Result<std::vector<LoggedEntry>> read_with_erased(store::Snapshot& from, const LaneId& lane,
                                                      std::uint64_t first, std::uint32_t limit,
                                                      std::size_t bytes) const;

    /// The leaf hash of one entry; needs no key.
    Result<trust::Digest> leaf(store::Snapshot& from, const LaneId& lane,
                               std::uint64_t index) const;

    /// The leaf hashes of `count` entries from `first` on, in one pass; needs no key.
    /// errors  not_found: the log has not that many
    Result<std::vector<trust::Digest>> leaves(store::Snapshot& from, const LaneId& lane,
                                              std::uint64_t first, std::uint32_t count) const;

    /// The link key in force at `index`. errors  not_found
    Result<LinkKey> key_at(store::Snapshot& from, const LaneId& lane, std::uint64_t index) const;

    /// The opened body of one entry. errors  not_found, bad_signature; unsupported: a key entry
    Result<Body> body(store::Snapshot& from, const LaneId& lane, std::uint64_t index) const;

    const NodeId& self() const { return self_; }

    LinkLogs(store::Records& records, Entropy& entropy, NodeId self, const trust::SealingKey& own,
             PeerSealing peer_sealing);

private:
    struct Live {
        LaneEnd end;
        LaneEnd durable;
        std::optional<LinkKey> key;  // of our own logs, once used
        bool changed = false;
    };

    Result<Live*> live(store::Snapshot& from, const LaneId& id);
    Result<void> renew_key(store::Transaction& transaction, const LaneId& id, Live& lane, Time now);
    Result<void> write(store::Writer& writer, const LaneId& id, Live& lane, ByteView raw,
                       const trust::Digest& leaf, const KeyId& owner);
    Result<void> put_entry(store::Writer& writer, ByteView key, ByteView raw,
                           const trust::Digest& leaf, const KeyId& owner);

    store::Records& records_;
    Entropy& entropy_;
    NodeId self_;
    const trust::SealingKey& own_;
    PeerSealing peer_sealing_;
    Grown grown_;
    store::SealedTable entries_;  // lane, index -> raw entry, with its leaf hash in the clear
    store::SealedTable ends_;     // lane -> LaneRecord
    store::SealedTable keys_;     // lane, index of the key entry -> link key
    store::SealedTable aside_;    // lane, index -> SetAsideRecord
    std::map<LaneId, Live> live_;
};

}  // namespace sanad::federation
