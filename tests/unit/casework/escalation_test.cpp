#include "core/casework/escalation.h"

#include "tests/support/counter_entropy.h"
#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::casework {
namespace {

using Kind = EscalationEventKind;
using State = EscalationState;
using Who = EscalationActor;
using Effect = EscalationEffect;

Escalation after(std::initializer_list<std::pair<Who, Kind>> events) {
    Escalation escalation;
    for (const auto& [who, kind] : events) REQUIRE(apply(escalation, who, kind, {1}));
    return escalation;
}

Escalation queued() { return after({{Who::staff, Kind::raised}, {Who::node, Kind::queued}}); }

std::string refusal(const Escalation& escalation, Who who, Kind kind) {
    const auto effect = effect_of(escalation, who, kind);
    return effect ? "" : effect.error().detail;
}

}  // namespace

TEST_CASE("an escalation is raised, queued, sent, acknowledged, worked on and completed") {
    Escalation escalation;
    const std::array steps{std::tuple{Who::staff, Kind::raised, State::raised},
                           std::tuple{Who::node, Kind::queued, State::queued},
                           std::tuple{Who::node, Kind::sent, State::sent},
                           std::tuple{Who::partner, Kind::acknowledged, State::acknowledged},
                           std::tuple{Who::partner, Kind::in_progress, State::in_progress},
                           std::tuple{Who::partner, Kind::completed, State::completed}};
    for (const auto& [who, kind, state] : steps) {
        CHECK(apply(escalation, who, kind, {5}) == Effect::moved);
        CHECK(escalation.state == state);
    }
    CHECK(escalation.events.size() == steps.size());
    CHECK(escalation.created_at == Time{5});
}

TEST_CASE("a partner's late or repeated status never moves an escalation back") {
    const auto open =
        after({{Who::staff, Kind::raised}, {Who::node, Kind::queued}, {Who::node, Kind::sent}});
    sanad::test::CounterEntropy entropy(3);
    for (int i = 0; i < 2000; ++i) {
        auto escalation = open;
        for (int j = 0; j < 8; ++j) {
            const auto kind = static_cast<Kind>(6 + entropy.next() % 3);  // acknowledged..completed
            const auto before = escalation;
            const auto effect = apply(escalation, Who::partner, kind, {9});
            REQUIRE(effect);
            REQUIRE(escalation.state >= before.state);
            if (*effect == Effect::known) REQUIRE(escalation == before);
        }
    }
}

TEST_CASE("the same statuses in any order lead to the same state") {
    std::array kinds{Kind::acknowledged, Kind::acknowledged, Kind::in_progress, Kind::completed};
    do {
        auto escalation = queued();
        for (const Kind kind : kinds) REQUIRE(apply(escalation, Who::partner, kind, {1}));
        CHECK(escalation.state == State::completed);
    } while (std::ranges::next_permutation(kinds).found);
}

TEST_CASE("a partner's answer may overtake our own word that it was sent") {
    auto escalation = queued();
    CHECK(apply(escalation, Who::partner, Kind::acknowledged, {1}) == Effect::moved);
    CHECK(apply(escalation, Who::node, Kind::sent, {2}) == Effect::known);
    CHECK(apply(escalation, Who::node, Kind::failed, {2}) == Effect::known);
    CHECK(escalation.state == State::acknowledged);
}

TEST_CASE("a failed delivery can be tried again, and an answer to it counts") {
    auto escalation = queued();
    CHECK(refusal(escalation, Who::staff, Kind::retried) == "not_in_this_state");
    REQUIRE(apply(escalation, Who::node, Kind::failed, {1}) == Effect::moved);
    auto answered = escalation;
    CHECK(apply(answered, Who::partner, Kind::acknowledged, {2}) == Effect::moved);
    CHECK(answered.state == State::acknowledged);
    auto went_out = escalation;
    CHECK(apply(went_out, Who::node, Kind::sent, {2}) == Effect::moved);
    CHECK(went_out.state == State::sent);
    CHECK(apply(escalation, Who::staff, Kind::retried, {2}) == Effect::moved);
    CHECK(escalation.state == State::queued);
}

TEST_CASE("completed and declined exclude each other: the first one stands") {
    auto completed = queued();
    REQUIRE(apply(completed, Who::partner, Kind::completed, {1}));
    CHECK(refusal(completed, Who::partner, Kind::declined) == "already_ended");
    CHECK(apply(completed, Who::partner, Kind::completed, {2}) == Effect::known);
    auto declined = queued();
    REQUIRE(apply(declined, Who::partner, Kind::declined, {1}));
    CHECK(refusal(declined, Who::staff, Kind::completed) == "already_ended");
    CHECK(apply(declined, Who::partner, Kind::acknowledged, {2}) == Effect::known);
    CHECK(apply(declined, Who::staff, Kind::note, {2}) == Effect::noted);
    CHECK(declined.state == State::declined);
}

