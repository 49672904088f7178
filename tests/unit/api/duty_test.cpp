#include "core/api/duty.h"
#include "core/api/escalations.h"
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

namespace sanad::api {
namespace {

using casework::StepAction;

/// What would be given to plugins.
struct Plugins final : Outward {
    struct Call {
        std::string instance, view;
    };
    std::vector<Call> calls;
    Result<void> deliver(store::Draft&, const casework::Contact&, const Reach&, const ChatMessage&,
                         Time) override {
        return {};
    }
    Result<void> connect(store::Draft&, const casework::Contact&, const Reach&, const std::string&,
                         Time) override {
        return {};
    }
    Result<void> control(store::Draft&, const casework::Contact&, const Reach&, CallAct,
                         const std::string&, Time) override {
        return {};
    }
    Result<void> dispatch(store::Draft&, const std::string& instance, const casework::Escalation&,
                          ByteView, const std::string& view, Time) override {
        calls.push_back({instance, view});
        return {};
    }
};

struct OnDuty : support::TwoNodes {
    Plugins plugins;
    trust::SymmetricKey index_key = trust::SymmetricKey::generate(entropy);
    std::unique_ptr<Contacts> contacts =
        Contacts::open(*ma->store,
                       {ma->records, *ma->feed, taxonomies, entropy, plugins, index_key})
            .value();
    std::unique_ptr<Cases> cases =
        Cases::open(*ma->store, {ma->records, *ma->feed, taxonomies, entropy, *contacts}).value();
    Duty duty{{{"youssef", "salma"},
               {{"night phone", "extension 1", "pager"}, {"director", "", ""}},
               *cases,
               plugins,
               entropy}};

    std::string tell(StepAction action, const CaseId& case_id = {}) {
        std::string who;
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            auto told = duty.tell(draft,
                                  {.subject = {7},
                                   .case_id = case_id,
                                   .peer = "tn.amal",
                                   .urgency = casework::Urgency::u0,
                                   .action = action,
                                   .name = "referral.clock_twice",
                                   .limit = "accepted"},
                                  clock.now());
            if (!told) return std::unexpected(told.error());
            who = *told;
            return {};
        }));
        return who;
    }
};

}  // namespace

TEST_CASE_METHOD(OnDuty, "where nobody is named, whoever is a supervisor at that moment is told") {
    std::vector<std::string> now{"amina"};
    const auto every = [&](store::Snapshot&) -> Result<std::vector<std::string>> { return now; };
    Duty open{{{}, {}, *cases, plugins, entropy, every}};
    federation::Alarm alarm;
    alarm.action = StepAction::alert_supervisor_and_fallback;
    const auto told = [&] {
        std::string who;
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            who = *open.tell(draft, alarm, clock.now());
            return {};
        }));
        return who;
    };
    CHECK(told() == "amina");
    now.push_back("layla");
    CHECK(told() == "amina, layla");
}

TEST_CASE_METHOD(OnDuty, "the supervisors are told when a limit is over, and nobody is rung") {
    CHECK(tell(StepAction::alert_supervisor_and_fallback) == "youssef, salma");
    CHECK(plugins.calls.empty());
}

TEST_CASE_METHOD(OnDuty, "a reminder is for the counsellor of the case, where it is ours") {
    CHECK(tell(StepAction::remind).empty());
    CHECK(tell(StepAction::remind, CaseId{{9}}).empty());  // it was erased
}

TEST_CASE_METHOD(OnDuty, "the call list is named, and rung by plugins, with nothing of the child") {
    CHECK(tell(StepAction::call_list) == "night phone, director");
    REQUIRE(plugins.calls.size() == 1);
    CHECK(plugins.calls[0].instance == "pager");
    const auto& view = plugins.calls[0].view;
    for (const char* part : {"\"number\":\"extension 1\"", "\"limit\":\"accepted\"",
                             "\"urgency\":\"U0\"", "\"peer\":\"tn.amal\""})
        CHECK(view.find(part) != std::string::npos);
}

TEST_CASE_METHOD(OnDuty, "an escalation's steps are told once, also after the clock was set back") {
    auto escalations = Escalations::open(*ma->store, {ma->records, ma->timers, *ma->feed,
                                                      taxonomies, clocks, entropy, plugins, &duty})
                           .value();
    const CaseId case_id{{3}};
    EscalationId id;
    REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
        return ma->records.keyring().create(draft, key_of(case_id), entropy);
    }));
    REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
        casework::Escalation escalation;
        escalation.case_id = case_id;
        escalation.partner = "legal-aid";
        escalation.urgency = casework::Urgency::u0;
        escalation.summary = "طفل يحتاج إلى محام";
        const auto raised = escalations->raise(draft, std::move(escalation), "legal-aid", "{}",
                                               "amina", clock.now());
        if (!raised) return std::unexpected(raised.error());
        id = raised->id;
        return {};
    }));
    const auto look = [&] {
        REQUIRE(ma->run(
            [&](store::Draft& draft) { return escalations->on_timer(draft, id, clock.now()); }));
    };
    const auto told = [&] {
        std::vector<std::string> names;
        const auto events = ma->feed->read(*ma->store->snapshot().value(), 0, 1'000).value();
        for (const auto& event : events)
            if (event.name.starts_with("escalation.clock"))
                names.push_back(event.name + " " + std::to_string(event.number) + " " + event.who);
        return names;
    };
    clock.wall = clock.wall - std::chrono::days(3);
    look();
    CHECK(told().empty());
    clock.advance(std::chrono::minutes(1));
    look();
    look();
    CHECK(told() == std::vector<std::string>{"escalation.clock_half 0 "});
    clock.advance(std::chrono::hours(2));
    look();
    look();
    const auto all = told();
    CHECK(all.size() == 9);
    CHECK(std::set<std::string>(all.begin(), all.end()).size() == 9);
    CHECK(std::ranges::find(all, "escalation.clock_full 1 youssef, salma") != all.end());
}

}  // namespace sanad::api
