// The parts of signing in, each alone.
#include "core/api/password_workers.h"
#include "core/api/sign_in.h"
#include "core/api/sign_in_pace.h"
#include "core/api/tickets.h"
#include "tests/support/counter_entropy.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <latch>
#include <semaphore>
#include <set>

namespace sanad::api {
namespace {

using support::TestClock;

Duration seconds(int count) { return std::chrono::seconds(count); }

}  // namespace

TEST_CASE("a ticket comes back as it was given, and nothing near it does") {
    test::CounterEntropy entropy;
    Tickets tickets(entropy);
    const Bytes bound{1, 2, 3};
    const auto ticket = tickets.issue(Tickets::For::enrol, "أمينة", bound, seconds(7));
    const auto text = Tickets::text_of(ticket);
    CHECK(Tickets::person_in(text) == "أمينة");
    const auto back = tickets.check(Tickets::For::enrol, text, bound, seconds(7));
    REQUIRE(back);
    CHECK(back->challenge == ticket.challenge);
    CHECK(back->person == "أمينة");
    CHECK(tickets.totp_of(*back) == tickets.totp_of(ticket));
    CHECK_FALSE(tickets.check(Tickets::For::sign_in, text, bound, seconds(7)));
    CHECK_FALSE(tickets.check(Tickets::For::enrol, text, Bytes{1, 2}, seconds(7)));
    CHECK(tickets.check(Tickets::For::enrol, text, bound, seconds(7 + 899)));
    CHECK_FALSE(tickets.check(Tickets::For::enrol, text, bound, seconds(7 + 900)));
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto other = text;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(tickets.check(Tickets::For::enrol, other, bound, seconds(7)));
        CHECK_FALSE(tickets.check(Tickets::For::enrol, text.substr(0, i), bound, seconds(7)));
    }
    CHECK_FALSE(Tickets(entropy).check(Tickets::For::enrol, text, bound, seconds(7)));
}

TEST_CASE("two tickets differ, in their challenge and in the secret of the app, too") {
    test::CounterEntropy entropy;
    Tickets tickets(entropy);
    const auto one = tickets.issue(Tickets::For::sign_in, {}, {}, seconds(0));
    const auto two = tickets.issue(Tickets::For::sign_in, {}, {}, seconds(0));
    CHECK(one.bytes != two.bytes);
    CHECK(one.challenge != two.challenge);
    CHECK_FALSE(tickets.totp_of(one) == tickets.totp_of(two));
}

TEST_CASE("a ticket is spent once, and those that are over make room") {
    test::CounterEntropy entropy;
    Tickets tickets(entropy);
    const auto first = tickets.issue(Tickets::For::sign_in, {}, {}, seconds(0));
    CHECK(tickets.spend(first, seconds(0)));
    CHECK_FALSE(tickets.spend(first, seconds(0)));
    for (std::size_t i = 1; i < Tickets::spent_max; ++i)
        REQUIRE(
            tickets.spend(tickets.issue(Tickets::For::sign_in, {}, {}, seconds(0)), seconds(1)));
    const auto late = tickets.issue(Tickets::For::sign_in, {}, {}, seconds(299));
    const auto full = tickets.spend(late, seconds(299));
    REQUIRE_FALSE(full);
    CHECK(full.error().fault == Fault::busy);
    CHECK(tickets.spend(late, seconds(300)));
}

TEST_CASE("the wait of a password grows from the fifth failure on, to 42 s and no further") {
    for (int failures = 0; failures < 5; ++failures)
        CHECK(SignInPace::wait_after(failures) == seconds(0));
    const std::vector<int> waits{2, 4, 8, 16, 32, 42, 42};
    for (int i = 0; i < int(waits.size()); ++i)
        CHECK(SignInPace::wait_after(5 + i) == seconds(waits[std::size_t(i)]));
    CHECK(SignInPace::wait_after(1'000'000) == seconds(42));

    SignInPace pace;
    for (int i = 0; i < 5; ++i) CHECK(pace.may_try("amina", seconds(0)));
    CHECK_FALSE(pace.may_try("amina", seconds(1)));
    CHECK(pace.may_try("karim", seconds(1)));
    CHECK(pace.may_try("amina", seconds(2)));
    CHECK_FALSE(pace.may_try("amina", seconds(5)));
    pace.succeeded("amina");
    CHECK(pace.may_try("amina", seconds(5)));
}

