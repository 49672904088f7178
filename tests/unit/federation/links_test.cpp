#include "tests/unit/federation/log_checks.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using support::check_all_logs;
using support::end_of;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};

}  // namespace

TEST_CASE_METHOD(TwoNodes, "a request is delivered, and the sender holds a receipt for it") {
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    CHECK(state_at(*ma, id) == ReferralState::sent);
    CHECK(state_at(*tn, id) == ReferralState::none);
    settle();
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    CHECK(ma->referral(id)->state == ReferralState::delivered);
    CHECK(state_at(*tn, id) == ReferralState::delivered);
    check_all_logs(*this);
    const auto record = tn->referral(id).value();
    const auto message =
        tn->referrals->message(*tn->store->snapshot().value(), record, casework::Side::asker, 0);
    CHECK(message->request->narrative == sample_request("CASE-1", tunisia, Urgency::u2).narrative);
}

TEST_CASE_METHOD(TwoNodes, "a referral goes its whole way from request to confirmation") {
    using enum ReferralEventKind;
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    struct Step {
        support::FederationNode* node;
        ReferralEventKind kind;
        const char* reason;
        const char* text;
        ReferralState then;
    };
    const Step steps[] = {
        {&*tn, review, "", "", ReferralState::under_review},
        {&*tn, ask, "", "Quelle langue préfère-t-elle ?", ReferralState::info_requested},
        {&*ma, information, "", "العربية", ReferralState::under_review},
        {&*tn, accept, "", "", ReferralState::accepted},
        {&*tn, start, "", "", ReferralState::in_progress},
        {&*ma, note, "", "Thank you.", ReferralState::in_progress},
        {&*tn, complete, "service_delivered_full", "", ReferralState::completed},
        {&*ma, confirm, "service_delivered_full", "", ReferralState::confirmed},
    };
    for (const auto& step : steps) {
        INFO(casework::name(step.kind));
        REQUIRE(step.node->move(id, step.kind, step.reason, step.text).has_value());
        settle();
        CHECK(state_at(*ma, id) == step.then);
        CHECK(state_at(*tn, id) == step.then);
        CHECK(ma->referral(id)->asker == tn->referral(id)->asker);
        CHECK(ma->referral(id)->asked == tn->referral(id)->asked);
    }
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "urgent referrals and normal ones travel in logs of their own") {
    const auto urgent =
        ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u0)).value();
    const auto normal =
        ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u3)).value();
    settle();
    REQUIRE(tn->move(urgent, ReferralEventKind::accept).has_value());
    REQUIRE(tn->move(normal, ReferralEventKind::decline, "no_capacity").has_value());
    settle();
    CHECK(state_at(*ma, urgent) == ReferralState::accepted);
    CHECK(state_at(*ma, normal) == ReferralState::declined);
    CHECK(end_of(*ma, {tunisia, Direction::out, Lane::urgent}).size == 2);  // key entry, request
    CHECK(end_of(*ma, {tunisia, Direction::out, Lane::normal}).size == 2);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "a withdrawal that crosses an acceptance waits for the asked side") {
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    REQUIRE(ma->move(id, ReferralEventKind::withdraw, "resolved").has_value());
    REQUIRE(tn->move(id, ReferralEventKind::accept).has_value());
    settle();
    CHECK(state_at(*ma, id) == ReferralState::withdraw_requested);
    CHECK(state_at(*tn, id) == ReferralState::withdraw_requested);
    const auto view = casework::view_of(*ma->referral(id));
    CHECK((view.asker_responsible && view.asked_responsible));
    REQUIRE(tn->move(id, ReferralEventKind::withdraw_ok).has_value());
    settle();
    CHECK(state_at(*ma, id) == ReferralState::withdrawn);
    CHECK(state_at(*tn, id) == ReferralState::withdrawn);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "a withdrawal before anybody accepted is answered by the node itself") {
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    REQUIRE(ma->move(id, ReferralEventKind::withdraw, "resolved").has_value());
    settle();
    CHECK(state_at(*ma, id) == ReferralState::withdrawn);
    CHECK(state_at(*tn, id) == ReferralState::withdrawn);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "what was written while the line was cut arrives when it is back") {
    wire.cut = true;
    std::vector<ReferralId> ids;
    for (int i = 0; i < 20; ++i)
        ids.push_back(
            ma->request(tunisia, sample_request("CASE-" + std::to_string(i), tunisia, Urgency::u2))
                .value());
    wait(std::chrono::minutes(1));
    CHECK(state_at(*ma, ids.back()) == ReferralState::sent);
    wire.cut = false;
    wait(std::chrono::minutes(1));
    for (const auto& id : ids) CHECK(state_at(*tn, id) == ReferralState::delivered);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "both nodes restart and go on where they were") {
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    REQUIRE(tn->move(id, ReferralEventKind::accept).has_value());
    tn.reset();
    ma.reset();
    wire.letters.clear();
    start();
    wait(std::chrono::minutes(1));
    CHECK(state_at(*ma, id) == ReferralState::accepted);
    REQUIRE(tn->move(id, ReferralEventKind::complete, "service_delivered_full").has_value());
    settle();
    CHECK(state_at(*ma, id) == ReferralState::completed);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "a request whose transaction failed is taken in whole the next time") {
    // The disk at TN is full when the request comes: nothing of it may stay, in memory neither.
    tn->memory->plan({support::FaultPoint::operation, support::FaultKind::fail,
                      tn->memory->operations() + 4, SANAD_E_FULL});
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    CHECK(tn->counters.count("link.drop.not_stored") == 1);
    wait(std::chrono::minutes(1));
    CHECK(state_at(*tn, id) == ReferralState::delivered);
    // What was sealed must open for the next life of the node, which has only what is on disk.
    tn.reset();
    start_tn();
    CHECK(state_at(*tn, id) == ReferralState::delivered);
    check_all_logs(*this);
}

TEST_CASE_METHOD(TwoNodes, "one command to a revoked peer fails alone") {
    auto table = *peers.current();
    ++table.directory_version;
    table.nodes.at(tunisia).active = false;
    peers.replace(table);
    Result<void> other = fail(Fault::closed, "never answered");
    REQUIRE(ma->engine.submit([](store::Draft&) -> Result<void> { return {}; },
                              [&](const auto& result) { other = result; }));
    const auto made = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2));
    CHECK(made.error().fault == Fault::denied);
    CHECK(other.has_value());
    CHECK(ma->all_referrals()->empty());
}
