#pragma once

#include "core/casework/referral_event.h"
#include "core/federation/frame.h"
#include "core/trust/checkpoint.h"
#include "tests/support/federation_node.h"
#include "tests/support/wire.h"
#include "tests/support/world.h"

#include <algorithm>

namespace sanad::support {

/// One who has a place in the directory and all the keys for it, and writes its log by hand.
class EvilPeer {
public:
    EvilPeer(const Machine& machine, const Machine& victim, federation::Lane lane, Entropy& entropy)
        : machine_(machine), victim_(victim), lane_(lane), entropy_(entropy) {}

    std::string origin() const {
        return "sanad/" + machine_.id.text + "/" + victim_.id.text + "/" + federation::name(lane_);
    }
    /// A new link key for what follows.
    EvilPeer& key() {
        link_key_ = federation::LinkKey::generate(entropy_);
        return raw(*federation::make_key_entry(make_id<EntryId>(at, entropy_), at, link_key_,
                                               victim_.sealing.public_key(),
                                               machine_.sealing.public_key(), entropy_));
    }
    EvilPeer& body(const federation::Body& body) { return body_sealed_as(body, origin()); }
    EvilPeer& body_sealed_as(const federation::Body& body, const std::string& place) {
        return raw(*federation::seal_entry(make_id<EntryId>(at, entropy_), at,
                                           {place, entries.size()}, body, link_key_, entropy_));
    }
    EvilPeer& say(const casework::ReferralMessage& message) {
        return body({federation::BodyKind::referral, message.referral.bytes,
                     casework::write_message(message)});
    }
    EvilPeer& raw(Bytes entry) {
        entries.push_back({entries.size(), std::move(entry), {}});
        return *this;
    }

    /// The head over the first `size` entries.
    std::string head(std::uint64_t size) const {
        return head_of({origin(), size, frontier(size).root()}, machine_.signing);
    }
    std::string head_of(const trust::Checkpoint& checkpoint, const trust::SigningKey& key) const {
        return *trust::sign_checkpoint(checkpoint, key, machine_.id.text);
    }
    trust::Frontier frontier(std::uint64_t size) const {
        trust::Frontier end;
        for (std::uint64_t i = 0; i < size; ++i) end.append(trust::leaf_hash(entries[i].raw));
        return end;
    }
    /// All entries from `first` on, under a good head.
    Bytes push(std::uint64_t first = 0) const { return push_with(first, head(entries.size())); }
    Bytes push_with(std::uint64_t first, const std::string& head) const {
        const std::vector<federation::LoggedEntry> some(entries.begin() + std::ptrdiff_t(first),
                                                        entries.end());
        return *federation::write_push(lane_, some, head);
    }

    std::vector<federation::LoggedEntry> entries;
    Time at{1'795'485'600'000};

private:
    const Machine& machine_;
    const Machine& victim_;
    federation::Lane lane_;
    Entropy& entropy_;
    federation::LinkKey link_key_;
};

/// Morocco's node, and Tunisia and Algeria as evil as can be.
struct Victim {
    Victim() { greet(); }

    /// What every connection begins with: without it nothing is taken.
    void greet() {
        for (const auto& peer : {tn_machine.id, dz_machine.id})
            feed(write_frame(federation::Hello{}), peer);
        wire.letters.clear();
    }
    /// Gives the node a frame, and lets it do all that follows.
    void feed(const Bytes& frame, const NodeId& from = NodeId{"tn.amal"}) {
        ma->links->received(from, frame);
        while (ma->turn()) {
        }
    }
    std::uint64_t drops() const {
        std::uint64_t sum = 0;
        for (const auto& [name, count] : ma->counters.all())
            if (name.starts_with("link.drop.")) sum += count;
        return sum;
    }
    /// Whether the frame is dropped under that counter, answered by nothing, and leaves no trace.
    bool refuses(const Bytes& frame, const std::string& counter,
                 const NodeId& from = NodeId{"tn.amal"}) {
        const MemoryDisk before = ma_machine.disk;
        const auto counted = ma->counters.count("link.drop." + counter);
        const auto sent = wire.letters.size();
        feed(frame, from);
        return ma->counters.count("link.drop." + counter) == counted + 1 && is_unchanged(before) &&
               wire.letters.size() == sent;
    }
    bool is_unchanged(const MemoryDisk& before) const {
        return std::ranges::all_of(ma_machine.disk.names(), [&](const std::string& table) {
            return ma_machine.disk.rows(table) == before.rows(table);
        });
    }
    std::uint64_t held(federation::Lane lane, const NodeId& from = NodeId{"tn.amal"}) const {
        return ma->logs
            ->end(*ma->store->snapshot().value(), {from, federation::Direction::in, lane})
            ->size;
    }
    void restart() {
        ma.reset();
        ma = std::make_unique<FederationNode>(ma_machine, around, wire.port(ma_machine.id));
        greet();
    }
    /// The first thing said of a new referral.
    casework::ReferralMessage request() {
        return {.referral = make_id<ReferralId>(clock.now(), entropy),
                .index = 0,
                .seen_other = 0,
                .at = clock.now(),
                .kind = casework::ReferralEventKind::request,
                .reason = {},
                .text = {},
                .request = sample_request("CASE-7", ma_machine.id, casework::Urgency::u2)};
    }

    TestClock clock;
    TestEntropy entropy{31};
    NullLog log;
    Machine ma_machine{"ma.cmrpi", entropy};
    Machine tn_machine{"tn.amal", entropy};
    Machine dz_machine{"dz.node", entropy};
    federation::Peers peers{directory_of({&ma_machine, &tn_machine, &dz_machine})};
    casework::Taxonomies taxonomies = small_taxonomies();
    casework::Clocks clocks = casework::default_clocks();
    Surroundings around{clock, entropy, log, peers, taxonomies, clocks};
    Wire wire;
    std::unique_ptr<FederationNode> ma =
        std::make_unique<FederationNode>(ma_machine, around, wire.port(ma_machine.id));
    EvilPeer tn{tn_machine, ma_machine, federation::Lane::normal, entropy};
};

}  // namespace sanad::support
