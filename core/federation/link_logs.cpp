#include "core/federation/link_logs.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

Bytes encode(const LaneEnd& end) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::LaneRecord>();
    out.setSize(end.size);
    out.setFrontier(to_data(end.frontier.encode()));
    out.setReceipted(to_data(end.receipted.encode()));
    out.setNote(to_text(end.note));
    out.setKeyIndex(end.key_index);
    out.setKeyAtMs(end.key_at.ms);
    out.setKeyFor(to_data(end.key_for));
    return flatten(builder);
}

Result<LaneEnd> decode(ByteView bytes) {
    return read_message<schema::LaneRecord>(bytes, [](auto in) -> Result<LaneEnd> {
        auto frontier = trust::Frontier::decode(from_data(in.getFrontier()));
        if (!frontier) return std::unexpected(frontier.error());
        auto receipted = trust::Frontier::decode(from_data(in.getReceipted()));
        if (!receipted) return std::unexpected(receipted.error());
        LaneEnd end;
        end.size = in.getSize();
        end.frontier = std::move(*frontier);
        end.receipted = std::move(*receipted);
        end.note = from_text(in.getNote());
        end.key_index = in.getKeyIndex();
        end.key_at = {in.getKeyAtMs()};
        const auto key_for = in.getKeyFor();
        if (key_for.size() != end.key_for.size() || end.frontier.size() != end.size)
            return fail(Fault::malformed, "lane record");
        std::copy(key_for.begin(), key_for.end(), end.key_for.begin());
        return end;
    });
}

}  // namespace

LinkLogs::LinkLogs(store::Records& records, Entropy& entropy, NodeId self,
                   const trust::SealingKey& own, PeerSealing peer_sealing)
    : records_(records),
      entropy_(entropy),
      self_(std::move(self)),
      own_(own),
      peer_sealing_(std::move(peer_sealing)) {}

Result<std::unique_ptr<LinkLogs>> LinkLogs::open(store::Store& store, store::Records& records,
                                                 Entropy& entropy, NodeId self,
                                                 const trust::SealingKey& own,
                                                 PeerSealing peer_sealing) {
    auto logs =
        std::make_unique<LinkLogs>(records, entropy, std::move(self), own, std::move(peer_sealing));
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&logs->entries_, "link.entry"},
        {&logs->ends_, "link.end"},
        {&logs->keys_, "link.key"},
        {&logs->aside_, "link.set_aside"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return logs;
}

Result<void> LinkLogs::check_peer(const NodeId& peer) const {
    const auto key = peer_sealing_(peer);
    if (!key) return std::unexpected(key.error());
    return {};
}

Result<std::uint64_t> LinkLogs::append(store::Transaction& transaction, const NodeId& peer,
                                       Lane lane, const KeyId& owner, const Body& body, Time now) {
    const LaneId id{peer, Direction::out, lane};
    const auto found = live(transaction, id);
    if (!found) return std::unexpected(found.error());
    Live& log = **found;
    if (const auto renewed = renew_key(transaction, id, log, now); !renewed)
        return std::unexpected(renewed.error());
    const std::uint64_t index = log.end.size;
    const auto raw = seal_entry(make_id<EntryId>(now, entropy_), now, {origin(self_, id), index},
                                body, *log.key, entropy_);
    if (!raw) return std::unexpected(raw.error());
    if (const auto written = write(transaction, id, log, *raw, trust::leaf_hash(*raw), owner);
        !written)
        return std::unexpected(written.error());
    return index;
}

Result<void> LinkLogs::append_key(store::Transaction& transaction, const NodeId& peer, Lane lane,
                                  Time now) {
    const LaneId id{peer, Direction::out, lane};
    const auto found = live(transaction, id);
    if (!found) return std::unexpected(found.error());
    (*found)->end.key_for = {};  // as if it were for other keys
    return renew_key(transaction, id, **found, now);
}

// A new link key at the start, each 1,000 entries, each day, and when either sealing key changed.
Result<void> LinkLogs::renew_key(store::Transaction& transaction, const LaneId& id, Live& log,
                                 Time now) {
    const auto peer_key = peer_sealing_(id.peer);
    if (!peer_key) return std::unexpected(peer_key.error());
    const auto key_for = trust::sha256(0, peer_key->bytes, own_.public_key().bytes);
    const bool fresh = log.end.key_for == key_for &&
                       log.end.size - log.end.key_index < key_entries_max &&
                       now - log.end.key_at < key_life && now >= log.end.key_at;
    if (fresh && log.key) return {};
    if (fresh) {
        auto stored = key_at(transaction, id, log.end.key_index);
        if (!stored) return std::unexpected(stored.error());
        log.key = std::move(*stored);
        return {};
    }
    auto key = LinkKey::generate(entropy_);
    const auto raw = make_key_entry(make_id<EntryId>(now, entropy_), now, key, *peer_key,
                                    own_.public_key(), entropy_);
    if (!raw) return std::unexpected(raw.error());
    log.end.key_index = log.end.size;
    log.end.key_at = now;
    log.end.key_for = key_for;
    if (const auto kept = keep_key(transaction, id, log.end.size, key); !kept) return kept;
    log.key = std::move(key);
    return write(transaction, id, log, *raw, trust::leaf_hash(*raw), store::node_key_id);
}

