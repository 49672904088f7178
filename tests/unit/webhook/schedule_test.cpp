#include "plugins/partners/webhook/schedule.h"
#include "plugins/partners/webhook/courier.h"

#include <catch2/catch.hpp>

using namespace sanad::webhook;
using namespace std::chrono_literals;
using sanad::http::ClientFault;
using sanad::http::ClientResponse;
using Result = sanad::plugin::schema::Outcome::Result;

namespace {

constexpr std::int64_t now_s = 1'795'485'600;  // 2026-11-24T02:00:00Z

sanad::plugin::Outcome judge_status(unsigned status, std::uint32_t attempt,
                                    sanad::http::Headers headers = {}) {
    return judge(ClientResponse{status, std::move(headers), "", false}, attempt, now_s, 0);
}

}  // namespace

TEST_CASE("a delivery is tried again by the published schedule") {
    const std::chrono::seconds published[] = {5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
    std::uint32_t attempt = 1;
    for (const auto wait : published) CHECK(wait_after(attempt++, 0) == wait);
    CHECK(wait_after(10, 0) == 24h);
    CHECK(wait_after(11, 0) == 24h);
    CHECK(wait_after(4'000'000'000U, 0) == 24h);
}

TEST_CASE("jitter makes a wait longer by at most a fifth and never shorter") {
    CHECK(wait_after(1, 0.5) == 5500ms);
    CHECK(wait_after(1, 1) == 6000ms);
    CHECK(wait_after(1, 7) == 6000ms);
    CHECK(wait_after(1, -7) == 5000ms);
}

TEST_CASE("Retry-After is read as seconds or as a date") {
    CHECK(parse_retry_after("120", now_s) == 120s);
    CHECK(parse_retry_after("0", now_s) == 0s);
    CHECK(parse_retry_after("Tue, 24 Nov 2026 02:00:30 GMT", now_s) == 30s);
    CHECK(parse_retry_after("Tue, 24 Nov 2026 01:00:00 GMT", now_s) == 0s);
    for (const char* text : {"", "-1", "1.5", "soon", "9999999999", "Tue, 24 Nov 2026 02:00:30",
                             "Tue, 24 XXX 2026 02:00:30 GMT", "Tue, 24 anF 2026 02:00:30 GMT",
                             "Tue, 24 Nov 2026 02-00-30 GMT", "24 Nov 2026"})
        CHECK_FALSE(parse_retry_after(text, now_s));
}

TEST_CASE("what a receiver asks for is kept between a second and a day") {
    CHECK(wait_as_asked(0s, 0) == 1s);
    CHECK(wait_as_asked(1s, 0) == 1s);
    CHECK(wait_as_asked(90s, 0) == 90s);
    CHECK(wait_as_asked(24h, 0) == 24h);
    CHECK(wait_as_asked(48h, 0) == 24h);
}

TEST_CASE("every 2xx means stored there and nothing more") {
    for (const unsigned status : {200U, 202U, 204U, 299U}) {
        const auto outcome = judge_status(status, 1);
        CHECK(outcome.result == Result::ACCEPTED);
        CHECK(outcome.reference.empty());
    }
}

TEST_CASE("410 ends the deliveries, everything else is tried again") {
    CHECK(judge_status(410, 1).result == Result::REJECTED);
    CHECK(judge_status(410, 1).reason == "http_410");
    for (const unsigned status :
         {300U, 301U, 302U, 307U, 400U, 401U, 404U, 409U, 413U, 500U, 504U}) {
        const auto outcome = judge_status(status, 2);
        CHECK(outcome.result == Result::RETRY);
        CHECK(outcome.retry_after_ms == 300'000);
        CHECK(outcome.reason == "http_" + std::to_string(status));
    }
    const auto broken = judge(std::unexpected(ClientFault::tls_failed), 1, now_s, 0);
    CHECK(broken.result == Result::RETRY);
    CHECK(broken.reason == "tls_failed");
    CHECK(broken.retry_after_ms == 5000);
}

TEST_CASE("429 and 503 are given the time they ask for, others are not") {
    const sanad::http::Headers asks = {{"retry-after", "40"}};
    CHECK(judge_status(503, 3, asks).retry_after_ms == 40'000);
    CHECK(judge_status(429, 3, asks).retry_after_ms == 40'000);
    CHECK(judge_status(500, 3, asks).retry_after_ms == 30 * 60'000);
    CHECK(judge_status(503, 3, {{"Retry-After", "whenever"}}).retry_after_ms == 30 * 60'000);
}