TEST_CASE("each act is allowed to those whose it is, and to nobody else") {
    const auto sent =
        after({{Who::staff, Kind::raised}, {Who::node, Kind::queued}, {Who::node, Kind::sent}});
    struct Row {
        Kind kind;
        bool staff, node, partner;
    };
    const std::array rows{
        Row{Kind::raised, true, false, false},     Row{Kind::queued, false, true, false},
        Row{Kind::sent, false, true, false},       Row{Kind::failed, false, true, false},
        Row{Kind::retried, true, false, false},    Row{Kind::acknowledged, true, false, true},
        Row{Kind::in_progress, true, false, true}, Row{Kind::completed, true, false, true},
        Row{Kind::declined, true, false, true},    Row{Kind::note, true, false, true}};
    for (const Row& row : rows) {
        INFO(name(row.kind));
        CHECK((refusal(sent, Who::staff, row.kind) != "wrong_actor") == row.staff);
        CHECK((refusal(sent, Who::node, row.kind) != "wrong_actor") == row.node);
        CHECK((refusal(sent, Who::partner, row.kind) != "wrong_actor") == row.partner);
    }
    CHECK(effect_of(sent, Who::staff, static_cast<Kind>(77)).error().fault == Fault::unsupported);
}

TEST_CASE("nothing happens to an escalation before it is raised, and it is raised once") {
    const Escalation none;
    for (int kind = 2; kind <= 10; ++kind)
        for (const Who who : {Who::staff, Who::node, Who::partner})
            CHECK_FALSE(effect_of(none, who, static_cast<Kind>(kind)));
    const auto raised = after({{Who::staff, Kind::raised}});
    CHECK(refusal(raised, Who::staff, Kind::raised) == "not_in_this_state");
    // A partner cannot answer what never left.
    CHECK(refusal(raised, Who::partner, Kind::acknowledged) == "not_in_this_state");
}

TEST_CASE("an escalation's answers carry reasons from their lists") {
    const auto& lists = test::shipped_taxonomies();
    CHECK(check_event_text(Kind::completed, "service_delivered_full", "", lists));
    CHECK(check_event_text(Kind::completed, "", "", lists).error().fault == Fault::invalid);
    CHECK(check_event_text(Kind::declined, "no_capacity", "حتى الاثنين", lists));
    CHECK(check_event_text(Kind::declined, "bored", "", lists).error().fault == Fault::unsupported);
    CHECK(check_event_text(Kind::acknowledged, "", "", lists));
    CHECK(check_event_text(Kind::acknowledged, "other", "", lists).error().detail == "reason");
    CHECK(check_event_text(Kind::note, "", "", lists).error().detail == "text");
    CHECK(check_event_text(Kind::note, "", std::string(narrative_bytes_max, 'a'), lists));
    CHECK(check_event_text(Kind::note, "", std::string(narrative_bytes_max + 1, 'a'), lists)
              .error()
              .fault == Fault::bad_size);
}

TEST_CASE("an escalation holds escalation_events_max events and refuses the next") {
    auto escalation = queued();
    while (escalation.events.size() < escalation_events_max)
        REQUIRE(apply(escalation, Who::staff, Kind::note, {1}));
    CHECK(apply(escalation, Who::staff, Kind::note, {1}).error().fault == Fault::exhausted);
}

TEST_CASE("escalations and their events read back as they were written") {
    auto escalation = queued();
    escalation.id = test::sample_id<EscalationId>(4);
    escalation.case_id = test::sample_id<CaseId>(5);
    escalation.partner = "ngo-listening";
    escalation.urgency = Urgency::u1;
    escalation.steps_done = 3;
    escalation.summary = "فتاة تحتاج إلى دعم نفسي هذا المساء";
    escalation.partner_reference = "A-17";
    CHECK(read_escalation(write_record(escalation)) == escalation);
    escalation.state = State::none;
    CHECK(read_escalation(write_record(escalation)).error().fault == Fault::unsupported);
    const EscalationEvent event{2, {9}, Kind::declined, "ngo-listening", "no_capacity", "demain"};
    CHECK(read_escalation_event(write_event(event)) == event);
    CHECK(escalation_event_kind_from("in_progress") == Kind::in_progress);
    CHECK(escalation_event_kind_from("").error().fault == Fault::unsupported);
}

}  // namespace sanad::casework