Result<void> LinkLogs::append_received(store::Transaction& transaction, const LaneId& lane,
                                       const LoggedEntry& entry, const KeyId& owner) {
    const auto found = live(transaction, lane);
    if (!found) return std::unexpected(found.error());
    if ((*found)->end.size != entry.index) return fail(Fault::conflict, "not the next entry");
    return write(transaction, lane, **found, entry.raw, entry.leaf, owner);
}

Result<void> LinkLogs::write(store::Writer& writer, const LaneId& id, Live& log, ByteView raw,
                             const trust::Digest& leaf, const KeyId& owner) {
    const auto written = put_entry(writer, entry_place_key(id, log.end.size), raw, leaf, owner);
    if (!written) return written;
    log.end.frontier.append(leaf);
    log.end.size = log.end.frontier.size();
    log.changed = true;
    return {};
}

Result<void> LinkLogs::keep_under(store::Writer& writer, const LaneId& lane, std::uint64_t index,
                                  const KeyId& owner) {
    const auto there = read(writer, lane, index, 1, entry_bytes_max);
    if (!there) return std::unexpected(there.error());
    if (there->empty()) return fail(Fault::not_found, "link entry");
    const LoggedEntry& entry = there->front();
    return put_entry(writer, entry_place_key(lane, index), entry.raw, entry.leaf, owner);
}

Result<void> LinkLogs::put_entry(store::Writer& writer, ByteView key, ByteView raw,
                                 const trust::Digest& leaf, const KeyId& owner) {
    const bool erased = owner == erased_owner || raw.empty();
    return erased ? records_.put(writer, entries_, key, store::node_key_id, {}, leaf)
                  : records_.put(writer, entries_, key, owner, raw, leaf);
}

Result<void> LinkLogs::keep_key(store::Writer& writer, const LaneId& lane, std::uint64_t index,
                                const LinkKey& key) {
    return records_.put(writer, keys_, entry_place_key(lane, index), store::node_key_id,
                        key.bytes());
}

Result<void> LinkLogs::note_head(store::Snapshot& from, const LaneId& lane, std::string note) {
    const auto found = live(from, lane);
    if (!found) return std::unexpected(found.error());
    (*found)->end.note = std::move(note);
    (*found)->changed = true;
    return {};
}

Result<void> LinkLogs::note_receipt(store::Snapshot& from, const LaneId& lane,
                                    trust::Frontier receipted, std::string note) {
    const auto found = live(from, lane);
    if (!found) return std::unexpected(found.error());
    LaneEnd& end = (*found)->end;
    if (receipted.size() <= end.receipted.size()) return {};
    end.receipted = std::move(receipted);
    end.note = std::move(note);
    (*found)->changed = true;
    return {};
}

Result<LaneEnd> LinkLogs::current_end(store::Snapshot& from, const LaneId& lane) {
    const auto found = live(from, lane);
    if (!found) return std::unexpected(found.error());
    return (*found)->end;
}

Result<LinkLogs::Live*> LinkLogs::live(store::Snapshot& from, const LaneId& id) {
    if (const auto known = live_.find(id); known != live_.end()) return &known->second;
    auto stored = end(from, id);
    if (!stored) return std::unexpected(stored.error());
    Live& log = live_[id];
    log.end = log.durable = std::move(*stored);
    return &log;
}

Result<void> LinkLogs::before_commit(store::Transaction& transaction) {
    for (auto& [id, log] : live_) {
        if (!log.changed) continue;
        const auto written =
            records_.put(transaction, ends_, lane_key(id), store::node_key_id, encode(log.end));
        if (!written) return written;
    }
    return {};
}

void LinkLogs::committed() {
    for (auto& [id, log] : live_) {
        if (!log.changed) continue;
        const bool grew = log.end.size != log.durable.size;
        log.durable = log.end;
        log.changed = false;
        if (grew && id.direction == Direction::out && grown_) grown_(id, log.end.size);
    }
}

// What was in memory may be ahead of the disk: read all of it again when it is needed.
void LinkLogs::rolled_back() { live_.clear(); }

Result<LaneEnd> LinkLogs::end(store::Snapshot& from, const LaneId& lane) const {
    const auto stored = records_.get(from, ends_, lane_key(lane));
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return LaneEnd{};
    return decode(**stored);
}

