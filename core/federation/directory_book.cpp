#include "core/federation/directory_book.h"

#include "core/base/message.h"
#include "core/trust/hash.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

constexpr std::string_view meta_version = "directory_version";
constexpr std::string_view state_name = "state";
constexpr std::size_t alarm_hash_bytes = 16;

Bytes version_key(std::uint64_t version) {
    Bytes key;
    append_big_endian(key, version);
    return key;
}

}  // namespace

DirectoryBook::DirectoryBook(Parts parts, std::array<store::SealedTable, 4> tables,
                             store::Table meta)
    : parts_(parts),
      chain_(std::move(tables[0])),
      notices_(std::move(tables[1])),
      alarms_(std::move(tables[2])),
      state_(std::move(tables[3])),
      meta_(meta) {}

Result<std::unique_ptr<DirectoryBook>> DirectoryBook::open(store::Store& store, Parts parts) {
    std::array<store::SealedTable, 4> tables;
    const std::array names{"directory.chain", "directory.notice", "directory.alarm",
                           "directory.state"};
    for (std::size_t i = 0; i < tables.size(); ++i) {
        auto opened = store::Records::open_table(store, names[i]);
        if (!opened) return std::unexpected(opened.error());
        tables[i] = std::move(*opened);
    }
    const auto meta = store.open_table("meta");
    if (!meta) return std::unexpected(meta.error());
    auto book = std::make_unique<DirectoryBook>(parts, std::move(tables), *meta);
    if (const auto loaded = book->load(store); !loaded) return std::unexpected(loaded.error());
    return book;
}

// What lies there was verified when it came, and nobody without the node's key could put it there:
// its form is checked again, its signatures are not.
Result<void> DirectoryBook::load(store::Store& store) {
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    DirectoryState state;
    const auto stored = parts_.records.get(**snapshot, state_, bytes_of(state_name));
    if (!stored) return std::unexpected(stored.error());
    if (*stored) {
        auto decoded = decode_directory_state(**stored);
        if (!decoded) return std::unexpected(decoded.error());
        state = std::move(*decoded);
    }
    const auto last = newest(**snapshot, 1);
    if (!last) return std::unexpected(last.error());
    if (last->empty()) {
        publish(std::move(state));
        return {};
    }
    auto note = trust::parse_note(last->front());
    if (!note) return std::unexpected(note.error());
    auto directory = parse_directory(note->text);
    if (!directory) return std::unexpected(directory.error());
    state.in_force = SignedDirectory{std::move(*directory), std::move(*note)};
    const auto notices = parts_.records.collect(
        **snapshot, notices_, {}, {}, store::Order::ascending, revocations_max,
        [](ByteView bytes) -> Result<std::string> { return std::string(text_of(bytes)); });
    if (!notices) return std::unexpected(notices.error());
    const Time now = effective_now(state, parts_.clock.now());
    for (const auto& text : *notices)
        if (auto notice = verify_revocation(state.in_force->directory, text, now))
            state.notices.push_back(std::move(*notice));
    publish(std::move(state));
    return {};
}

std::shared_ptr<const DirectoryState> DirectoryBook::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

void DirectoryBook::publish(DirectoryState state) {
    auto table = peers_of(state, parts_.clock.now());
    auto fresh = std::make_shared<const DirectoryState>(std::move(state));
    {
        const std::lock_guard lock(mutex_);
        current_.swap(fresh);
    }
    parts_.peers.replace(std::move(table));
    if (changed_) changed_(*fresh);
}

void DirectoryBook::committed() {
    if (!pending_) return;
    auto state = std::move(*pending_);
    pending_.reset();
    publish(std::move(state));
}

// Commands of one group see what those before them did.
const DirectoryState& DirectoryBook::latest() const { return pending_ ? *pending_ : *current_; }

// Writes what changed; in memory it counts from the commit on.
Result<void> DirectoryBook::keep(store::Draft& draft, DirectoryState state, Time now) {
    const auto written =
        parts_.records.put(draft, state_, bytes_of(state_name), store::node_key_id, encode(state));
    if (!written) return written;
    if (const auto next = next_change(state, now))
        if (const auto set = parts_.timers.set(draft, {*next, directory_timer, {}}); !set)
            return set;
    if (revoked_) {
        const auto before = peers_of(latest(), now), after = peers_of(state, now);
        for (const auto& [id, peer] : before.nodes)
            if (peer.active && after.find(id) == nullptr)
                if (const auto told = revoked_(draft, id, now); !told) return told;
    }
    draft.then([this, state = std::move(state)](store::Transaction&) mutable -> Result<void> {
        pending_ = std::move(state);
        return {};
    });
    return {};
}

void DirectoryBook::tell(store::Draft& draft, Time now, const char* name, const std::string& peer,
                         std::uint64_t number) {
    parts_.feed.emit(draft, {.at = now, .name = name, .peer = peer, .number = number});
}

Result<DirectoryBook::Outcome> DirectoryBook::follow(store::Draft& draft, std::string_view note,
                                                     std::span<const trust::Verifier> trusted,
                                                     std::uint32_t threshold,
                                                     const std::string& from, Time now) {
    if (latest().in_force) return follow_next(draft, note, from, now);
    if (note.size() > directory_note_bytes_max) return fail(Fault::bad_size, "directory");
    auto first = verify_directory(note, trusted, threshold);
    if (!first) return std::unexpected(first.error());
    if (const auto put = put_in_force(draft, std::move(*first), from, now); !put)
        return std::unexpected(put.error());
    return Outcome::followed;
}

