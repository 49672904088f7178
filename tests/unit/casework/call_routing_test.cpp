#include "core/casework/call_routing.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const CallRules rules;
const Time now{1'000'000'000};
const MayOpen everybody = [](const LineCaller&, const PhoneCandidate&) { return true; };

ContactId id(std::uint8_t number) { return ContactId{{number}}; }

PhoneCandidate candidate(const std::string& name, Duration idle,
                         std::vector<std::string> languages = {}) {
    PhoneCandidate one{{}, std::move(languages), "device of " + name};
    one.agent.name = name;
    one.agent.ready = true;
    one.agent.since = now - std::chrono::hours(1);
    one.agent.idle_since = now - idle;
    return one;
}

LineCaller caller(std::uint8_t number, std::vector<std::string> languages = {},
                  Duration waited = seconds(5)) {
    return {id(number), std::move(languages), waited};
}

std::string chosen(const std::vector<LineCaller>& in_order, std::uint8_t wanted,
                   const std::vector<PhoneCandidate>& there, const MayOpen& may = everybody) {
    const auto place = whom_to_ring(in_order, id(wanted), there, may, rules, now);
    return place ? there[*place].agent.name : "nobody";
}

TEST_CASE("whoever has been idle longest is rung") {
    const std::vector there{candidate("amina", minutes(2)), candidate("karim", minutes(9)),
                            candidate("layla", minutes(5))};
    CHECK(chosen({caller(1)}, 1, there) == "karim");
}

TEST_CASE("who has just made themselves ready has been idle since then, not since yesterday") {
    auto back = candidate("amina", std::chrono::hours(9));
    back.agent = made_ready(back.agent, now - minutes(1));
    CHECK(chosen({caller(1)}, 1, {back, candidate("karim", minutes(2))}) == "karim");
}

TEST_CASE("a caller behind another is rung for only with whom the first one leaves") {
    const std::vector one{candidate("amina", minutes(2))};
    const std::vector line{caller(1), caller(2), caller(3)};
    CHECK(chosen(line, 1, one) == "amina");
    CHECK(chosen(line, 2, one) == "nobody");
    const std::vector two{candidate("amina", minutes(2)), candidate("karim", minutes(9))};
    CHECK(chosen(line, 1, two) == "karim");
    CHECK(chosen(line, 2, two) == "amina");
    CHECK(chosen(line, 3, two) == "nobody");
}

TEST_CASE("a caller whom nobody fits holds nobody back") {
    const std::vector there{candidate("amina", minutes(2), {"fr"})};
    CHECK(chosen({caller(1, {"zgh-Tfng"}), caller(2, {"fr"})}, 2, there) == "amina");
}

TEST_CASE("who is not on the line is rung for by nobody") {
    CHECK(chosen({caller(1)}, 2, {candidate("amina", minutes(2))}) == "nobody");
}

TEST_CASE("languages are a condition until somebody has waited too long for them") {
    const std::vector there{candidate("amina", minutes(2), {"fr", "en"})};
    CHECK(chosen({caller(1, {"ary-Arab"}, rules.any_language - Duration(1))}, 1, there) ==
          "nobody");
    CHECK(chosen({caller(1, {"ary-Arab"}, rules.any_language)}, 1, there) == "amina");
}

TEST_CASE("a language is the same in every script, and Arabic in every country") {
    const auto shares = [](std::vector<std::string> staff, std::vector<std::string> other) {
        return shares_language(staff, other);
    };
    CHECK(shares({"ar"}, {"ary-Latn"}));
    CHECK(shares({"dz-ary"}, {"aeb"}));
    CHECK(shares({"zgh-Latn"}, {"zgh-Tfng"}));
    CHECK(shares({}, {"es"}));
    CHECK(shares({"fr"}, {}));
    CHECK_FALSE(shares({"fr"}, {"ar", "es"}));
    CHECK_FALSE(shares({"arq"}, {"archaic"}));
}

TEST_CASE("nobody is rung who is paused, rung, talking or wrapping a call up") {
    const PhoneCall call{id(7), "device", now - seconds(10), {}};
    auto one = candidate("amina", minutes(2));
    SECTION("paused") { one.agent = paused(one.agent, "break", now); }
    SECTION("rung for somebody else") { one.agent = rung(one.agent, call); }
    SECTION("talking") { one.agent = answered(one.agent, call); }
    SECTION("after a call") { one.agent = hung_up(answered(one.agent, call), now); }
    CHECK(chosen({caller(1)}, 1, {one}) == "nobody");
}

TEST_CASE("a ring and a wrap-up end by themselves") {
    auto one = candidate("amina", minutes(2));
    one.agent = rung(one.agent, {id(7), "device", now - rules.ring + Duration(1), {}});
    CHECK(state_of(one.agent, rules, now) == PhoneState::ringing);
    CHECK(state_of(one.agent, rules, now + Duration(1)) == PhoneState::ready);
    one.agent = hung_up(answered(one.agent, {id(7), "device", now, {}}), now);
    CHECK(state_of(one.agent, rules, now + rules.wrap_up - Duration(1)) == PhoneState::after_call);
    CHECK(state_of(one.agent, rules, now + rules.wrap_up) == PhoneState::ready);
    CHECK(state_of(wrapped_up(one.agent, now), rules, now) == PhoneState::ready);
}

TEST_CASE("who did not answer is not rung for the same person at once, but for others") {
    auto one = candidate("amina", minutes(2));
    one.agent = passed_over(one.agent, id(1), false, rules, now - rules.passed_over + Duration(1));
    CHECK(chosen({caller(1)}, 1, {one}) == "nobody");
    CHECK(chosen({caller(2)}, 2, {one}) == "amina");
    one.agent.passed_over_at = now - rules.passed_over;
    CHECK(chosen({caller(1)}, 1, {one}) == "amina");
}

TEST_CASE("two calls missed in a row pause, an answer between them or a busy line do not") {
    auto agent = candidate("amina", minutes(2)).agent;
    agent = passed_over(agent, id(1), true, rules, now);
    agent = passed_over(agent, id(2), false, rules, now);
    CHECK(agent.ready);
    auto answers = answered(agent, {id(3), "device", now, {}});
    answers = passed_over(answers, id(4), true, rules, now);
    CHECK(answers.ready);
    agent = passed_over(agent, id(3), true, rules, now);
    CHECK_FALSE(agent.ready);
    CHECK(agent.reason == "missed_calls");
    CHECK(made_ready(agent, now).missed_in_row == 0);
}

TEST_CASE("what speaks against a pair beside is heard") {
    const std::vector there{candidate("amina", minutes(9)), candidate("karim", minutes(2))};
    const MayOpen not_amina = [](const LineCaller&, const PhoneCandidate& one) {
        return one.agent.name != "amina";
    };
    CHECK(chosen({caller(1)}, 1, there, not_amina) == "karim");
}

TEST_CASE("an agent is read as it was written") {
    auto agent = candidate("amina", minutes(2)).agent;
    agent.missed_in_row = 1;
    agent.passed_over = id(9);
    agent.passed_over_at = now;
    CHECK(read_phone_agent(write_record(agent)).value() == agent);
    agent.ringing = PhoneCall{id(1), "d-one", now, {}, true};
    agent.talking = PhoneCall{id(2), "d-two", now, now + seconds(3)};
    CHECK(read_phone_agent(write_record(agent)).value() == agent);
}

}  // namespace
}  // namespace sanad::casework
