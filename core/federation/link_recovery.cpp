// The asking half of LinkRecovery: getting our own past back.
#include "core/federation/link_recovery.h"

#include <algorithm>

namespace sanad::federation {

void LinkRecovery::begin(const LaneId& lane, const trust::Checkpoint& goal,
                         const std::string& head) {
    if (works_.contains(lane)) return;
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return;
    const auto end = parts_.logs.end(**snapshot, lane);
    if (!end) return;
    Work work;
    work.goal = goal;
    work.head = head;
    work.end = end->receipted;
    works_.emplace(lane, std::move(work));
    parts_.counters.add("link.recoveries");
    parts_.log.warn("link.recovering", {{"peer", lane.peer.text},
                                        {"lane", name(lane.lane)},
                                        {"have", std::to_string(end->size)},
                                        {"wanted", std::to_string(goal.size)}});
    const Time now = parts_.clock.now();
    const auto told = parts_.engine.submit(
        [this, lane, now, have = end->size, wanted = goal.size](store::Draft& draft) {
            parts_.feed.emit(draft, {.at = now,
                                     .name = "link.recovering",
                                     .peer = lane.peer.text + "/" + name(lane.lane),
                                     .number = wanted});
            parts_.audit.append(draft,
                                {.at = now,
                                 .actor = "node",
                                 .role = "node",
                                 .action = "link.recovering",
                                 .reason = lane.peer.text + " " + name(lane.lane) + " " +
                                           std::to_string(have) + " of " + std::to_string(wanted)});
            return Result<void>{};
        },
        {});
    if (!told) parts_.counters.add("link.recovery_untold");
    hurry(lane.peer);
}

bool LinkRecovery::is_running(const NodeId& peer) const {
    return std::ranges::any_of(works_, [&](const auto& one) { return one.first.peer == peer; });
}

void LinkRecovery::hurry(const NodeId& peer) {
    for (auto& [lane, work] : works_)
        if (lane.peer == peer && !work.in_engine) ask(lane, work);
}

void LinkRecovery::stop(const NodeId& peer) {
    std::erase_if(works_, [&](const auto& one) { return one.first.peer == peer; });
}

std::vector<LinkRecovery::Progress> LinkRecovery::progress(const NodeId& peer) const {
    std::vector<Progress> all;
    for (const auto& [lane, work] : works_)
        if (lane.peer == peer) all.push_back({lane, work.end.size(), work.goal.size});
    return all;
}

// One lane after the other, the urgent one first: the peer keeps the tree of one log at a time.
void LinkRecovery::ask(const LaneId& lane, Work& work) {
    work.again_at = parts_.clock.elapsed() + work.again;
    if (lane.lane == Lane::normal && works_.contains({lane.peer, lane.direction, Lane::urgent}))
        return;
    const auto asked = sessions_.say_beside(lane.peer, recovery_topic,
                                            write_message(RestoreAsk{lane.lane, work.end.size()}));
    if (!asked) parts_.counters.add("link.recovery_unasked");
}

void LinkRecovery::tick() {
    const auto now = parts_.clock.elapsed();
    for (auto& [lane, work] : works_) {
        if (work.in_engine || now < work.again_at) continue;
        work.again = std::min(work.again * 2, again_longest);
        ask(lane, work);
    }
    if (tree_ && now - tree_->used_at > tree_kept) tree_.reset();
}

void LinkRecovery::received(const NodeId& peer, ByteView payload) {
    auto message = parse_recovery(payload);
    if (!message) return sessions_.drop_frame(peer, name(message.error().fault));
    if (const auto* wanted = std::get_if<RestoreAsk>(&*message)) return on_ask(peer, *wanted);
    on_returned(peer, std::get<Returned>(std::move(*message)));
}

// Each part must extend what is proven so far and lead to the head that we ourselves had signed.
void LinkRecovery::on_returned(const NodeId& peer, Returned returned) {
    const LaneId lane{peer, Direction::out, returned.lane};
    const auto found = works_.find(lane);
    if (found == works_.end()) return sessions_.drop_frame(peer, "return_unasked");
    Work& work = found->second;
    if (work.in_engine || returned.first != work.end.size() || returned.size != work.goal.size)
        return sessions_.drop_frame(peer, "return_unasked");
    trust::Frontier end = work.end;
    for (const auto& item : returned.items) end.append(item.leaf);
    if (!trust::verify_consistency(end.size(), work.goal.size, end.root(), work.goal.root,
                                   returned.proof)) {
        sessions_.drop_frame(peer, "return_unfit");
        if (++work.unfit >= unfit_returns_max) sessions_.unfit(lane, std::string(work.head));
        return;
    }
    work.unfit = 0;
    auto batch = open_batch(lane, work, std::move(returned), end);
    if (!batch) return;
    auto shared = std::make_shared<const Batch>(std::move(*batch));  // of the work, and its answer
    const auto taken =
        parts_.engine.submit([this, shared](store::Draft& draft) { return apply(draft, *shared); },
                             [this, shared](const Result<void>& result) {
                                 sessions_.post_work([this, shared, result] {
                                     stored(shared->lane, shared->end, shared->is_last, result);
                                 });
                             });
    work.in_engine = taken.has_value();
}

Result<LinkRecovery::Batch> LinkRecovery::open_batch(const LaneId& lane, const Work& work,
                                                     Returned returned, trust::Frontier end) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    std::optional<LinkKey> key;
    if (returned.first > 0)
        if (auto kept = parts_.logs.key_at(**snapshot, lane, returned.first - 1); kept)
            key = std::move(*kept);
    Batch batch{lane, {}, std::move(end), work.head, false};
    batch.is_last = batch.end.size() == work.goal.size;
    batch.items.reserve(returned.items.size());
    for (auto& item : returned.items) {
        auto& opened = batch.items.emplace_back();
        opened.logged = {returned.first + batch.items.size() - 1, std::move(item.raw), item.leaf};
        opened.entry.lane = lane;
        opened.entry.index = opened.logged.index;
        open_item(opened, key);
    }
    return batch;
}

