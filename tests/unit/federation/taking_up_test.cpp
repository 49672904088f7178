// What an older build of a node had parked, after an upgrade.
#include "tests/unit/federation/log_checks.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using support::end_of;
using support::MemoryDisk;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};
const LaneId from_morocco{morocco, Direction::in, Lane::normal};
const LaneId to_morocco{morocco, Direction::out, Lane::normal};

/// Morocco is up to date. Tunisia was not, and is upgraded; the wire is cut while it starts.
struct Upgrade : TwoNodes {
    Upgrade() {
        ma.reset();
        ma.emplace(ma_machine, newer, wire.port(ma_machine.id));
    }

    void run_older(const support::Between& between = {}) {
        restart(around, between);
        connect();
    }
    void upgrade() { restart(newer, {}); }
    void restart(const support::Surroundings& surroundings, const support::Between& between) {
        tn.reset();
        wire.letters.clear();
        tn.emplace(tn_machine, surroundings, wire.port(tn_machine.id), between);
    }
    void connect() {
        ma->links->connected(tn_machine.id);
        tn->links->connected(ma_machine.id);
        settle();
    }

    std::size_t parked() const { return tn_machine.disk.rows("link.parked").size(); }
    /// The places in Morocco's log that were taken up, as the feed and the audit tell of them.
    std::vector<std::uint64_t> unparked() {
        const auto snapshot = tn->store->snapshot().value();
        std::vector<std::uint64_t> told;
        const auto events = tn->feed->read(*snapshot, 0, 10'000).value();
        for (const auto& event : events)
            if (event.name == "link.unparked") told.push_back(event.number);
        std::size_t audited = 0;
        const auto read = tn->audit->read(*snapshot, 0, 10'000, [&](auto, const auto& entry) {
            if (entry.action == "link.unparked") ++audited;
            return true;
        });
        CHECK(read.has_value());
        CHECK(audited == told.size());
        return told;
    }
    bool is_unchanged(const MemoryDisk& before) const {
        return std::ranges::all_of(tn_machine.disk.names(), [&](const std::string& table) {
            return tn_machine.disk.rows(table) == before.rows(table);
        });
    }
    /// Morocco says what even the newest build does not know.
    void say_of_another_time(const ReferralId& about) {
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            draft.then([&](store::Transaction& transaction) -> Result<void> {
                const auto said =
                    ma->logs->append(transaction, tunisia, Lane::normal, store::node_key_id,
                                     {BodyKind(77), about.bytes, Bytes(16)}, clock.now());
                return said ? Result<void>{} : std::unexpected(said.error());
            });
            return {};
        }));
    }

    const casework::Taxonomies newer_words = casework::Taxonomies::of_any_time();
    const support::Surroundings newer{clock, entropy, log, peers, newer_words, clocks};
};

}  // namespace

