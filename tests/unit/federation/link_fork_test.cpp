// Two stories told under good signatures, and positions claimed without one: FEDERATION section 7.
#include "tests/unit/federation/evil_peer.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using support::EvilPeer;
using support::Victim;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};

struct Forked : Victim {
    Forked() { feed(tn.key().say(request()).push()); }

    LinkFreeze frozen() {
        return ma->freezes->find(*ma->store->snapshot().value(), tunisia).value().value();
    }
    Links::Status status() {
        const auto all = ma->links->status();
        return *std::ranges::find(all, tunisia, &Links::Status::peer);
    }
    std::uint64_t audited(const std::string& action) {
        std::uint64_t count = 0;
        REQUIRE(ma->audit->read(*ma->store->snapshot().value(), 0, 10'000,
                                [&](std::uint64_t, const store::AuditEntry& entry) {
                                    count += entry.action == action ? 1 : 0;
                                    return true;
                                }));
        return count;
    }
    /// The link stands still, both heads are kept, and all else in the store is as it was.
    void check_frozen(const support::MemoryDisk& before, const std::string& held,
                      const std::string& shown) {
        CHECK(ma->counters.count("link.drop.fork") == 1);
        CHECK(ma->counters.count("link.frozen") == 1);
        CHECK(frozen().why == "fork");
        CHECK(frozen().lane == "normal");
        CHECK(frozen().held_head == held);
        CHECK(frozen().shown_head == shown);
        CHECK(audited("link.frozen") == 1);
        for (const auto& table : ma_machine.disk.names())
            if (table != "link.freeze" && table != "audit.entry" && table != "audit.end" &&
                table != "feed")
                CHECK(ma_machine.disk.rows(table) == before.rows(table));
        const auto events = ma->feed->read(*ma->store->snapshot().value(), 0, 1'000).value();
        CHECK(events.back().name == "link.frozen");
        CHECK(refuses(tn.push(0), "frozen"));
        CHECK(refuses(write_frame(Hello{.wants_reply = true}), "frozen"));
    }
    EvilPeer other_story(int entries) {
        EvilPeer other(tn_machine, ma_machine, Lane::normal, entropy);
        other.key();
        for (int i = 1; i < entries; ++i) other.say(request());
        return other;
    }
    EvilPeer same_story(std::size_t entries) {
        EvilPeer same(tn_machine, ma_machine, Lane::normal, entropy);
        for (std::size_t i = 0; i < entries; ++i) same.raw(tn.entries[i].raw);
        return same;
    }
    /// A hello that claims to hold our log, under that head.
    Bytes claim(std::uint64_t held, const std::string& head) {
        Hello hello;
        hello.received[0] = held;
        hello.heads[0] = head;
        return write_frame(hello);
    }
    std::string our_head(const trust::Checkpoint& checkpoint) {
        return trust::sign_checkpoint(checkpoint, ma_machine.signing, morocco.text).value();
    }
};

}  // namespace

TEST_CASE_METHOD(Forked,
                 "another story of the same length under a good signature freezes the link") {
    const auto other = other_story(2);
    const auto before = ma_machine.disk;
    feed(other.push(0));
    check_frozen(before, tn.head(2), other.head(2));
}

TEST_CASE_METHOD(Forked, "a shorter or a longer other story freezes the link as well") {
    const auto before = ma_machine.disk;
    SECTION("shorter") {
        const auto other = other_story(1);
        feed(other.push(0));
        check_frozen(before, tn.head(2), other.head(1));
    }
    SECTION("longer") {
        const auto other = other_story(5);
        feed(other.push(0));
        check_frozen(before, tn.head(2), other.head(5));
    }
    SECTION("that differs in its last entry") {
        EvilPeer other(tn_machine, ma_machine, Lane::normal, entropy);
        other.raw(tn.entries[0].raw).say(request()).say(request());
        feed(other.push(1));
        check_frozen(before, tn.head(2), other.head(3));
    }
}

TEST_CASE_METHOD(Forked, "a frozen link is frozen after a restart, and sends nothing") {
    feed(other_story(2).push(0));
    restart();
    wire.letters.clear();
    CHECK(refuses(tn.say(request()).push(2), "frozen"));
    ma->links->connected(tunisia);
    for (int i = 0; i < 100; ++i) {
        clock.advance(std::chrono::seconds(1));
        ma->links->tick();
    }
    CHECK(std::ranges::none_of(wire.letters, [](const auto& one) { return one.to == tunisia; }));
}

TEST_CASE_METHOD(Forked, "the same past again, cut anywhere, is no fork") {
    feed(tn.say(request()).say(request()).push(2));
    CHECK(refuses(tn.push(0), "repeated"));
    CHECK(refuses(tn.push(1), "repeated"));
    CHECK(refuses(tn.push(3), "repeated"));
    EvilPeer shorter = same_story(3);
    CHECK(refuses(shorter.push(0), "repeated"));
    CHECK(refuses(shorter.push(2), "repeated"));
    EvilPeer longer = same_story(4);
    longer.raw(Bytes(8));
    feed(longer.push(1));  // what is new behind it is taken
    CHECK(held(Lane::normal) == 5);
}

TEST_CASE_METHOD(Forked, "another story that nobody signed freezes nothing") {
    const auto other = other_story(2);
    CHECK(refuses(other.push_with(0, other.head_of({other.origin(), 2, other.frontier(2).root()},
                                                   dz_machine.signing)),
                  "bad_signature"));
    CHECK(refuses(
        other.push_with(0, tn.head_of({"sanad/tn.amal/dz.node/normal", 2, other.frontier(2).root()},
                                      tn_machine.signing)),
        "malformed_head"));
    // A longer head that these entries do not lead to says nothing about them.
    CHECK(refuses(other.push_with(0, tn.head_of({tn.origin(), 9, other.frontier(2).root()},
                                                tn_machine.signing)),
                  "repeated"));
    CHECK(refuses(other_story(3).push(2), "other_root"));
    CHECK(ma->counters.count("link.frozen") == 0);
}