// What does not open (its bytes were erased, or our sealing key of that time is destroyed) keeps
// its place in the log and means nothing any more.
void LinkRecovery::open_item(Batch::Item& item, std::optional<LinkKey>& key) {
    const auto entry = parse_entry(item.logged.raw);
    if (!entry) return;
    item.entry.id = entry->id;
    item.entry.created_at = entry->created_at;
    if (const auto* fresh = std::get_if<KeyEntry>(&entry->content)) {
        key.reset();
        auto opened = open_link_key(fresh->for_sender, parts_.sealing);
        if (!opened) return;
        item.key = opened->copy();
        key = std::move(*opened);
        return;
    }
    if (!key) return;
    const EntryPlace place{origin(parts_.logs.self(), item.entry.lane), item.logged.index};
    auto body =
        open_entry(std::get<SealedEntry>(entry->content), place, entry_key(*key, place.index));
    if (body) item.entry.body = std::move(*body);
}

// One transaction: put back, apply, say again, audit.
Result<void> LinkRecovery::apply(store::Draft& draft, const Batch& batch) {
    const Time now = parts_.clock.now();
    for (const auto& item : batch.items)
        if (const auto put = put_back(draft, batch, item, now); !put) return put;
    if (batch.is_last)
        if (const auto said = say_again(draft, batch.lane, now); !said) return said;
    parts_.audit.append(draft, {.at = now,
                                .actor = "peer " + batch.lane.peer.text,
                                .role = "peer",
                                .action = "link.recovered",
                                .reason = std::string(name(batch.lane.lane)) + " " +
                                          std::to_string(batch.items.front().logged.index) + "+" +
                                          std::to_string(batch.items.size())});
    if (batch.is_last)
        parts_.feed.emit(draft, {.at = now,
                                 .name = "link.recovered",
                                 .peer = batch.lane.peer.text + "/" + name(batch.lane.lane),
                                 .number = batch.end.size()});
    return {};
}