TEST_CASE_METHOD(Upgrade,
                 "parked entries are taken up after an upgrade, in the order of their log, once") {
    run_older({.applier = {}, .store = {}, .unknown = {BodyKind::referral}});
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    REQUIRE(ma->move(id, ReferralEventKind::note, "", "A note."));
    REQUIRE(ma->move(id, ReferralEventKind::withdraw, "resolved"));
    settle();
    CHECK(parked() == 3);
    CHECK(tn->all_referrals()->empty());
    CHECK(ma->counters.count("referral.refused_by_peer") == 3);
    CHECK(state_at(*ma, id) == ReferralState::withdraw_requested);
    const auto said = end_of(*tn, to_morocco).size;

    upgrade();
    CHECK(tn->engine.commits() == 1);  // applied and taken out of the parking together
    CHECK(parked() == 0);
    CHECK(unparked() == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(tn->counters.count("link.unparked") == 3);
    CHECK(state_at(*tn, id) == ReferralState::withdrawn);
    connect();
    CHECK(state_at(*ma, id) == ReferralState::withdrawn);
    CHECK(ma->referral(id)->asker == tn->referral(id)->asker);
    // Nothing but the answer to the withdrawal was said: no second refusal, no word of the upgrade.
    CHECK(end_of(*tn, to_morocco).size == said + 1);

    const MemoryDisk before = tn_machine.disk;
    upgrade();
    CHECK(is_unchanged(before));
    CHECK(tn->counters.count("link.unparked") == 0);
    CHECK(tn->engine.commits() == 0);
    CHECK(tn->audit->verify(*tn->store->snapshot().value()).has_value());
}

TEST_CASE_METHOD(Upgrade, "what only missed a parked entry follows it, and the unknown stays") {
    run_older();
    auto request = sample_request("CASE-1", tunisia, Urgency::u2);
    request.services_requested = {"play_therapy"};  // a word of a later list
    const auto id = ma->request(tunisia, request).value();
    REQUIRE(ma->move(id, ReferralEventKind::note, "", "A note."));
    say_of_another_time(id);
    const auto other = ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u2)).value();
    settle();
    CHECK(parked() == 3);
    CHECK(state_at(*tn, other) == ReferralState::delivered);
    CHECK(state_at(*tn, id) == ReferralState::none);
    const auto said = end_of(*tn, to_morocco).size;

    SECTION("by an upgrade") {
        upgrade();
        CHECK(unparked() == std::vector<std::uint64_t>{1, 2});
        CHECK(parked() == 1);
        CHECK(state_at(*tn, id) == ReferralState::delivered);
        CHECK(tn->referral(id)->asker == ma->referral(id)->asker);
        connect();
        REQUIRE(tn->move(id, ReferralEventKind::accept));
        settle();
        CHECK(state_at(*ma, id) == ReferralState::accepted);
        CHECK(end_of(*tn, to_morocco).size == said + 1);
    }
    SECTION("but not by a restart alone") {
        const MemoryDisk before = tn_machine.disk;
        restart(around, {});
        CHECK(is_unchanged(before));
        connect();
        CHECK(parked() == 3);
        CHECK(end_of(*tn, to_morocco).size == said);
    }
}

TEST_CASE_METHOD(Upgrade,
                 "what is taken up is erased with its referral, and what was erased first "
                 "stays a hash") {
    run_older();
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    REQUIRE(ma->move(id, ReferralEventKind::withdraw, "moved_away"));  // a word of a later list
    settle();
    REQUIRE(parked() == 1);
    const auto erase = [&] {
        REQUIRE(tn->run([&](store::Draft& draft) {
            return tn->erasures->destroy_own(draft, id, clock.now());
        }));
    };
    SECTION("taken up first") {
        upgrade();
        CHECK(state_at(*tn, id) == ReferralState::withdrawn);
        CHECK(unparked() == std::vector<std::uint64_t>{2});
        erase();
    }
    SECTION("erased first") {
        erase();
        upgrade();
        CHECK(unparked().empty());
        CHECK(tn->all_referrals()->empty());
    }
    CHECK(parked() == 0);
    const auto snapshot = tn->store->snapshot().value();
    const auto kept = tn->logs->read_with_erased(*snapshot, from_morocco, 1, 2, SIZE_MAX).value();
    REQUIRE(kept.size() == 2);
    for (const auto& entry : kept) CHECK(entry.raw.empty());
    connect();
    support::check_same_log(*tn, tn_machine, *ma, ma_machine, Lane::urgent);
    CHECK(end_of(*tn, from_morocco).frontier.root() ==
          end_of(*ma, {tunisia, Direction::out, Lane::normal}).frontier.root());
}

TEST_CASE_METHOD(Upgrade, "a message about an audit log means nothing after its round") {
    run_older({.applier = {}, .store = {}, .unknown = {BodyKind::audit}});
    REQUIRE(ma->run([&](store::Draft& draft) { return ma->witness->start(draft, clock.now()); }));
    for (const char* code : {"CASE-1", "CASE-2", "CASE-3"}) {
        REQUIRE(ma->request(tunisia, sample_request(code, tunisia, Urgency::u2)));
        clock.advance(std::chrono::hours(2));
        REQUIRE(ma->run_timers(clock.now()));
        settle();
    }
    const auto before = parked();
    REQUIRE(before > 0);
    upgrade();
    CHECK(unparked().empty());
    CHECK(parked() == before);
    connect();
    clock.advance(std::chrono::hours(2));
    REQUIRE(ma->run_timers(clock.now()));
    settle();
    CHECK(parked() == before);
    CHECK(tn->counters.count("audit.cosigned") > 0);
}