Result<std::vector<LoggedEntry>> LinkLogs::read(store::Snapshot& from, const LaneId& lane,
                                                std::uint64_t first, std::uint32_t limit,
                                                std::size_t bytes) const {
    auto entries = read_with_erased(from, lane, first, limit, bytes);
    if (!entries) return entries;
    const bool erased =
        std::ranges::any_of(*entries, [](const LoggedEntry& entry) { return entry.raw.empty(); });
    if (erased) return fail(Fault::not_found, "link entry, erased");
    return entries;
}

Result<std::vector<LoggedEntry>> LinkLogs::read_with_erased(store::Snapshot& from,
                                                            const LaneId& lane, std::uint64_t first,
                                                            std::uint32_t limit,
                                                            std::size_t bytes) const {
    std::vector<LoggedEntry> entries;
    Result<void> sound;
    std::size_t total = 0;
    const auto scanned = records_.scan(
        from, entries_, entry_place_key(lane, first), store::after_prefix(lane_key(lane)),
        store::Order::ascending, limit,
        [&](ByteView key, Bytes raw, ByteView clear) {
            LoggedEntry entry{read_big_endian<std::uint64_t>(key.last(8)), std::move(raw), {}};
            if (!entry.raw.empty())
                entry.leaf = trust::leaf_hash(entry.raw);
            else if (clear.size() == entry.leaf.size())
                std::copy(clear.begin(), clear.end(), entry.leaf.begin());
            if (entry.index != first + entries.size() || !std::ranges::equal(entry.leaf, clear)) {
                sound = fail(Fault::bad_signature, "link entry " + std::to_string(entry.index));
                return false;
            }
            total += entry.raw.size();
            if (total > bytes && !entries.empty()) return false;
            entries.push_back(std::move(entry));
            return true;
        },
        store::Records::Erased::show_empty);
    if (!scanned) return std::unexpected(scanned.error());
    if (!sound) return std::unexpected(sound.error());
    return entries;
}

Result<trust::Digest> LinkLogs::leaf(store::Snapshot& from, const LaneId& lane,
                                     std::uint64_t index) const {
    const auto clear = records_.get_clear(from, entries_, entry_place_key(lane, index));
    if (!clear) return std::unexpected(clear.error());
    trust::Digest leaf{};
    if (!*clear || (*clear)->size() != leaf.size()) return fail(Fault::not_found, "link entry");
    std::copy((*clear)->begin(), (*clear)->end(), leaf.begin());
    return leaf;
}

Result<std::vector<trust::Digest>> LinkLogs::leaves(store::Snapshot& from, const LaneId& lane,
                                                    std::uint64_t first,
                                                    std::uint32_t count) const {
    std::vector<trust::Digest> leaves;
    leaves.reserve(count);
    const auto scanned = records_.scan_clear(
        from, entries_, entry_place_key(lane, first), store::after_prefix(lane_key(lane)),
        store::Order::ascending, count, [&](ByteView key, ByteView clear) {
            if (read_big_endian<std::uint64_t>(key.last(8)) != first + leaves.size() ||
                clear.size() != sizeof(trust::Digest))
                return false;
            std::copy(clear.begin(), clear.end(), leaves.emplace_back().begin());
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (leaves.size() != count) return fail(Fault::not_found, "link entry");
    return leaves;
}

Result<LinkKey> LinkLogs::key_at(store::Snapshot& from, const LaneId& lane,
                                 std::uint64_t index) const {
    std::optional<LinkKey> key;
    const auto scanned =
        records_.scan(from, keys_, lane_key(lane), entry_place_key(lane, index + 1),
                      store::Order::descending, 1, [&](ByteView, Bytes plain, ByteView) {
                          if (plain.size() == LinkKey::size) key = LinkKey(ByteView(plain));
                          trust::wipe(plain);
                          return false;
                      });
    if (!scanned) return std::unexpected(scanned.error());
    if (!key) return fail(Fault::not_found, "link key");
    return std::move(*key);
}

Result<Body> LinkLogs::body(store::Snapshot& from, const LaneId& lane, std::uint64_t index) const {
    const auto entries = read(from, lane, index, 1, entry_bytes_max);
    if (!entries) return std::unexpected(entries.error());
    if (entries->empty()) return fail(Fault::not_found, "link entry");
    const auto entry = parse_entry(entries->front().raw);
    if (!entry) return std::unexpected(entry.error());
    const auto* sealed = std::get_if<SealedEntry>(&entry->content);
    if (sealed == nullptr) return fail(Fault::unsupported, "a key entry has no body");
    const auto key = key_at(from, lane, index);
    if (!key) return std::unexpected(key.error());
    return open_entry(*sealed, {origin(self_, lane), index}, entry_key(*key, index));
}

}  // namespace sanad::federation
