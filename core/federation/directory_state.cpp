#include "core/federation/directory_state.h"

#include "core/base/message.h"
#include "core/federation/directory_peers.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

// Who changed its transport key by the stewards' will, and not because the old one was stolen.
void note_former_keys(DirectoryState& state, const Directory& before, const Directory& after,
                      Time now) {
    for (const auto& node : after.nodes) {
        const auto* old = find_node(before, node.id);
        if (old == nullptr || old->keys.transport == node.keys.transport) continue;
        std::erase_if(state.former, [&](const auto& one) { return one.node == node.id; });
        if (node.status == NodeStatus::active && revocation_of(state, node.id, now) == nullptr)
            state.former.push_back({node.id, old->keys.transport, now + transport_overlap});
    }
    // A key that now belongs to somebody, or to nobody, opens no door by an old name.
    std::erase_if(state.former, [&](const auto& one) {
        const auto* node = find_node(after, one.node);
        return node == nullptr || node->status != NodeStatus::active ||
               find_node(after, one.key) != nullptr;
    });
}

bool may_sign(const Directory& directory, const Revocation& notice) {
    const auto* node = find_node(directory, notice.node);
    if (node == nullptr) return false;
    return notice.by.key == node->keys.identity ||
           std::ranges::find(directory.stewards, notice.by.key, &trust::Verifier::key) !=
               directory.stewards.end();
}

}  // namespace

Time effective_now(const DirectoryState& state, Time now) { return std::max(now, state.floor); }

bool is_clock_wrong(const DirectoryState& state, Time now) {
    return now + directory_clock_slack < state.floor;
}

Validity validity(const DirectoryState& state, Time now, Duration grace) {
    return validity(state.in_force->directory, effective_now(state, now), grace);
}

bool has_override(const DirectoryState& state, Time now) {
    const Time today = effective_now(state, now);
    return state.exception && !state.exception->agreed_by.empty() && today < state.exception->until;
}

Result<void> check_new_referral(const DirectoryState& state, Time now, Duration grace) {
    if (!state.in_force || validity(state, now, grace) != Validity::expired_hard ||
        has_override(state, now))
        return {};
    return fail(Fault::expired, "directory_expired");
}

bool acts(const DirectoryState& state, const Revocation& notice, Time now) {
    if (!state.in_force || notice.lapses() <= effective_now(state, now)) return false;
    const auto& directory = state.in_force->directory;
    const auto* node = find_node(directory, notice.node);
    return node != nullptr && may_sign(directory, notice) && strikes(notice, *node);
}

const Revocation* revocation_of(const DirectoryState& state, const NodeId& node, Time now) {
    const auto found = std::ranges::find_if(state.notices, [&](const Revocation& notice) {
        return notice.node == node && acts(state, notice, now);
    });
    return found == state.notices.end() ? nullptr : &*found;
}

PeerTable peers_of(const DirectoryState& state, Time now) {
    if (!state.in_force) return {};
    PeerTable table = peers_of(state.in_force->directory);
    for (auto& [id, peer] : table.nodes)
        if (peer.active && revocation_of(state, id, now) != nullptr) peer.active = false;
    for (const auto& one : state.former) {
        const auto peer = table.nodes.find(one.node);
        if (peer != table.nodes.end() && effective_now(state, now) < one.until)
            peer->second.former_transport = one.key;
    }
    return table;
}

DirectoryState follow(DirectoryState state, SignedDirectory next, Time now) {
    const Time today = effective_now(state, now);
    if (state.in_force) note_former_keys(state, state.in_force->directory, next.directory, today);
    state.floor = std::max(state.floor, next.directory.issued);
    state.in_force = std::move(next);
    // A directory that is good again needs no exception, and the next emergency its own.
    state.exception.reset();
    std::erase_if(state.notices,
                  [&](const Revocation& notice) { return !acts(state, notice, now); });
    return state;
}

DirectoryState revoke(DirectoryState state, Revocation notice) {
    std::erase_if(state.former, [&](const auto& one) { return one.node == notice.node; });
    const auto same = std::ranges::find_if(state.notices, [&](const Revocation& one) {
        return one.node == notice.node && one.by.key == notice.by.key;
    });
    if (same == state.notices.end())
        state.notices.push_back(std::move(notice));
    else if (same->issued < notice.issued)
        *same = std::move(notice);
    return state;
}

DirectoryState forget_past(DirectoryState state, Time now) {
    const Time today = effective_now(state, now);
    std::erase_if(state.notices, [&](const auto& one) { return one.lapses() <= today; });
    std::erase_if(state.former, [&](const auto& one) { return one.until <= today; });
    if (state.exception) {
        const auto& exception = *state.exception;
        const Time end = exception.agreed_by.empty() ? exception.asked_at + override_answer_wait
                                                     : exception.until;
        if (end <= today) state.exception.reset();
    }
    return state;
}

std::optional<Time> next_change(const DirectoryState& state, Time now) {
    std::optional<Time> next;
    const auto at = [&](Time time) {
        if (time > now && (!next || time < *next)) next = time;
    };
    for (const auto& notice : state.notices) at(notice.lapses());
    for (const auto& one : state.former) at(one.until);
    if (state.exception)
        at(state.exception->agreed_by.empty() ? state.exception->asked_at + override_answer_wait
                                              : state.exception->until);
    return next;
}

Bytes encode(const DirectoryState& state) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::DirectoryRecord>();
    out.setFloorMs(state.floor.ms);
    out.setAlarms(state.alarms);
    if (state.exception) {
        auto exception = out.initException();
        exception.setAskedBy(to_text(state.exception->asked_by));
        exception.setAgreedBy(to_text(state.exception->agreed_by));
        exception.setReason(to_text(state.exception->reason));
        exception.setHours(state.exception->hours);
        exception.setAskedAtMs(state.exception->asked_at.ms);
        exception.setUntilMs(state.exception->until.ms);
    }
    auto former = out.initFormer(static_cast<unsigned>(state.former.size()));
    for (unsigned i = 0; i < former.size(); ++i) {
        former[i].setNode(to_text(state.former[i].node.text));
        former[i].setKey(to_data(state.former[i].key.bytes));
        former[i].setUntilMs(state.former[i].until.ms);
    }
    return flatten(builder);
}

Result<DirectoryState> decode_directory_state(ByteView bytes) {
    return read_message<schema::DirectoryRecord>(bytes, [](auto in) -> Result<DirectoryState> {
        DirectoryState state;
        state.floor = {in.getFloorMs()};
        state.alarms = in.getAlarms();
        if (in.hasException()) {
            const auto exception = in.getException();
            state.exception = DirectoryOverride{
                from_text(exception.getAskedBy()), from_text(exception.getAgreedBy()),
                from_text(exception.getReason()),  exception.getHours(),
                {exception.getAskedAtMs()},        {exception.getUntilMs()}};
        }
        for (const auto one : in.getFormer()) {
            FormerTransport former{{from_text(one.getNode())}, {}, {one.getUntilMs()}};
            const auto key = from_data(one.getKey());
            if (key.size() != former.key.bytes.size())
                return fail(Fault::malformed, "directory record");
            std::ranges::copy(key, former.key.bytes.begin());
            state.former.push_back(std::move(former));
        }
        return state;
    });
}

}  // namespace sanad::federation
