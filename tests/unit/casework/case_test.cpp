#include "core/casework/case.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using Kind = CaseEventKind;
using test::shipped_taxonomies;

CaseFile new_case(Urgency urgency = Urgency::u3) {
    Contact contact;
    contact.id = test::sample_id<ContactId>(1);
    contact.languages = {"ary-Arab"};
    contact.age_band = "13-15";
    contact.urgency = urgency;
    return open_case(contact, test::sample_id<CaseId>(2), "MA-2026-0042", "salma", {10}).value();
}

CaseEvent event(Kind kind) {
    CaseEvent event;
    event.kind = kind;
    event.at = {20};
    event.actor = "salma";
    if (kind == Kind::note || kind == Kind::safety_plan) event.text = "خطة مع خالته";
    if (kind == Kind::assigned) event.text = "karim";
    if (kind == Kind::status) event.status = CaseStatus::in_progress;
    if (kind == Kind::urgency) event.urgency = Urgency::u1;
    if (kind == Kind::closed) event.reason = "goals_met";
    if (kind == Kind::action) event.reason = "counselling_given";
    if (kind == Kind::reopened) event.reason = "The child came back.";
    event.subject.fill(static_cast<std::uint8_t>(kind));
    return event;
}

std::string refusal(const CaseFile& file, const CaseEvent& one) {
    const auto checked = check_event(file, one, shipped_taxonomies());
    return checked ? "" : checked.error().detail;
}

CaseFile must(CaseFile file, const CaseEvent& one) {
    REQUIRE(refusal(file, one).empty());
    return apply(std::move(file), one);
}

}  // namespace

TEST_CASE("a case opens from a contact and takes over what the contact knows") {
    const auto file = new_case(Urgency::u1);
    CHECK(file.status == CaseStatus::open);
    CHECK(file.urgency == Urgency::u1);
    CHECK(file.languages == std::vector<std::string>{"ary-Arab"});
    CHECK(file.age_band == "13-15");
    CHECK(file.contacts == std::vector{test::sample_id<ContactId>(1)});
    CHECK(file.assigned_to == "salma");
    CHECK(file.created_at == Time{10});
    CHECK(new_case(Urgency::none).urgency == Urgency::u3);
}

TEST_CASE("a case needs a code, a person who opens it, and a contact that is nobody else's") {
    Contact contact;
    const auto fault = [&](std::string code, std::string_view actor) {
        return open_case(contact, test::sample_id<CaseId>(2), std::move(code), actor, {})
            .error()
            .fault;
    };
    CHECK(open_case(contact, {}, std::string(case_code_bytes_max, 'A'), "salma", {}));
    CHECK(fault(std::string(case_code_bytes_max + 1, 'A'), "salma") == Fault::bad_size);
    CHECK(fault("", "salma") == Fault::bad_size);
    CHECK(fault("A\nB", "salma") == Fault::malformed);
    CHECK(fault("A", "") == Fault::bad_size);
    contact.case_id = test::sample_id<CaseId>(3);
    CHECK(fault("A", "salma") == Fault::conflict);
}

TEST_CASE("a case moves between its working states, and not to the one it is in") {
    auto file = new_case();
    auto status = event(Kind::status);
    for (const auto next :
         {CaseStatus::in_progress, CaseStatus::waiting_child, CaseStatus::waiting_partner,
          CaseStatus::supervisor_review, CaseStatus::in_progress}) {
        status.status = next;
        file = must(file, status);
        CHECK(file.status == next);
        CHECK(refusal(file, status) == "not_in_this_state");
    }
    for (const auto no : {CaseStatus::none, CaseStatus::open, CaseStatus::closed,
                          CaseStatus::reopened, static_cast<CaseStatus>(99)}) {
        status.status = no;
        CHECK(refusal(file, status) == "status");
    }
}

TEST_CASE("a closed case takes notes and contacts only, until it is opened again for a reason") {
    const auto closed = must(new_case(), event(Kind::closed));
    CHECK(closed.status == CaseStatus::closed);
    CHECK(closed.close_reason == "goals_met");
    for (int kind = 0; kind <= 14; ++kind) {
        const auto one = event(static_cast<Kind>(kind));
        const bool allowed =
            one.kind == Kind::note || one.kind == Kind::contact_added || one.kind == Kind::reopened;
        CHECK(refusal(closed, one).empty() == allowed);
    }
    auto reopen = event(Kind::reopened);
    CHECK(must(closed, reopen).status == CaseStatus::reopened);
    CHECK(must(closed, reopen).close_reason.empty());
    reopen.reason.clear();
    CHECK(refusal(closed, reopen) == "reason_missing");
    CHECK(refusal(new_case(), event(Kind::reopened)) == "not_in_this_state");
    CHECK(refusal(new_case(), event(Kind::opened)) == "not_in_this_state");
}

