#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;

namespace {

Bytes recorded() {
    std::ifstream file(RECORDED_PASSPORT, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("a passport of the first version stays valid") {
    const std::vector stewards{test::steward(1), test::steward(2), test::steward(3)};
    const auto report = verify_passport(recorded(), stewards, 2);
    REQUIRE(report.has_value());
    CHECK(test::agree(report, verifier::examine(recorded(), {stewards, 2})));
    CHECK(format(report->referral) == "01a20b48-0900-74e0-b055-8a4309f6d3c7");
    CHECK(report->exporter == casework::Side::asker);
    CHECK(format_time(report->exported_at) == "2026-11-24T02:35:00Z");
    CHECK(report->view->state == casework::ReferralState::completed);
    REQUIRE(report->events.size() == 8);
    CHECK(report->events[1].message->text == "العربية");
    CHECK(report->events[2].standing == PassportReport::Standing::written);
    CHECK(report->logs[0].receipted == 5);
    CHECK(report->logs[0].size == 6);
    CHECK(verify_passport(recorded(), stewards, 3).error().fault == Fault::untrusted);
}