Result<void> LinkRecovery::put_back(store::Draft& draft, const Batch& batch,
                                    const Batch::Item& item, Time now) {
    const std::uint64_t index = item.logged.index;
    const auto end = parts_.logs.current_end(draft, batch.lane);
    if (!end) return std::unexpected(end.error());
    if (index < end->size) {
        const auto leaf = parts_.logs.leaf(draft, batch.lane, index);
        if (!leaf) return std::unexpected(leaf.error());
        if (*leaf == item.logged.leaf) return {};  // not lost
        if (const auto aside = set_aside(draft, batch.lane, index); !aside) return aside;
    }
    KeyId owner = store::node_key_id;
    if (item.key) {
        const auto kept = parts_.logs.keep_key(draft, batch.lane, index, *item.key);
        if (!kept) return kept;
    } else if (item.entry.body) {
        const auto applied = parts_.applier.apply_own(draft, item.entry, now);
        if (!applied) return std::unexpected(applied.error());
        owner = *applied;
    } else {
        parts_.counters.add("link.recovered_unreadable");
    }
    draft.then([this, &batch, &item, owner](store::Transaction& transaction) {
        return parts_.logs.append_returned(transaction, batch.lane, item.logged, owner);
    });
    return draft.apply();  // the next entry must see what this one did
}

// What we wrote in the places that the peer shows to be taken: undone, newest first, and kept.
Result<void> LinkRecovery::set_aside(store::Draft& draft, const LaneId& lane, std::uint64_t from) {
    const auto end = parts_.logs.current_end(draft, lane);
    if (!end) return std::unexpected(end.error());
    for (std::uint64_t index = end->size; index-- > from;) {
        auto body = parts_.logs.body(draft, lane, index);
        const bool is_nothing = !body && (body.error().fault == Fault::unsupported ||
                                          body.error().fault == Fault::not_found);
        if (is_nothing) continue;  // a key entry, or erased
        if (!body) return std::unexpected(body.error());
        const ReceivedEntry entry{lane, index, {}, {}, std::move(*body)};
        const auto owner = parts_.applier.take_back(draft, entry);
        if (!owner) return std::unexpected(owner.error());
        const auto kept = parts_.logs.set_aside(draft, lane, index, *owner, *entry.body);
        if (!kept) return kept;
    }
    draft.then([this, lane, from](store::Transaction& transaction) {
        return parts_.logs.cut(transaction, lane, from);
    });
    return draft.apply();
}

Result<void> LinkRecovery::say_again(store::Draft& draft, const LaneId& lane, Time now) {
    const auto all = parts_.logs.aside(draft, lane);
    if (!all) return std::unexpected(all.error());
    for (const auto& one : *all) {
        const auto again = parts_.applier.say_again(draft, lane, one.body, now);
        if (!again) return std::unexpected(again.error());
        if (*again == Applier::Again::as_it_was)
            draft.then([this, &lane, body = one.body,
                        now](store::Transaction& transaction) -> Result<void> {
                const auto index = parts_.logs.append(transaction, lane.peer, lane.lane,
                                                      store::node_key_id, body, now);
                if (!index) return std::unexpected(index.error());
                return {};
            });
        if (const auto gone = parts_.logs.forget_aside(draft, lane, one.index); !gone) return gone;
        if (const auto written = draft.apply(); !written) return written;
    }
    if (!all->empty()) parts_.counters.add("link.said_again", all->size());
    return {};
}

void LinkRecovery::stored(const LaneId& lane, const trust::Frontier& end, bool is_last,
                          const Result<void>& result) {
    const auto found = works_.find(lane);
    if (found == works_.end()) return;
    Work& work = found->second;
    work.in_engine = false;
    if (!result) {
        parts_.counters.add("link.recovery_unstored");
        parts_.log.warn("link.recovery_unstored", {{"peer", lane.peer.text},
                                                   {"lane", name(lane.lane)},
                                                   {"fault", name(result.error().fault)}});
        work.again_at = parts_.clock.elapsed() + work.again;
        return;
    }
    work.end = end;
    work.again = again_first;
    if (!is_last) return ask(lane, work);
    works_.erase(found);
    parts_.log.info("link.recovered", {{"peer", lane.peer.text},
                                       {"lane", name(lane.lane)},
                                       {"size", std::to_string(end.size())}});
    sessions_.recovered(lane);
    hurry(lane.peer);
}

}  // namespace sanad::federation