TEST_CASE("imminent danger and emergencies close only with a safety plan") {
    for (const auto urgency : {Urgency::u0, Urgency::u1}) {
        const auto file = new_case(urgency);
        CHECK(refusal(file, event(Kind::closed)) == "safety_plan_missing");
        CHECK(refusal(must(file, event(Kind::safety_plan)), event(Kind::closed)).empty());
    }
    CHECK(refusal(new_case(Urgency::u2), event(Kind::closed)).empty());
}

TEST_CASE("a case's level is lowered by a person with a reason") {
    const auto file = new_case(Urgency::u1);
    auto lower = event(Kind::urgency);
    lower.urgency = Urgency::u3;
    CHECK(refusal(file, lower) == "reason_missing");
    lower.reason = "Safe with her aunt since this morning.";
    CHECK(must(file, lower).urgency == Urgency::u3);
    lower.actor = "node";
    CHECK(refusal(file, lower) == "machine_lowers");
    CHECK(must(new_case(), event(Kind::urgency)).urgency == Urgency::u1);
}

TEST_CASE("each contact, consent, referral and escalation stands in a case once, up to the limit") {
    for (const Kind kind : {Kind::contact_added, Kind::consent, Kind::referral, Kind::escalation}) {
        auto file = must(new_case(), event(kind));
        CHECK(check_event(file, event(kind), shipped_taxonomies()).error().fault ==
              Fault::conflict);
        auto empty = event(kind);
        empty.subject = {};
        CHECK(refusal(file, empty) == "subject");
    }
    auto file = new_case();
    for (std::size_t i = 0; i < case_links_max; ++i) {
        auto link = event(Kind::referral);
        link.subject = {1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
        file = must(file, link);
    }
    CHECK(file.referrals.size() == case_links_max);
    CHECK(check_event(file, event(Kind::referral), shipped_taxonomies()).error().fault ==
          Fault::exhausted);
}

TEST_CASE("what is written in a case has its form and its limits") {
    const auto file = new_case();
    auto note = event(Kind::note);
    note.text.assign(note_bytes_max, 'a');
    CHECK(refusal(file, note).empty());
    note.text += 'a';
    CHECK(check_event(file, note, shipped_taxonomies()).error().fault == Fault::bad_size);
    auto consent = event(Kind::consent);
    consent.text = "x";
    CHECK(refusal(file, consent) == "text");
    auto action = event(Kind::action);
    action.reason = "magic";
    CHECK(refusal(file, action) == "reason");
    auto nobody = event(Kind::note);
    nobody.actor.clear();
    CHECK(refusal(file, nobody) == "actor");
    CHECK(must(file, event(Kind::assigned)).assigned_to == "karim");
    auto full = file;
    full.events = case_events_max;
    CHECK(check_event(full, event(Kind::note), shipped_taxonomies()).error().fault ==
          Fault::exhausted);
    full.events = case_events_max - 1;
    CHECK(refusal(full, event(Kind::note)).empty());
}

TEST_CASE("a case's details come from the lists, with three reasons at most") {
    auto file = new_case();
    file.gender = "boy";
    file.reasons = {"VI.bullying", "MH.distress_mood", "FR.siblings"};
    CHECK(check_details(file, shipped_taxonomies()));
    file.reasons.push_back("PR.friends");
    CHECK(check_details(file, shipped_taxonomies()).error().detail == "reasons");
    file.reasons = {"VI.none"};
    CHECK(check_details(file, shipped_taxonomies()).error().detail == "reasons");
    file.reasons.clear();
    file.gender = "x";
    CHECK(check_details(file, shipped_taxonomies()).error().detail == "gender");
}

TEST_CASE("cases and their events read back as they were written") {
    auto file = new_case(Urgency::u1);
    for (const Kind kind :
         {Kind::consent, Kind::referral, Kind::escalation, Kind::safety_plan, Kind::closed})
        file = must(file, event(kind));
    file.reasons = {"VI.online_csea"};
    file.gender = "girl";
    CHECK(read_case(write_record(file)) == file);
    for (int kind = 1; kind <= 14; ++kind) {
        auto one = event(static_cast<Kind>(kind));
        one.index = 7;
        CHECK(read_case_event(write_event(one)) == one);
    }
    CHECK(read_case(write_record(CaseFile{})).error().fault == Fault::unsupported);
    CHECK(read_case_event(write_event(CaseEvent{})).error().fault == Fault::unsupported);
    CHECK(case_status_from("waiting_child") == CaseStatus::waiting_child);
    CHECK(case_status_from("").error().fault == Fault::unsupported);
}

}  // namespace sanad::casework
