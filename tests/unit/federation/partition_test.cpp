// Two nodes that were apart for long, and what was on the wire before.
#include "tests/unit/federation/log_checks.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using support::check_all_logs;
using support::end_of;
using support::MemoryDisk;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};
const LaneId normal_in{morocco, Direction::in, Lane::normal};

constexpr std::uint32_t referrals = 10;
constexpr std::uint32_t notes_each = 500;

std::string note_text(std::uint32_t number) { return "Note " + std::to_string(number) + "."; }

struct Queued : TwoNodes {
    /// One step of the wire and of both nodes. returns whether there was anything to do
    bool step() {
        const bool delivered = !wire.letters.empty();
        if (delivered) deliver_one();
        const bool worked = ma->turn();
        return tn->turn() || worked || delivered;
    }
    /// How many entries of the normal lane Tunisia holds at the moment when `id` is there.
    std::uint64_t normal_entries_before(const ReferralId& id) {
        while (state_at(*tn, id) == ReferralState::none) REQUIRE(step());
        return end_of(*tn, normal_in).size;
    }
    ReferralId ask(const std::string& code, Urgency urgency) {
        return ma->request(tunisia, sample_request(code, tunisia, urgency)).value();
    }
};

}  // namespace

TEST_CASE_METHOD(Queued,
                 "5,000 entries queued over a partition: urgent first, none lost, none twice") {
    std::vector<ReferralId> ids;
    for (std::uint32_t i = 0; i < referrals; ++i)
        ids.push_back(ask("CASE-" + std::to_string(i), Urgency::u3));
    settle();
    wire.cut = true;
    for (std::uint32_t number = 0; number < notes_each; ++number)
        for (const auto& id : ids)
            REQUIRE(ma->move(id, ReferralEventKind::note, "", note_text(number)));
    const auto urgent = ask("CASE-URGENT", Urgency::u0);  // said last
    wait(std::chrono::minutes(1));
    const auto held = end_of(*tn, normal_in).size;
    const auto all = end_of(*ma, {tunisia, Direction::out, Lane::normal}).size;
    REQUIRE(all - held >= std::uint64_t{referrals} * notes_each);
    REQUIRE(state_at(*tn, urgent) == ReferralState::none);

    wire.cut = false;
    ma->links->connected(tunisia);
    tn->links->connected(morocco);
    CHECK(normal_entries_before(urgent) == held);  // not one of the 5,000 came before it
    // And what becomes urgent while they are under way waits for no more than is on the wire.
    while (end_of(*tn, normal_in).size == held) REQUIRE(step());
    const auto later = ask("CASE-LATER", Urgency::u1);
    CHECK(normal_entries_before(later) < all / 2 + push_entries_max);
    settle();

    CHECK(end_of(*tn, normal_in).size == all);
    const auto snapshot = tn->store->snapshot().value();
    for (const auto& id : ids) {
        const auto record = tn->referral(id).value();
        CHECK(record.asker == ma->referral(id)->asker);
        REQUIRE(record.asker.size() == 1 + notes_each);
        std::uint32_t right = 0;
        for (std::uint32_t number = 0; number < notes_each; ++number)
            right += tn->referrals->message(*snapshot, record, casework::Side::asker, 1 + number)
                         ->text == note_text(number);
        CHECK(right == notes_each);
    }
    CHECK(tn->all_referrals()->size() == referrals + 2);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "the same push after a restart, and after a month, changes nothing") {
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    const auto other = ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u0)).value();
    while (ma->turn()) {
    }
    std::vector<Bytes> captured;  // the very bytes, of both lanes
    for (const auto& letter : wire.letters)
        if (letter.to == tunisia && std::holds_alternative<Push>(parse_frame(letter.frame).value()))
            captured.push_back(letter.frame);
    REQUIRE(captured.size() >= 2);
    settle();
    REQUIRE(tn->move(id, ReferralEventKind::accept));
    REQUIRE(ma->move(other, ReferralEventKind::note, "", "A note."));
    settle();

    // Whether each is dropped under that counter, answered by nothing, and leaves no trace.
    const auto refuses_all = [&](const char* counter) {
        const MemoryDisk before = tn_machine.disk;
        const auto counted = tn->counters.count(counter);
        const auto sent = wire.letters.size();
        for (const auto& frame : captured) {
            tn->links->received(morocco, frame);
            while (tn->turn()) {
            }
        }
        const bool unchanged = std::ranges::all_of(before.names(), [&](const std::string& table) {
            return tn_machine.disk.rows(table) == before.rows(table);
        });
        return unchanged && wire.letters.size() == sent &&
               tn->counters.count(counter) == counted + captured.size();
    };
    CHECK(refuses_all("link.drop.repeated"));
    tn.reset();
    wire.letters.clear();
    start_tn();
    CHECK(refuses_all("link.drop.before_hello"));
    ma->links->connected(tunisia);
    tn->links->connected(morocco);
    settle();
    CHECK(refuses_all("link.drop.repeated"));

    for (int day = 0; day < 30; ++day) {
        clock.advance(std::chrono::days(1));
        REQUIRE(ma->run_timers(clock.now()));
        REQUIRE(tn->run_timers(clock.now()));
        wait(std::chrono::seconds(1));
    }
    CHECK(refuses_all("link.drop.repeated"));
    tn.reset();
    wire.letters.clear();
    start_tn();
    ma->links->connected(tunisia);
    tn->links->connected(morocco);
    settle();
    CHECK(refuses_all("link.drop.repeated"));
    CHECK(tn->counters.count("link.frozen") == 0);
    wait(std::chrono::minutes(1));
    CHECK(state_at(*tn, id) == state_at(*ma, id));
    check_all_logs(*this);
}