TEST_CASE("names without end do not grow the memory, and what failed long ago is forgotten") {
    SignInPace pace;
    for (int i = 0; i < 5; ++i) REQUIRE(pace.may_try("amina", seconds(0)));
    for (std::size_t i = 0; i < SignInPace::names_max - 1; ++i)
        REQUIRE(pace.may_try("name " + std::to_string(i), seconds(1)));
    CHECK_FALSE(pace.may_try("amina", seconds(1)));
    CHECK(pace.may_try("one more", seconds(1)));  // in the place of the oldest
    CHECK(pace.may_try("amina", seconds(1)));
    for (int i = 0; i < 4; ++i) pace.may_try("amina", seconds(1));
    CHECK_FALSE(pace.may_try("amina", seconds(2)));
    CHECK(pace.may_try("amina", seconds(3601)));
    CHECK(pace.may_try("amina", seconds(3601)));
}

TEST_CASE("so many failures a minute are recorded, and no more") {
    SignInPace pace;
    for (int minute = 1; minute < 4; ++minute) {
        for (int i = 0; i < SignInPace::records_a_minute; ++i)
            REQUIRE(pace.may_record(seconds(60 * minute)));
        CHECK_FALSE(pace.may_record(seconds(60 * minute + 59)));
    }
}

TEST_CASE(
    "two passwords are hashed at once, never three, and who waited 5 s is told to come back") {
    TestClock clock;
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    std::atomic<int> busy = 0;
    std::counting_semaphore<> go(0);
    std::latch begun(2);
    std::latch done(6);
    {
        PasswordWorkers workers(clock);
        const auto job = [&](bool held) {
            return [&, held](const Result<void>& turn) {
                if (!turn && turn.error().fault == Fault::busy) ++busy;
                most = std::max(most.load(), ++running);
                if (held) {
                    begun.count_down();
                    go.acquire();
                }
                --running;
                done.count_down();
            };
        };
        for (int i = 0; i < 2; ++i) REQUIRE(workers.submit(job(true)));
        begun.wait();
        for (int i = 0; i < 2; ++i) REQUIRE(workers.submit(job(false)));
        clock.advance(PasswordWorkers::wait_max);
        for (int i = 0; i < 2; ++i) REQUIRE(workers.submit(job(false)));
        clock.advance(Duration{1});  // now the first two that wait have waited too long
        go.release(2);
        done.wait();
    }
    CHECK(most == 2);
    CHECK(busy == 2);
}

TEST_CASE("so many passwords wait and no more; when the node ends, each is told") {
    TestClock clock;
    std::counting_semaphore<> go(0);
    std::latch begun(2);
    std::atomic<int> told = 0;
    {
        PasswordWorkers workers(clock);
        for (int i = 0; i < 2; ++i)
            REQUIRE(workers.submit([&](const Result<void>&) {
                begun.count_down();
                go.acquire();
            }));
        begun.wait();
        for (std::size_t i = 0; i < PasswordWorkers::waiting_max; ++i)
            REQUIRE(workers.submit([&](const Result<void>&) { ++told; }));
        const auto full = workers.submit([](const Result<void>&) {});
        REQUIRE_FALSE(full);
        CHECK(full.error().fault == Fault::busy);
        go.release(2);
    }
    CHECK(told == int(PasswordWorkers::waiting_max));
}

TEST_CASE("a one-time code can be read out: four groups, no letter that looks like another") {
    test::CounterEntropy entropy;
    std::set<std::string> codes;
    for (int i = 0; i < 500; ++i) {
        const auto code = SignIn::make_code(entropy);
        REQUIRE(code.size() == 19);
        for (std::size_t at = 0; at < code.size(); ++at) {
            if (at % 5 == 4) {
                CHECK(code[at] == '-');
                continue;
            }
            CHECK(std::string_view("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").contains(code[at]));
        }
        codes.insert(code);
    }
    CHECK(codes.size() == 500);
    CHECK(SignIn::hash_of_code("abcd-efgh 2345 6789") == SignIn::hash_of_code("ABCDEFGH23456789"));
    CHECK(SignIn::hash_of_code("ABCDEFGH23456788") != SignIn::hash_of_code("ABCDEFGH23456789"));
}

}  // namespace sanad::api
