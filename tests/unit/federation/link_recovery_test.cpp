// A node whose store is older than what it has said: FEDERATION section 7, "shorter log after
// restore (recovers by itself)".
#include "tests/unit/federation/log_checks.h"

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using support::check_all_logs;
using support::end_of;
using support::entries_of;
using support::MemoryDisk;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};
constexpr auto three_days = std::chrono::days(3);

struct Restorable : TwoNodes {
    /// Morocco's machine gets an old disk, and starts again.
    void restore_ma(const MemoryDisk& backup) {
        ma.reset();
        wire.letters.clear();
        ma_machine.disk = backup;
        start_ma();
    }
    void connect() {
        ma->links->connected(tunisia);
        tn->links->connected(morocco);
        settle();
        wait(std::chrono::minutes(1));
    }
    ReferralId refer(support::FederationNode& from, const NodeId& to, const char* code,
                     Urgency urgency = Urgency::u2) {
        const auto id = from.request(to, sample_request(code, to, urgency)).value();
        settle();
        return id;
    }
    void move(support::FederationNode& node, const ReferralId& id, ReferralEventKind kind,
              const char* reason = "", const char* text = "") {
        REQUIRE(node.move(id, kind, reason, text).has_value());
        settle();
    }
    /// Both sides hold the same of every referral, and it stands in the same state.
    void check_both_agree(std::size_t referrals) {
        const auto ours = ma->all_referrals().value();
        const auto theirs = tn->all_referrals().value();
        CHECK(ours.size() == referrals);
        REQUIRE(theirs.size() == ours.size());
        for (std::size_t i = 0; i < ours.size(); ++i) {
            CHECK(ours[i].id == theirs[i].id);
            CHECK(ours[i].side != theirs[i].side);
            CHECK(ours[i].asker == theirs[i].asker);
            CHECK(ours[i].asked == theirs[i].asked);
            CHECK(ours[i].urgency == theirs[i].urgency);
            CHECK(casework::view_of(ours[i]).state == casework::view_of(theirs[i]).state);
        }
        check_all_logs(*this);
    }
    std::vector<std::uint64_t> sizes(support::FederationNode& node, const NodeId& peer) {
        std::vector<std::uint64_t> all;
        for (const auto direction : {Direction::in, Direction::out})
            for (const Lane lane : all_lanes)
                all.push_back(end_of(node, {peer, direction, lane}).size);
        return all;
    }
    std::size_t told(support::FederationNode& node, const std::string& name) {
        const auto events = node.feed->read(*node.store->snapshot().value(), 0, 10'000).value();
        return std::size_t(std::ranges::count(events, name, &store::Event::name));
    }
};

}  // namespace

TEST_CASE_METHOD(Restorable, "a node restored from a three-day-old backup gets its own past back") {
    using enum ReferralEventKind;
    const auto known = refer(*ma, tunisia, "CASE-1");
    const auto asked_of_us = refer(*tn, morocco, "CASE-2");
    const MemoryDisk backup = ma_machine.disk;
    clock.advance(three_days);
    move(*tn, known, accept);
    move(*ma, known, note, "", "Thank you.");
    move(*tn, known, complete, "service_delivered_full");
    move(*ma, asked_of_us, accept);
    const auto urgent = refer(*ma, tunisia, "CASE-3", Urgency::u0);
    move(*tn, urgent, accept);
    const auto unknown = refer(*tn, morocco, "CASE-4");
    move(*ma, unknown, review);
    move(*tn, unknown, withdraw, "resolved");  // the node answers by itself, and must not twice
    const auto sizes_before = sizes(*ma, tunisia);
    const auto before = ma->all_referrals().value();

    restore_ma(backup);
    REQUIRE(ma->all_referrals()->size() == 2);
    connect();
    check_both_agree(4);
    CHECK(sizes(*ma, tunisia) == sizes_before);
    const auto after = ma->all_referrals().value();
    for (std::size_t i = 0; i < before.size(); ++i) {
        CHECK(after[i].state == before[i].state);
        CHECK(after[i].case_code == before[i].case_code);
    }
    CHECK(ma->referral(urgent)->case_id.empty());  // its case is not in the backup
    CHECK(told(*ma, "link.recovered") == 2);
    CHECK(state_at(*ma, known) == ReferralState::completed);
    CHECK(state_at(*ma, unknown) == ReferralState::withdrawn);

    // And life goes on, in both directions.
    move(*ma, known, confirm, "service_delivered_full");
    move(*ma, asked_of_us, start);
    check_both_agree(4);
    // What came back is sealed and indexed as if it had never been away.
    const auto record = ma->referral(urgent).value();
    CHECK(ma->referrals->message(*ma->store->snapshot().value(), record, casework::Side::asker, 0)
              ->request->narrative == sample_request("CASE-3", tunisia, Urgency::u0).narrative);
}

