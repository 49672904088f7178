#include "core/casework/erasure.h"
#include "core/casework/referral.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using test::shipped_taxonomies;

constexpr Time now{1'795'485'600'000};

ErasureMessage sample(ErasureKind kind) {
    ErasureMessage message;
    message.kind = kind;
    message.referral = test::sample_id<ReferralId>(3);
    message.at = now;
    if (kind == ErasureKind::request) message.reason = "consent_withdrawn";
    if (kind == ErasureKind::held) {
        message.reason = "court_order";
        message.law = "An order of an invented court";
        message.until = now + std::chrono::days(90);
    }
    if (kind == ErasureKind::certificate) {
        message.key_hash.fill(9);
        message.entries = 4;
    }
    return message;
}

template <typename Change>
std::string fault(ErasureKind kind, Change change) {
    auto message = sample(kind);
    change(message);
    const auto checked = check_erasure(message, shipped_taxonomies());
    return checked ? "" : checked.error().detail;
}

}  // namespace

TEST_CASE("what is said about an erasure is read as it was written") {
    for (const auto kind : {ErasureKind::request, ErasureKind::certificate, ErasureKind::held}) {
        const auto message = sample(kind);
        const auto bytes = write_erasure(message);
        const auto read = read_erasure(bytes, shipped_taxonomies());
        REQUIRE(read);
        CHECK(*read == message);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK_FALSE(read_erasure(ByteView(bytes).first(size), shipped_taxonomies()));
    }
}

TEST_CASE("a hold names its law and ends on a date; a certificate names the key and nothing else") {
    using Kind = ErasureKind;
    const auto nothing = [](ErasureMessage&) {};
    for (const auto kind : {Kind::request, Kind::certificate, Kind::held})
        CHECK(fault(kind, nothing).empty());
    CHECK(fault(Kind::held, [](auto& m) { m.law.clear(); }) == "law");
    CHECK(fault(Kind::held, [](auto& m) { m.law = std::string(hold_law_bytes_max, 'l'); }).empty());
    CHECK(fault(Kind::held, [](auto& m) { m.law = std::string(hold_law_bytes_max + 1, 'l'); }) ==
          "law");
    CHECK(fault(Kind::held, [](auto& m) { m.reason = "because"; }) == "reason");
    CHECK(fault(Kind::held, [](auto& m) { m.until = m.at; }) == "until");
    CHECK(fault(Kind::held, [](auto& m) { m.until = m.at + legal_hold_at_most; }).empty());
    CHECK(fault(Kind::held, [](auto& m) { m.until = m.at + legal_hold_at_most + Duration(1); }) ==
          "until");
    CHECK(fault(Kind::held, [](auto& m) { m.key_hash.fill(1); }) == "key_hash");
    CHECK(fault(Kind::certificate, [](auto& m) { m.key_hash = {}; }) == "key_hash");
    CHECK(fault(Kind::certificate, [](auto& m) { m.until = now; }) == "until");
    CHECK(fault(Kind::certificate, [](auto& m) { m.reason = "other"; }) == "reason");
    CHECK(fault(Kind::request, [](auto& m) { m.reason = "whim"; }) == "reason");
    CHECK(fault(Kind::request, [](auto& m) { m.entries = 1; }) == "entries");
    CHECK(fault(Kind::request, [](auto& m) { m.referral = {}; }) == "referral");
    CHECK(fault(Kind::request, [](auto& m) { m.at = {}; }) == "at");
    CHECK(fault(Kind::request, [](auto& m) { m.at = {event_time_ms_max}; }).empty());
    CHECK(fault(Kind::request, [](auto& m) { m.at = {event_time_ms_max + 1}; }) == "at");
    CHECK(fault(Kind::held, [](auto& m) { m.at = {INT64_MAX - 1}, m.until = {INT64_MAX}; }) ==
          "at");
    CHECK(fault(Kind::held, [](auto& m) {
              m.at = {event_time_ms_max - 1}, m.until = {event_time_ms_max};
          }).empty());
    CHECK(fault(Kind::held, [](auto& m) {
              m.at = {event_time_ms_max}, m.until = {event_time_ms_max + 1};
          }) == "until");
    CHECK(fault(Kind::request, [](auto& m) { m.kind = Kind::none; }) == "kind");
}

TEST_CASE("an answer is due in thirty days, with a step at half, full and twice the time") {
    Erasure erasure;
    erasure.requested_at = now;
    const auto due = [&](int days) {
        return due_erasure_steps(erasure, now + std::chrono::days(days)).size();
    };
    CHECK(due(14) == 0);
    CHECK(due(15) == 1);
    CHECK(due(30) == 2);
    CHECK(due(60) == 3);
    CHECK(next_erasure_due(erasure)->ms == (now + std::chrono::days(15)).ms);
    for (const std::uint8_t percent : {std::uint8_t{50}, std::uint8_t{100}})
        erasure.steps_done = with_erasure_step(erasure.steps_done, percent);
    CHECK(due(60) == 1);
    CHECK(next_erasure_due(erasure)->ms == (now + std::chrono::days(60)).ms);
    erasure.state = ErasureState::held;
    erasure.hold_until = now + std::chrono::days(400);
    CHECK(due(60) == 0);
    CHECK(*next_erasure_due(erasure) == erasure.hold_until);
    erasure.state = ErasureState::erased;
    CHECK_FALSE(next_erasure_due(erasure));
}

TEST_CASE("an erasure's record is read as it was written") {
    Erasure erasure{.referral = test::sample_id<ReferralId>(3),
                    .peer = {"tn.amal"},
                    .side = ErasureSide::holder,
                    .state = ErasureState::held,
                    .reason = "child_request",
                    .requested_at = now,
                    .answered_at = now + Duration(5),
                    .hold_reason = "court_order",
                    .hold_law = "An order of an invented court",
                    .hold_until = now + std::chrono::days(1),
                    .key_hash = {1, 2, 3},
                    .entries = 7,
                    .steps_done = 3};
    const auto read = read_erasure_record(write_record(erasure));
    REQUIRE(read);
    CHECK(*read == erasure);
    erasure.side = ErasureSide::none;
    CHECK_FALSE(read_erasure_record(write_record(erasure)));
}

}  // namespace sanad::casework
