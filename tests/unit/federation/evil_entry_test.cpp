// What an admitted peer may put into a log that is otherwise in order, and false receipts.
#include "tests/unit/federation/evil_peer.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;
using casework::ReferralState;
using support::EvilPeer;
using support::Victim;

namespace {

const NodeId tunisia{"tn.amal"};
const NodeId algeria{"dz.node"};

/// Tunisia's receipt for Morocco's log.
struct WithOurLog : Victim {
    WithOurLog() {
        id = ma->request(tunisia, support::sample_request("CASE-1", tunisia, casework::Urgency::u2))
                 .value();
        end = ma->logs->end(*ma->store->snapshot().value(), lane).value();
        checkpoint = {"sanad/ma.cmrpi/tn.amal/normal", end.size, end.frontier.root()};
        while (ma->turn()) {
        }
        wire.letters.clear();
    }
    Bytes ack(const trust::Checkpoint& of, const support::Machine& by, Lane in = Lane::normal) {
        const auto head = trust::sign_checkpoint(of, ma_machine.signing, "ma.cmrpi").value();
        return write_frame(
            Ack{in, trust::add_cosignature(head, by.signing, by.id.text, clock.now()).value()});
    }
    std::uint64_t receipted() {
        return ma->logs->end(*ma->store->snapshot().value(), lane)->receipted.size();
    }

    const LaneId lane{tunisia, Direction::out, Lane::normal};
    ReferralId id;
    LaneEnd end;
    trust::Checkpoint checkpoint;
};

}  // namespace

TEST_CASE_METHOD(WithOurLog, "a good receipt is kept: the tests below change one thing") {
    feed(ack(checkpoint, tn_machine));
    CHECK(receipted() == 2);
    CHECK(ma->referral(id)->state == ReferralState::delivered);
    const auto before = ma_machine.disk;
    feed(ack(checkpoint, tn_machine));
    CHECK(is_unchanged(before));
}

TEST_CASE_METHOD(WithOurLog, "a receipt may come before the engine has told of what it covers") {
    REQUIRE(
        ma->request(tunisia, support::sample_request("CASE-2", tunisia, casework::Urgency::u2)));
    ma->links->received(tunisia, write_frame(Hello{}));  // pushes to the end of the disk's log
    const auto now = ma->logs->end(*ma->store->snapshot().value(), lane).value();
    REQUIRE(now.size == 3);
    ma->links->received(tunisia, ack({checkpoint.origin, 3, now.frontier.root()}, tn_machine));
    Hello hello;
    hello.received[0] = 3;
    hello.heads[0] = trust::sign_checkpoint({checkpoint.origin, 3, now.frontier.root()},
                                            ma_machine.signing, "ma.cmrpi")
                         .value();
    ma->links->received(tunisia, write_frame(hello));
    while (ma->turn()) {
    }
    CHECK(receipted() == 3);
    CHECK(drops() == 0);
    CHECK(ma->counters.count("link.frozen") == 0);
}

TEST_CASE_METHOD(WithOurLog,
                 "a receipt that somebody else signed, or signed for another, is none") {
    CHECK(refuses(ack(checkpoint, dz_machine), "bad_receipt"));
    CHECK(refuses(ack(checkpoint, ma_machine), "bad_receipt"));
    // Tunisia's own receipt, sent by Algeria; and Algeria's for a log of its own.
    CHECK(refuses(ack(checkpoint, tn_machine), "malformed_receipt", algeria));
    CHECK(refuses(ack({"sanad/ma.cmrpi/dz.node/normal", 2, checkpoint.root}, tn_machine),
                  "receipt_of_other_log"));
    CHECK(refuses(ack(checkpoint, tn_machine, Lane::urgent), "malformed_receipt"));
    CHECK(receipted() == 0);
}

TEST_CASE_METHOD(WithOurLog, "a receipt for another size or another root is none") {
    auto shorter = checkpoint;
    shorter.size = 1;
    CHECK(refuses(ack(shorter, tn_machine), "receipt_of_other_log"));
    auto longer = checkpoint;
    longer.size = 3;
    CHECK(refuses(ack(longer, tn_machine), "malformed_receipt"));
    auto other = checkpoint;
    other.root[0] ^= 1;
    CHECK(refuses(ack(other, tn_machine), "receipt_of_other_log"));
    CHECK(refuses(write_frame(Ack{Lane::normal, "no note\n"}), "malformed_receipt"));
}

TEST_CASE_METHOD(WithOurLog, "no single flipped bit of a receipt makes another receipt of it") {
    // With the cosignature alone: our own signature is ours to make again.
    const auto text = trust::write_checkpoint(checkpoint);
    const auto cosignature = trust::cosign(text, tn_machine.signing, "tn.amal", clock.now());
    const Ack meant{Lane::normal, trust::write_note({text, {cosignature}})};
    const Bytes good = write_frame(meant);
    const auto before = ma_machine.disk;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes flipped = good;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        const auto parsed = parse_frame(flipped);
        const auto* ack = parsed ? std::get_if<Ack>(&*parsed) : nullptr;
        // Some bits mean nothing: between the text's end and the next word.
        if (ack != nullptr && ack->lane == meant.lane && ack->head == meant.head) continue;
        feed(flipped);
        if (receipted() != 0) FAIL("bit " << bit << " went through");
        clock.advance(Duration{1});
    }
    CHECK(is_unchanged(before));
    feed(good);
    CHECK(receipted() == 2);
}

