// The giving half of LinkRecovery: a peer asks for the end of its own log, which we hold.
#include "core/federation/link_recovery.h"

#include <algorithm>

namespace sanad::federation {
namespace {

constexpr double leaves_per_token = 2'000;  // what hashing a tree costs, in answers

}  // namespace

bool LinkRecovery::admit(const NodeId& peer, double cost) {
    Bucket& bucket = buckets_[peer];
    const auto now = parts_.clock.elapsed();
    const double passed = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(asks_burst, bucket.tokens + passed * asks_per_second);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= cost;  // may owe: the next one waits
    return true;
}

void LinkRecovery::on_ask(const NodeId& peer, const RestoreAsk& wanted) {
    if (sessions_.is_frozen(peer)) return sessions_.drop_frame(peer, "frozen");
    const LaneId lane{peer, Direction::in, wanted.lane};
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return;
    const auto end = parts_.logs.end(**snapshot, lane);
    if (!end) return;
    if (wanted.first >= end->size) return sessions_.drop_frame(peer, "ask_beyond");
    const bool has_tree = tree_ && tree_->lane == lane && tree_->tree.size() == end->size;
    const double cost = 1 + (has_tree ? 0 : static_cast<double>(end->size) / leaves_per_token);
    if (!admit(peer, cost)) return sessions_.drop_frame(peer, "rate");
    auto returned = read_back(**snapshot, lane, wanted.first, end->size);
    if (!returned) {
        parts_.counters.add("link.log_unreadable");
        return;
    }
    const auto whole = tree(**snapshot, lane, end->size);
    if (!whole) return;
    auto proof = (*whole)->consistency(wanted.first + returned->items.size(), end->size);
    if (!proof) return;
    returned->proof = std::move(*proof);
    if (sessions_.say_beside(peer, recovery_topic, write_message(*returned)))
        parts_.counters.add("link.returned", returned->items.size());
}

// As many as fit into one push; one whose key was destroyed goes back as its leaf alone.
Result<Returned> LinkRecovery::read_back(store::Snapshot& from, const LaneId& lane,
                                         std::uint64_t first, std::uint64_t size) {
    Returned returned{lane.lane, first, size, {}, {}};
    auto entries = parts_.logs.read(from, lane, first, push_entries_max, push_bytes_max);
    if (entries) {
        for (auto& entry : *entries) returned.items.push_back({std::move(entry.raw), entry.leaf});
        return returned;
    }
    std::size_t bytes = 0;
    const auto last = std::min<std::uint64_t>(size, first + push_entries_max);
    for (auto index = first; index < last && bytes < push_bytes_max; ++index) {
        auto one = parts_.logs.read(from, lane, index, 1, entry_bytes_max);
        if (one && one->empty()) return fail(Fault::not_found, "link entry");
        if (!one && one.error().fault != Fault::not_found) return std::unexpected(one.error());
        if (one) {
            bytes += one->front().raw.size();
            returned.items.push_back({std::move(one->front().raw), one->front().leaf});
            continue;
        }
        const auto leaf = parts_.logs.leaf(from, lane, index);
        if (!leaf) return std::unexpected(leaf.error());
        returned.items.push_back({{}, *leaf});
    }
    return returned;
}

Result<const LogTree*> LinkRecovery::tree(store::Snapshot& from, const LaneId& lane,
                                          std::uint64_t size) {
    if (!tree_ || tree_->lane != lane || tree_->tree.size() != size) {
        if (size > UINT32_MAX) return fail(Fault::exhausted, "leaves");
        auto leaves = parts_.logs.leaves(from, lane, 0, static_cast<std::uint32_t>(size));
        if (!leaves) return std::unexpected(leaves.error());
        tree_.emplace(Tree{lane, LogTree(std::move(*leaves)), {}});
    }
    tree_->used_at = parts_.clock.elapsed();
    return &tree_->tree;
}

}  // namespace sanad::federation
