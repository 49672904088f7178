#include "core/federation/taking_up.h"

#include <algorithm>

namespace sanad::federation {
namespace {

constexpr std::array<std::uint8_t, 16> no_subject{};

/// The round of the audit that it belonged to is over, and the next one asks anew. An older head
/// after a newer one would look like a log that was cut.
bool is_past(const Body& body) { return body.kind == BodyKind::audit; }

/// Whether a later build may understand what was parked for that reason.
bool was_not_known(const std::string& reason) {
    return reason == "unknown_kind" || reason == name(Fault::unsupported);
}

/// Whether it may have been parked because something before it was: its subject, or the event
/// before it in its list.
bool missed_another(const std::string& reason) {
    return reason == name(Fault::not_found) || reason == name(Fault::invalid);
}

}  // namespace

Result<std::uint64_t> TakingUp::run() {
    std::vector<NodeId> peers;
    {
        const auto snapshot = parts_.store.snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        auto found = parts_.parking.peers(**snapshot);
        if (!found) return std::unexpected(found.error());
        peers = std::move(*found);
    }
    for (const NodeId& peer : peers) {
        Subjects subjects;
        for (const Lane lane : all_lanes) {
            const auto done = run_log({peer, Direction::in, lane}, subjects);
            if (!done) return std::unexpected(done.error());
        }
    }
    return taken_up_;
}

Result<void> TakingUp::run_log(const LaneId& lane, Subjects& subjects) {
    std::uint64_t next = 0;
    for (std::uint32_t seen = 0; seen < per_log_max;) {
        std::vector<Parking::Parked> parked;
        {
            const auto snapshot = parts_.store.snapshot();
            if (!snapshot) return std::unexpected(snapshot.error());
            auto found =
                parts_.parking.list(**snapshot, lane, next, std::min(at_once, per_log_max - seen));
            if (!found) return std::unexpected(found.error());
            parked = std::move(*found);
        }
        if (parked.empty()) return {};
        next = parked.back().index + 1;
        seen += static_cast<std::uint32_t>(parked.size());
        const bool hopeless = subjects.empty() &&
                              std::ranges::none_of(parked, was_not_known, &Parking::Parked::reason);
        if (hopeless) continue;
        if (const auto done = run_piece(lane, parked, subjects); !done) return done;
    }
    return {};
}

Result<void> TakingUp::run_piece(const LaneId& lane, const std::vector<Parking::Parked>& parked,
                                 Subjects& subjects) {
    Result<void> done;
    Piece piece;
    const auto taken = parts_.engine.submit(
        [&](store::Draft& draft) -> Result<void> {
            piece = {subjects, 0};
            for (const auto& one : parked)
                if (const auto tried = try_one(draft, lane, one, piece); !tried) return tried;
            return {};
        },
        [&](const Result<void>& result) { done = result; });
    if (!taken) return taken;
    if (const auto ran = parts_.engine.run_once(); !ran) return std::unexpected(ran.error());
    if (!done) return done;
    subjects = std::move(piece.subjects);
    taken_up_ += piece.taken_up;
    if (piece.taken_up > 0) parts_.counters.add("link.unparked", piece.taken_up);
    return {};
}

Result<void> TakingUp::try_one(store::Draft& draft, const LaneId& lane,
                               const Parking::Parked& parked, Piece& piece) {
    const bool follows = !piece.subjects.empty() && missed_another(parked.reason);
    if (!was_not_known(parked.reason) && !follows) return {};
    const auto logged = parts_.logs.read(draft, lane, parked.index, 1, entry_bytes_max);
    if (!logged && logged.error().fault == Fault::not_found)  // what it was about is erased
        return parts_.parking.take_out(draft, lane, parked.index);
    const auto entry = open(draft, lane, parked.index);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry || is_past(*(*entry)->body)) return {};
    const auto& subject = (*entry)->body->subject;
    if (follows && !piece.subjects.contains(subject)) return {};
    const Time now = parts_.clock.now();
    const auto owner = parts_.applier.apply(draft, **entry, now);
    if (!owner) return std::unexpected(owner.error());
    if (*owner != parked_owner) {
        const auto out = take_out(draft, **entry, *owner, now);
        if (!out) return out;
        if (subject != no_subject) piece.subjects.insert(subject);
        ++piece.taken_up;
    }
    return draft.apply();  // the next entry must see what this one did
}

// Nothing: it cannot be opened (any more).
Result<std::optional<ReceivedEntry>> TakingUp::open(store::Snapshot& from, const LaneId& lane,
                                                    std::uint64_t index) {
    const auto is_of_the_store = [](const Error& error) { return error.fault == Fault::io; };
    const auto logged = parts_.logs.read(from, lane, index, 1, entry_bytes_max);
    if (!logged && is_of_the_store(logged.error())) return std::unexpected(logged.error());
    if (!logged || logged->empty()) return std::nullopt;
    const auto outside = parse_entry(logged->front().raw);
    if (!outside) return std::nullopt;
    auto body = parts_.logs.body(from, lane, index);
    if (!body && is_of_the_store(body.error())) return std::unexpected(body.error());
    if (!body) return std::nullopt;
    return ReceivedEntry{.lane = lane,
                         .index = index,
                         .id = outside->id,
                         .created_at = outside->created_at,
                         .body = std::move(*body),
                         .was_parked = true};
}

Result<void> TakingUp::take_out(store::Draft& draft, const ReceivedEntry& entry, const KeyId& owner,
                                Time now) {
    const auto out = parts_.parking.take_out(draft, entry.lane, entry.index);
    if (!out) return out;
    draft.then(
        [this, lane = entry.lane, index = entry.index, owner](store::Transaction& transaction) {
            return parts_.logs.keep_under(transaction, lane, index, owner);
        });
    parts_.audit.append(draft, {.at = now,
                                .actor = "node",
                                .role = "node",
                                .action = "link.unparked",
                                .subject = entry.body->subject,
                                .reason = entry.lane.peer.text + " " + name(entry.lane.lane) + " " +
                                          std::to_string(entry.index)});
    parts_.feed.emit(draft, {.at = now,
                             .name = "link.unparked",
                             .subject = entry.body->subject,
                             .peer = entry.lane.peer.text,
                             .number = entry.index});
    return {};
}

}  // namespace sanad::federation
