#include "core/federation/directory_gossip.h"

#include "core/federation/gossip_message.h"

#include <algorithm>

namespace sanad::federation {
void DirectoryGossip::drop(const NodeId& peer, const char* why) {
    parts_.counters.add(std::string("gossip.drop.") + why);
    parts_.log.debug("gossip.dropped", {{"peer", peer.text}, {"why", why}});
}

void DirectoryGossip::received(const NodeId& peer, ByteView payload) {
    auto said = parse_gossip(payload);
    if (!said) return drop(peer, name(said.error().fault));
    if (const auto* have = std::get_if<DirectoryHave>(&*said))
        heard_version(peer, have->version);
    else if (const auto* want = std::get_if<DirectoryWant>(&*said))
        answer(peer, want->version);
    else if (auto* offer = std::get_if<DirectoryOffer>(&*said))
        on_offer(peer, std::move(offer->notes));
    else
        on_notice(peer, std::get<DirectoryNotice>(*said).note);
}

void DirectoryGossip::greeted(const NodeId& peer, const Hello& hello) {
    heard_version(peer, hello.directory_version);
    // What was said once may have been lost: nobody answers a notice.
    say_notices(peer, *parts_.book.current());
}

// Whoever follows a later directory than we do is asked for what came between.
void DirectoryGossip::heard_version(const NodeId& peer, std::uint64_t version) {
    auto& known = known_[peer];
    known.version = version;
    const auto state = parts_.book.current();
    const auto now = parts_.clock.elapsed();
    if (!state->in_force || version <= state->version() || now - known.asked_at < ask_again) return;
    known.asked_at = now;
    known.awaits_offer =
        parts_.say(peer, write_message(DirectoryWant{state->version()})).has_value();
    parts_.counters.add("gossip.asked");
}

// In order, because a change of stewards can only be followed from the version before it.
void DirectoryGossip::answer(const NodeId& peer, std::uint64_t have) {
    auto& known = known_[peer];
    const auto now = parts_.clock.elapsed();
    if (now - known.answered_at < answer_again) return drop(peer, "rate");
    known.answered_at = now;
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot || have == UINT64_MAX) return;
    const auto chain = parts_.book.chain(**snapshot, have + 1, offer_notes_max);
    if (!chain || chain->empty()) return;
    DirectoryOffer offer;
    std::size_t bytes = 0;
    for (const auto& note : *chain) {
        bytes += note.size();
        if (bytes > offer_bytes_max) break;
        offer.notes.push_back(note);
    }
    if (parts_.say(peer, write_message(offer))) parts_.counters.add("gossip.offered");
}

// Checking a directory is dear: only what was asked for is looked at.
void DirectoryGossip::on_offer(const NodeId& peer, std::vector<std::string> notes) {
    auto& known = known_[peer];
    if (!std::exchange(known.awaits_offer, false)) return drop(peer, "unasked");
    for (auto& note : notes) submit(peer, std::move(note), false);
}

void DirectoryGossip::on_notice(const NodeId& peer, const std::string& note) {
    const auto state = parts_.book.current();
    if (std::ranges::find(state->notices, note, &Revocation::note) != state->notices.end()) return;
    auto& known = known_[peer];
    const auto now = parts_.clock.elapsed();
    if (now - known.second >= std::chrono::seconds(1)) {
        known.second = now;
        known.notices = 0;
    }
    if (++known.notices > notices_each_second) return drop(peer, "rate");
    if (!state->in_force) return;
    const auto good = verify_revocation(state->in_force->directory, note,
                                        effective_now(*state, parts_.clock.now()));
    if (!good) return drop(peer, name(good.error().fault));
    submit(peer, note, true);
}

void DirectoryGossip::submit(const NodeId& peer, std::string note, bool is_notice) {
    const auto taken = parts_.engine.submit(
        [this, peer, note = std::move(note), is_notice](store::Draft& draft) -> Result<void> {
            const auto from = "peer " + peer.text;
            const Time now = parts_.clock.now();
            const auto outcome = is_notice ? parts_.book.revoke(draft, note, from, now)
                                           : parts_.book.follow_next(draft, note, from, now);
            if (!outcome) return std::unexpected(outcome.error());
            return {};
        },
        [this, peer](const Result<void>& result) {
            if (result) return;
            parts_.counters.add("gossip.refused");
            parts_.log.warn("gossip.refused",
                            {{"peer", peer.text}, {"fault", name(result.error().fault)}});
        });
    if (!taken) drop(peer, "busy");
}

void DirectoryGossip::say_notices(const NodeId& peer, const DirectoryState& state) {
    std::size_t said = 0;
    for (const auto& notice : state.notices) {
        if (notice.node == peer || !acts(state, notice, parts_.clock.now())) continue;
        if (++said > notices_said_max) return;
        if (!parts_.say(peer, write_message(DirectoryNotice{notice.note}))) return;
    }
}

// Something changed here: whoever is connected hears of it at once.
void DirectoryGossip::tick() {
    const auto state = parts_.book.current();
    if (state == told_) return;
    const auto before = std::exchange(told_, state);
    const auto table = parts_.peers.current();
    const bool is_newer = !before || before->version() < state->version();
    const bool has_notice = !before || before->notices != state->notices;
    for (const auto& [id, peer] : table->nodes) {
        if (id == parts_.self || !peer.active) continue;
        if (is_newer && state->in_force)
            if (!parts_.say(id, write_message(DirectoryHave{state->version()})))
                parts_.counters.add("gossip.unsaid");
        if (has_notice) say_notices(id, *state);
    }
    if (!is_newer) return;
    // What was asked for has come, so the next question need not wait; and one answer may not have
    // held everything.
    for (auto& [id, known] : known_) known.asked_at = parts_.clock.elapsed() - ask_again;
    for (const auto& [id, known] : std::map(known_))
        if (known.version > state->version() && table->find(id) != nullptr)
            heard_version(id, known.version);
}

bool DirectoryGossip::all_follow(std::uint64_t version) const {
    const auto table = parts_.peers.current();
    return std::ranges::all_of(table->nodes, [&](const auto& item) {
        if (item.first == parts_.self || !item.second.active) return true;
        const auto known = known_.find(item.first);
        return known != known_.end() && known->second.version >= version;
    });
}

}  // namespace sanad::federation