TEST_CASE_METHOD(Restorable, "a node whose whole log was lost gets all of it back") {
    const MemoryDisk backup = ma_machine.disk;
    const auto id = refer(*ma, tunisia, "CASE-1");
    move(*tn, id, ReferralEventKind::accept);
    restore_ma(backup);
    connect();
    check_both_agree(1);
    CHECK(state_at(*ma, id) == ReferralState::accepted);
}

TEST_CASE_METHOD(Restorable, "what is said before the loss is known is said again behind it") {
    using enum ReferralEventKind;
    const auto id = refer(*ma, tunisia, "CASE-1");
    const MemoryDisk backup = ma_machine.disk;
    move(*ma, id, information, "", "First.");
    move(*tn, id, accept);
    restore_ma(backup);
    wire.cut = true;
    REQUIRE(ma->move(id, note, "", "After the restore.").has_value());
    const auto fresh = ma->request(tunisia, sample_request("CASE-9", tunisia, Urgency::u2)).value();
    SECTION("while there is less of it than was lost") {}
    SECTION("while there is more of it than was lost") {
        for (int i = 0; i < 20; ++i) REQUIRE(ma->move(id, note, "", "More.").has_value());
    }
    SECTION("in two lives of the process") {
        ma.reset();
        start_ma();
        REQUIRE(ma->move(id, note, "", "And once more.").has_value());
    }
    wait(std::chrono::minutes(5));
    wire.cut = false;
    connect();
    check_both_agree(2);
    CHECK(ma->counters.count("link.said_again") > 0);
    CHECK(state_at(*tn, id) == ReferralState::accepted);
    CHECK(state_at(*tn, fresh) == ReferralState::delivered);
    const auto record = tn->referral(id).value();
    CHECK(tn->referrals->message(*tn->store->snapshot().value(), record, casework::Side::asker, 1)
              ->text == "First.");
    CHECK(tn->referrals->message(*tn->store->snapshot().value(), record, casework::Side::asker, 2)
              ->text == "After the restore.");
    CHECK(ma->counters.count("link.frozen") + tn->counters.count("link.frozen") == 0);
}

TEST_CASE_METHOD(Restorable, "what the rules no longer allow is not said again, and that is told") {
    using enum ReferralEventKind;
    const auto id = refer(*tn, morocco, "CASE-1");
    const MemoryDisk backup = ma_machine.disk;
    move(*ma, id, decline, "no_capacity");
    restore_ma(backup);
    wire.cut = true;
    REQUIRE(ma->move(id, accept).has_value());
    wire.cut = false;
    connect();
    check_both_agree(1);
    CHECK(state_at(*ma, id) == ReferralState::declined);
    CHECK(told(*ma, "referral.not_said_again") == 1);
}

TEST_CASE_METHOD(Restorable, "a long past comes back in parts, over crashes, and nothing twice") {
    std::vector<ReferralId> ids;
    const MemoryDisk backup = ma_machine.disk;
    for (int i = 0; i < 300; ++i)
        ids.push_back(ma->request(tunisia, sample_request("C-" + std::to_string(i), tunisia,
                                                          i % 9 == 0 ? Urgency::u1 : Urgency::u3))
                          .value());
    settle();
    const auto sizes_before = sizes(*ma, tunisia);
    restore_ma(backup);
    for (int life = 0; life < 3; ++life) {
        ma->links->connected(tunisia);
        for (int step = 0; step < 4 + 3 * life; ++step) {
            ma->turn();
            tn->turn();
            if (!wire.letters.empty()) deliver_one();
        }
        ma.reset();
        wire.letters.clear();
        start_ma();
    }
    connect();
    CHECK(sizes(*ma, tunisia) == sizes_before);
    check_both_agree(300);
}