TEST_CASE_METHOD(Victim, "an entry sealed for another place is kept, parked and refused by name") {
    const auto message = request();
    const Body body{BodyKind::referral, message.referral.bytes, casework::write_message(message)};
    SECTION("another lane") { tn.key().body_sealed_as(body, "sanad/tn.amal/ma.cmrpi/urgent"); }
    SECTION("another node") { tn.key().body_sealed_as(body, "sanad/tn.amal/dz.node/normal"); }
    SECTION("no link key yet") { tn.body(body); }
    SECTION("no entry at all") { tn.key().raw(Bytes(8)); }
    SECTION("not even words") { tn.key().raw(Bytes{1, 2, 3}); }
    const auto entries = tn.entries.size();
    feed(tn.push());
    CHECK(held(Lane::normal) == entries);
    CHECK(ma->counters.count("link.parked") == 1);
    CHECK(ma_machine.disk.rows("link.parked").size() == 1);
    CHECK(ma->all_referrals()->empty());
    CHECK(ma->logs->end(*ma->store->snapshot().value(), {tunisia, Direction::out, Lane::normal})
              ->size == 2);  // our key entry, our refusal
    // And the lane goes on.
    const auto next = tn.entries.size();
    feed(tn.key().say(request()).push(next));
    CHECK(ma->all_referrals()->size() == 1);
}

TEST_CASE_METHOD(Victim, "what a newer node means by its entry is parked, and the lane goes on") {
    const auto message = request();
    tn.key().body({BodyKind(77), message.referral.bytes, Bytes(16)});
    tn.body({BodyKind::referral, message.referral.bytes, Bytes(16)});
    tn.body({BodyKind::referral, request().referral.bytes, casework::write_message(message)});
    tn.say(message);
    feed(tn.push());
    CHECK(ma->counters.count("link.parked") == 3);
    CHECK(ma->all_referrals()->size() == 1);
}

TEST_CASE_METHOD(Victim, "a refusal that cannot be read is not answered by another refusal") {
    tn.key().body({BodyKind::refusal, {}, Bytes(3)});
    feed(tn.push());
    CHECK(ma->logs->end(*ma->store->snapshot().value(), {tunisia, Direction::out, Lane::normal})
              ->size == 0);
}

TEST_CASE_METHOD(Victim, "a move that is not the asker's to make changes no state") {
    auto message = request();
    tn.key().say(message);
    message.request.reset();
    message.index = 1;
    message.kind = ReferralEventKind::accept;
    tn.say(message);
    feed(tn.push());
    CHECK(ma->referral(message.referral)->state == ReferralState::delivered);
    CHECK(casework::view_of(*ma->referral(message.referral)).refused.front().rule ==
          casework::Rule::wrong_side);
}

TEST_CASE_METHOD(Victim,
                 "no kind of event of the asked side has an effect when the asker writes it") {
    for (auto kind = ReferralEventKind::review; kind <= ReferralEventKind::held;
         kind = static_cast<ReferralEventKind>(static_cast<int>(kind) + 1)) {
        const auto first = tn.entries.size();
        auto message = request();
        tn.key().say(message);
        message.request.reset();
        message.index = 1;
        message.kind = kind;
        const auto reasons = casework::reason_taxonomy(kind);
        if (!reasons.empty()) message.reason = taxonomies.find(reasons)->terms().front().id;
        if (kind == ReferralEventKind::ask) message.text = "A question.";
        tn.say(message);
        feed(tn.push(first));
        const auto view = casework::view_of(*ma->referral(message.referral));
        INFO(casework::name(kind));
        CHECK(view.state == ReferralState::delivered);
        REQUIRE(view.refused.size() == 1);
        CHECK(view.refused.front().rule == casework::Rule::wrong_side);
        CHECK((view.asker_responsible && !view.asked_responsible));
    }
}

TEST_CASE_METHOD(Victim, "a second wish to take it back is refused, and the first one stands") {
    auto message = request();
    tn.key().say(message);
    message.request.reset();
    message.kind = ReferralEventKind::enter_in_error;
    for (message.index = 1; message.index <= 2; ++message.index) tn.say(message);
    feed(tn.push());
    const auto view = casework::view_of(*ma->referral(message.referral));
    CHECK(view.state == ReferralState::entered_in_error);
    REQUIRE(view.refused.size() == 1);
    CHECK(view.refused.front().index == 2);
}

TEST_CASE_METHOD(Victim, "the same event said twice, or two events at one place, count once") {
    auto message = request();
    tn.key().say(message).say(message);
    auto other = message;
    other.at = other.at + Duration{5};
    tn.say(other);
    feed(tn.push());
    CHECK(ma->counters.count("link.parked") == 2);
    CHECK(ma->referral(message.referral)->asker.size() == 1);
}

TEST_CASE_METHOD(Victim, "an event with a gap, or based on what was never said, is parked") {
    auto message = request();
    tn.key().say(message);
    message.request.reset();
    message.kind = ReferralEventKind::note;
    message.text = "A note.";
    message.index = 2;
    tn.say(message);
    message.index = 1;
    message.seen_other = 1;
    tn.say(message);
    message.referral = make_id<ReferralId>(clock.now(), entropy);  // one that was never asked
    tn.say(message);
    feed(tn.push());
    CHECK(ma->counters.count("link.parked") == 3);
    CHECK(ma->all_referrals()->size() == 1);
    CHECK(ma->all_referrals()->front().asker.size() == 1);
}

TEST_CASE_METHOD(Victim, "another node's referral is to this peer as if it were not there") {
    const auto id =
        ma->request(algeria, support::sample_request("CASE-1", algeria, casework::Urgency::u2))
            .value();
    auto message = request();
    message.referral = id;
    message.request.reset();
    message.kind = ReferralEventKind::accept;
    tn.key().say(message);
    feed(tn.push());
    CHECK(ma->counters.count("link.parked") == 1);
    CHECK(ma->referral(id)->state == ReferralState::sent);
    CHECK(ma->referral(id)->asked.empty());
}