Result<DirectoryBook::Outcome> DirectoryBook::follow_next(store::Draft& draft,
                                                          std::string_view note,
                                                          const std::string& from, Time now) {
    const auto& state = latest();
    if (!state.in_force) return fail(Fault::not_found, "no directory yet");
    if (note.size() > directory_note_bytes_max) return fail(Fault::bad_size, "directory");
    if (const auto parsed = trust::parse_note(note);
        parsed && parsed->text == state.in_force->note.text)
        return Outcome::same;
    auto next = verify_successor(*state.in_force, note);
    if (!next && next.error().fault == Fault::conflict) return raise_alarm(draft, note, from, now);
    if (!next) return std::unexpected(next.error());
    if (const auto put = put_in_force(draft, std::move(*next), from, now); !put)
        return std::unexpected(put.error());
    return Outcome::followed;
}

Result<DirectoryBook::Outcome> DirectoryBook::follow_by_trust(
    store::Draft& draft, std::string_view note, std::span<const trust::Verifier> trusted,
    std::uint32_t threshold, const std::string& from, Time now) {
    const auto& state = latest();
    if (!state.in_force) return follow(draft, note, trusted, threshold, from, now);
    if (note.size() > directory_note_bytes_max) return fail(Fault::bad_size, "directory");
    auto next = verify_directory(note, trusted, threshold);
    if (!next) return std::unexpected(next.error());
    const auto& held = state.in_force->directory;
    if (next->directory.federation != held.federation)
        return fail(Fault::invalid, "directory: of another federation");
    if (next->directory.version <= held.version || next->directory.issued < held.issued)
        return fail(Fault::denied, "directory_older");
    if (const auto put = put_in_force(draft, std::move(*next), from, now); !put)
        return std::unexpected(put.error());
    return Outcome::followed;
}

// The version, the note and what follows from them are one transaction: there is no moment at which
// the node follows what it would not remember.
Result<void> DirectoryBook::put_in_force(store::Draft& draft, SignedDirectory next,
                                         const std::string& from, Time now) {
    const auto number = next.directory.version;
    const auto note = trust::write_note(next.note);
    if (const auto put = draft.put(meta_, bytes_of(meta_version), version_key(number)); !put)
        return put;
    if (const auto put = parts_.records.put(draft, chain_, version_key(number), store::node_key_id,
                                            bytes_of(note));
        !put)
        return put;
    const auto& before = latest();
    auto state = federation::follow(before, std::move(next), now);
    for (const auto& notice : before.notices)
        if (std::ranges::find(state.notices, notice) == state.notices.end())
            if (const auto gone = draft.del(notices_.table, notice_key(notice)); !gone) return gone;
    parts_.audit.append(draft, {.at = now,
                                .actor = from,
                                .action = "directory.follow",
                                .reason = "version " + std::to_string(number)});
    tell(draft, now, "directory.followed", "", number);
    return keep(draft, std::move(state), now);
}

// Enough stewards signed both: somebody's story to us is not their story to others.
Result<DirectoryBook::Outcome> DirectoryBook::raise_alarm(store::Draft& draft,
                                                          std::string_view note,
                                                          const std::string& from, Time now) {
    auto state = latest();
    const auto& held = *state.in_force;
    const auto hash = trust::sha256(bytes_of(trust::parse_note(note)->text));
    Bytes key = version_key(held.directory.version);
    append(key, ByteView(hash).first(alarm_hash_bytes));
    const auto known = parts_.records.get_clear(draft, alarms_, key);
    if (!known) return std::unexpected(known.error());
    if (*known || state.alarms >= directory_alarms_max) return Outcome::fork;
    capnp::MallocMessageBuilder builder;
    auto record = builder.initRoot<schema::DirectoryAlarmRecord>();
    record.setAtMs(now.ms);
    record.setVersion(held.directory.version);
    record.setFrom(to_text(from));
    record.setHeld(to_text(trust::write_note(held.note)));
    record.setOther(to_text(std::string(note)));
    const auto put = parts_.records.put(draft, alarms_, key, store::node_key_id, flatten(builder));
    if (!put) return std::unexpected(put.error());
    ++state.alarms;
    parts_.audit.append(draft, {.at = now,
                                .actor = from,
                                .action = "directory.fork",
                                .reason = "version " + std::to_string(held.directory.version),
                                .result = "conflict"});
    tell(draft, now, "directory.fork", from, held.directory.version);
    if (const auto kept = keep(draft, std::move(state), now); !kept)
        return std::unexpected(kept.error());
    return Outcome::fork;
}

Result<std::vector<std::string>> DirectoryBook::chain(store::Snapshot& from, std::uint64_t first,
                                                      std::uint32_t limit) const {
    return parts_.records.collect(
        from, chain_, version_key(first), {}, store::Order::ascending, limit,
        [](ByteView bytes) -> Result<std::string> { return std::string(text_of(bytes)); });
}

Result<std::vector<std::string>> DirectoryBook::newest(store::Snapshot& from,
                                                       std::uint32_t limit) const {
    return parts_.records.collect(
        from, chain_, {}, {}, store::Order::descending, limit,
        [](ByteView bytes) -> Result<std::string> { return std::string(text_of(bytes)); });
}

Result<std::vector<DirectoryBook::Alarm>> DirectoryBook::alarms(store::Snapshot& from) const {
    return parts_.records.collect(
        from, alarms_, {}, {}, store::Order::ascending, directory_alarms_max, [](ByteView bytes) {
            return read_message<schema::DirectoryAlarmRecord>(bytes, [](auto in) -> Result<Alarm> {
                return Alarm{{in.getAtMs()},
                             in.getVersion(),
                             from_text(in.getFrom()),
                             from_text(in.getHeld()),
                             from_text(in.getOther())};
            });
        });
}

}  // namespace sanad::federation
