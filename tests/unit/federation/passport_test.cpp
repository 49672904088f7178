#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralState;
using casework::Side;
using test::PassportWorld;
using test::same_events;
using Kind = casework::ReferralEventKind;
using Standing = PassportReport::Standing;

namespace {

std::vector<Kind> kinds(const PassportReport& report) {
    std::vector<Kind> all;
    for (const auto& event : report.events)
        all.push_back(event.message ? event.message->kind : Kind::none);
    return all;
}

}  // namespace

TEST_CASE_METHOD(PassportWorld, "a passport from either side proves the whole referral") {
    const auto id = completed_referral();
    const auto ours = verify(from_ma(id));
    const auto theirs = verify(from_tn(id));
    REQUIRE(ours.has_value());
    REQUIRE(theirs.has_value());
    CHECK(same_events(*ours, *theirs));
    CHECK(kinds(*ours) == std::vector{Kind::request, Kind::information, Kind::review, Kind::ask,
                                      Kind::accept, Kind::start, Kind::complete});
    CHECK(ours->view->state == ReferralState::completed);
    CHECK(theirs->view == ours->view);
    CHECK(ours->view == casework::view_of(*ma->referral(id)));
    CHECK(ours->referral == id);
    CHECK(ours->exporter == Side::asker);
    CHECK(theirs->exporter == Side::asked);
    CHECK(ours->asker.id == ma_machine.id);
    CHECK(ours->asked.id == tn_machine.id);
    CHECK(ours->directory.version == 7);
    CHECK(ours->directory.signed_by == std::vector{stewards[0], stewards[1]});
    for (const auto& event : ours->events) CHECK(event.standing == Standing::receipted);
    REQUIRE(ours->logs.size() == 2);
    CHECK(ours->logs[0].size == 5);  // a key entry, three requests, the information
    CHECK(ours->logs[0].receipted_at.has_value());
    CHECK(ours->events[0].message->request->narrative ==
          support::sample_request("", tunisia, casework::Urgency::u2).narrative);
}

TEST_CASE_METHOD(PassportWorld, "a passport holds the keys of its own entries and no others") {
    const auto id = completed_referral();
    const auto other = read_passport(from_ma(ask("CASE-9"))).value().passport;
    const auto passport = read_passport(from_ma(id)).value().passport;
    CHECK(passport.events.size() == 7);
    const auto neighbour = parse_entry(other.events[0].raw).value();
    for (const auto& event : passport.events) {
        const auto opened = open_entry(std::get<SealedEntry>(neighbour.content),
                                       {"sanad/ma.cmrpi/tn.amal/normal", other.events[0].index},
                                       trust::SymmetricKey{ByteView(event.key)});
        CHECK_FALSE(opened.has_value());
    }
}

TEST_CASE_METHOD(PassportWorld, "what the other side has not receipted stands as only written") {
    const auto id = ask("CASE-1", casework::Urgency::u0);
    say(*tn, id, Kind::accept);
    wire.cut = true;
    say(*ma, id, Kind::note, "", "Thank you.");
    const auto report = verify(from_ma(id));
    REQUIRE(report.has_value());
    REQUIRE(report->events.size() == 3);
    CHECK(report->events[0].standing == Standing::receipted);
    CHECK(report->events[1].standing == Standing::written);
    CHECK(report->events[2].standing == Standing::receipted);
    CHECK(report->logs[0].receipted == 2);
    CHECK(report->logs[0].size == 3);
    CHECK(report->logs[0].lane == Lane::urgent);
    CHECK(report->view->state == ReferralState::accepted);
}

TEST_CASE_METHOD(PassportWorld, "a request nobody has receipted is proven by its writer alone") {
    wire.cut = true;
    const auto id = ask("CASE-1");
    const auto report = verify(from_ma(id));
    REQUIRE(report.has_value());
    CHECK(report->events[0].standing == Standing::written);
    CHECK(report->logs[0].receipted == 0);
    CHECK_FALSE(report->logs[0].receipted_at.has_value());
    CHECK(report->view->state == ReferralState::sent);
}

TEST_CASE_METHOD(PassportWorld, "an erased referral still shows that its entries were there") {
    const auto id = completed_referral();
    const auto before = verify(from_tn(id)).value();
    const auto erased =
        tn->run([&](store::Draft& draft) { return tn->keyring.destroy(draft, key_of(id)); });
    REQUIRE(erased.has_value());
    const auto file = from_tn(id);
    const auto after = verify(file);
    REQUIRE(after.has_value());
    REQUIRE(after->events.size() == before.events.size());
    for (std::size_t i = 0; i < after->events.size(); ++i) {
        CHECK_FALSE(after->events[i].message.has_value());
        CHECK(after->events[i].leaf == before.events[i].leaf);
        CHECK(after->events[i].standing == Standing::receipted);
    }
    CHECK_FALSE(after->view.has_value());
    const auto passport = read_passport(file).value().passport;
    for (const auto& entry : passport.events) CHECK((entry.raw.empty() && entry.key.empty()));
}