TEST_CASE_METHOD(Restorable, "a full disk while the past comes back delays it and loses nothing") {
    const MemoryDisk backup = ma_machine.disk;
    const auto id = refer(*ma, tunisia, "CASE-1");
    move(*tn, id, ReferralEventKind::accept);
    restore_ma(backup);
    ma->memory->plan({support::FaultPoint::operation, support::FaultKind::fail,
                      ma->memory->operations() + 8, SANAD_E_FULL});
    connect();
    CHECK(ma->counters.count("link.recovery_unstored") +
              ma->counters.count("link.drop.not_stored") >
          0);
    check_both_agree(1);
}

TEST_CASE_METHOD(Restorable, "a node is restored twice, and its peer once in between") {
    const MemoryDisk ma_backup = ma_machine.disk;
    const auto first = refer(*ma, tunisia, "CASE-1");
    const MemoryDisk tn_backup = tn_machine.disk;
    move(*tn, first, ReferralEventKind::accept);
    restore_ma(ma_backup);
    connect();
    // Tunisia forgets that it accepted; Morocco gives that back to it.
    tn.reset();
    wire.letters.clear();
    tn_machine.disk = tn_backup;
    start_tn();
    connect();
    CHECK(state_at(*tn, first) == ReferralState::accepted);
    restore_ma(ma_backup);
    connect();
    check_both_agree(1);
}

TEST_CASE_METHOD(Restorable, "while the past comes back nothing is pushed and nothing is taken") {
    const MemoryDisk backup = ma_machine.disk;
    const auto id = refer(*ma, tunisia, "CASE-1");
    restore_ma(backup);
    ma->links->connected(tunisia);
    // Tunisia's hello arrives, its answers to the question do not.
    while (!wire.letters.empty()) {
        deliver_one();
        ma->turn();
        tn->turn();
        std::erase_if(wire.letters, [](const support::Letter& letter) {
            const auto frame = parse_frame(letter.frame);
            return frame && std::holds_alternative<Beside>(*frame);
        });
    }
    const auto status = ma->links->status().front();
    CHECK(!status.up);
    REQUIRE(status.recovering.size() == 1);
    CHECK(status.recovering.front().wanted == 2);
    REQUIRE(ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u2)).has_value());
    for (const auto& letter : wire.letters)
        CHECK(!std::holds_alternative<Push>(parse_frame(letter.frame).value()));
    wait(std::chrono::minutes(2));  // it asks again by itself
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    check_both_agree(2);
}

TEST_CASE_METHOD(Restorable, "what the peer has erased comes back as its place alone") {
    const MemoryDisk backup = ma_machine.disk;
    const auto erased = refer(*ma, tunisia, "CASE-1");
    const auto kept = refer(*ma, tunisia, "CASE-2");
    REQUIRE(
        tn->run([&](store::Draft& draft) { return tn->keyring.destroy(draft, key_of(erased)); }));
    restore_ma(backup);
    connect();
    CHECK(ma->referral(erased).error().fault == Fault::not_found);
    CHECK(state_at(*ma, kept) == ReferralState::delivered);
    CHECK(ma->counters.count("link.recovered_unreadable") == 1);
    CHECK(end_of(*ma, {tunisia, Direction::out, Lane::normal}).frontier ==
          end_of(*tn, {morocco, Direction::in, Lane::normal}).frontier);
}

TEST_CASE_METHOD(Restorable, "two nodes that both lost their sealing keys refuse once and rest") {
    REQUIRE(refer(*ma, tunisia, "CASE-1") != ReferralId{});
    ma.reset();
    tn.reset();
    wire.letters.clear();
    ma_machine.sealing = trust::SealingKey::generate(entropy);
    tn_machine.sealing = trust::SealingKey::generate(entropy);  // the directory has the old ones
    start();
    REQUIRE(ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u2)).has_value());
    for (int i = 0; i < 50; ++i) {
        settle();
        clock.advance(std::chrono::seconds(1));
    }
    CHECK(wire.letters.empty());
    // A key entry, a request; on each side at most one refusal behind a key entry of its own.
    CHECK(end_of(*ma, {tunisia, Direction::out, Lane::normal}).size <= 6);
    CHECK(end_of(*tn, {morocco, Direction::out, Lane::normal}).size <= 2);
}