TEST_CASE_METHOD(Forked, "old pushes cannot make the node read its logs without end") {
    const EvilPeer shorter = same_story(1);
    for (double spent = 0; spent <= Links::leaves_burst; spent += 2 * Links::pushes_in_engine_max)
        ma->links->received(tunisia, shorter.push(0));
    const auto other = other_story(2);
    for (double i = 0; i < Links::frames_burst; ++i) ma->links->received(tunisia, shorter.push(0));
    CHECK(ma->counters.count("link.drop.rate") > 0);
    clock.advance(std::chrono::minutes(1));
    feed(other.push(0));
    CHECK(frozen().why == "fork");
}

TEST_CASE_METHOD(Forked, "a position above our log, without our signature, changes nothing") {
    const auto id =
        ma->request(tunisia, support::sample_request("CASE-1", tunisia, casework::Urgency::u2));
    REQUIRE(id.has_value());
    while (ma->turn()) {
    }
    wire.letters.clear();
    const trust::Checkpoint claimed{"sanad/ma.cmrpi/tn.amal/normal", 9, tn.frontier(2).root()};
    CHECK(refuses(claim(9, ""), "unproven_position"));
    CHECK(refuses(claim(9, "no note\n"), "unproven_position"));
    CHECK(refuses(claim(9, tn.head_of(claimed, tn_machine.signing)), "unproven_position"));
    CHECK(refuses(claim(8, our_head(claimed)), "unproven_position"));
    CHECK(refuses(claim(9, our_head({"sanad/ma.cmrpi/dz.node/normal", 9, claimed.root})),
                  "unproven_position"));
    CHECK(refuses(claim(UINT64_MAX, ""), "unproven_position"));
    CHECK(refuses(claim(1, ""), "unproven_position"));  // below it, too
    CHECK(status().frozen.empty());
    CHECK(status().recovering.empty());
}

TEST_CASE_METHOD(Forked, "what a peer gives back must lead to the head that we had signed") {
    // Morocco has forgotten a log of two entries, which Tunisia gives back false.
    EvilPeer past(ma_machine, tn_machine, Lane::normal, entropy);
    past.key().say(request());
    feed(claim(2, past.head(2)));
    REQUIRE(status().recovering.size() == 1);
    Returned good{Lane::normal, 0, 2, {}, {}};
    for (const auto& entry : past.entries) good.items.push_back({entry.raw, {}});
    const auto beside = [](const Returned& returned) {
        return write_beside(recovery_topic, write_message(returned)).value();
    };
    Returned bad = good;
    std::swap(bad.items[0], bad.items[1]);
    CHECK(refuses(beside(bad), "return_unfit"));
    bad = good;
    bad.items.pop_back();
    CHECK(refuses(beside(bad), "return_unfit"));
    bad = good;
    bad.first = 1;
    CHECK(refuses(beside(bad), "return_unasked"));
    bad = good;
    bad.size = 3;
    CHECK(refuses(beside(bad), "return_unasked"));
    bad = good;
    bad.lane = Lane::urgent;
    CHECK(refuses(beside(bad), "return_unasked"));
    bad.items.clear();
    CHECK(refuses(beside(bad), "bad_size"));
    CHECK(refuses(write_beside(recovery_topic, Bytes(12)).value(), "bad_size"));
    feed(beside(good));
    CHECK(ma->logs->end(*ma->store->snapshot().value(), {tunisia, Direction::out, Lane::normal})
              ->size == 2);
    CHECK(ma->all_referrals()->size() == 2);
    CHECK(status().recovering.empty());
}

TEST_CASE_METHOD(Forked, "a peer whose returns never fit ends frozen, with what it had shown") {
    EvilPeer past(ma_machine, tn_machine, Lane::normal, entropy);
    past.key().say(request());
    feed(claim(2, past.head(2)));
    const Returned bad{Lane::normal, 0, 2, {{Bytes(8), {}}}, {}};
    const auto frame = write_beside(recovery_topic, write_message(bad)).value();
    for (unsigned i = 0; i < LinkRecovery::unfit_returns_max; ++i) feed(frame);
    CHECK(frozen().why == "own_log_forked");
    CHECK(frozen().shown_head == past.head(2));
}

TEST_CASE_METHOD(Forked, "nobody can ask for more than there is, or without end") {
    wire.letters.clear();
    const auto ask = [](std::uint64_t first) {
        return write_beside(recovery_topic, write_message(RestoreAsk{Lane::normal, first})).value();
    };
    feed(ask(0));
    REQUIRE(wire.letters.size() == 1);
    const auto answer = std::get<Beside>(parse_frame(wire.letters.front().frame).value());
    const auto returned = std::get<Returned>(parse_recovery(answer.payload).value());
    REQUIRE(returned.items.size() == 2);
    CHECK(returned.items[1].raw == tn.entries[1].raw);
    CHECK(refuses(ask(2), "ask_beyond"));
    CHECK(refuses(ask(UINT64_MAX), "ask_beyond"));
    CHECK(refuses(write_beside(recovery_topic, write_message(RestoreAsk{Lane::urgent, 0})).value(),
                  "ask_beyond"));
    for (double i = 0; i <= LinkRecovery::asks_burst; ++i) feed(ask(0));
    wire.letters.clear();
    CHECK(refuses(ask(0), "rate"));
}