TEST_CASE_METHOD(PassportWorld,
                 "a child that was taken over and is given back is in the passport") {
    auto transfer = support::sample_request("CASE-1", tunisia, casework::Urgency::u2);
    transfer.kind = "transfer";
    const auto id = ma->request(tunisia, transfer).value();
    settle();
    say(*tn, id, Kind::accept);
    say(*tn, id, Kind::not_complete, "child_unreachable");
    turn_over();
    const auto report = verify(from_ma(id));
    REQUIRE(report.has_value());
    CHECK(kinds(*report) ==
          std::vector{Kind::request, Kind::take_back, Kind::accept, Kind::not_complete});
    CHECK(report->view->asker_responsible);
}

TEST_CASE_METHOD(PassportWorld, "there is no passport of a referral that is not there") {
    CHECK(export_at(*ma, ma_machine, ReferralId{{9}}).error().fault == Fault::not_found);
}

TEST_CASE_METHOD(PassportWorld, "no passport is handed out that would not be believed") {
    const auto id = completed_referral();
    SECTION("with another key than the directory's") {
        CHECK(export_at(*ma, tn_machine, id).error().fault == Fault::untrusted);
    }
    SECTION("when the peer's key in the directory is not the one that signed") {
        auto other = test::directory_of(*this);
        other.nodes[1].keys = test::NodeKeys(9).bundle(tunisia);
        const auto note = test::signed_by(other, {1, 2});
        const auto file = export_passport(*ma->store->snapshot().value(), *ma->referrals, note,
                                          ma_machine.signing, id, clock.now());
        CHECK(file.error().fault == Fault::untrusted);
    }
    SECTION("when the peer has left the directory") {
        auto other = test::directory_of(*this);
        other.nodes.pop_back();
        const auto note = test::signed_by(other, {1, 2});
        const auto file = export_passport(*ma->store->snapshot().value(), *ma->referrals, note,
                                          ma_machine.signing, id, clock.now());
        CHECK(file.error().fault == Fault::untrusted);
    }
    SECTION("with a directory that is none") {
        const auto file = export_passport(*ma->store->snapshot().value(), *ma->referrals,
                                          "trust me", ma_machine.signing, id, clock.now());
        CHECK(file.error().fault == Fault::malformed);
    }
    SECTION("when somebody changed a leaf of the log in the store") {
        const auto table = ma->store->open_table("link.entry").value();
        const auto spoilt = ma->run([&](store::Draft& draft) -> Result<void> {
            Bytes key, value;
            const auto found =
                draft.scan(table, {}, {}, store::Order::ascending, 1, [&](const store::Row& row) {
                    key.assign(row.key.begin(), row.key.end());
                    value.assign(row.value.begin(), row.value.end());
                    return false;
                });
            if (!found) return found;
            value[2] ^= 1;  // the first byte of the leaf hash, which stands in the clear
            return draft.put(table, key, value);
        });
        REQUIRE(spoilt.has_value());
        CHECK(export_at(*ma, ma_machine, id).error().fault == Fault::bad_signature);
    }
    SECTION("by a machine whose clock is before 1970") {
        const auto file = export_passport(*ma->store->snapshot().value(), *ma->referrals, directory,
                                          ma_machine.signing, id, Time{-1});
        CHECK(file.error().fault == Fault::invalid);
    }
}

TEST_CASE_METHOD(
    PassportWorld,
    "after both nodes changed their signing keys a passport holds under the keys of now") {
    const auto id = completed_referral();
    for (auto* machine : {&ma_machine, &tn_machine}) {
        machine->signing.become(trust::SigningKey::generate(entropy));
        peers.replace(support::directory_of({&ma_machine, &tn_machine}));
        wait(Links::keepalive * 2);
    }
    turn_over();
    const std::string now = test::signed_by(test::directory_of(*this), {1, 2});
    for (auto* node : {&*ma, &*tn}) {
        const auto& machine = node == &*ma ? ma_machine : tn_machine;
        const auto file = export_passport(*node->store->snapshot().value(), *node->referrals, now,
                                          machine.signing, id, clock.now());
        REQUIRE(file.has_value());
        CHECK(verify(*file).has_value());
    }
    CHECK(ma->counters.count("link.receipts_renewed") > 0);
    const auto renewed = ma->counters.count("link.receipts_renewed");
    wait(Links::keepalive * 3);  // and once only
    CHECK(ma->counters.count("link.receipts_renewed") == renewed);
}
