#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;

namespace {

Bytes bytes_in(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
Bytes recorded() { return bytes_in(RECORDED_PASSPORT); }

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

TEST_CASE("what was made not to be valid is refused for its own reason by both verifiers") {
    const std::map<std::string, std::string> reasons{
        {"another-key.bin", "event 0: entry key commitment"},
        {"another-signature.bin", "statement: more than one signature"},
        {"answer-to-nothing.bin", "event 3: before there was a request"},
        {"answered-event-left-out.bin", "based on events that are not in the passport"},
        {"bad-extension.bin", "log 0: proof does not lead to the root"},
        {"erased-in-part.bin", "some events are erased and others are not"},
        {"events-swapped.bin", "event 4: event has another number"},
        {"far-pointer.bin", "pointers that are not plain"},
        {"kind-unknown.bin", "event 3: "},
        {"loose-base64.bin", "statement: note: signature line"},
        {"no-receipt.bin", "log 1: receipted head: checkpoint: no cosignature"},
        {"not-signed-again.bin", "statement: of other contents"},
        {"one-steward.bin", "directory: signed by 1 of the 2 stewards it needs"},
        {"seen-each-other.bin", "event 0: seen by what it has seen"},
        {"shared-place.bin", "pointers that are not plain"},
        {"statement-first.bin", "the file is not in its one form"},
        {"trailing-word.bin", "the file is not in its one form"},
        {"unused-number.bin", "the file is not in its one form"}};
    const std::vector stewards{test::steward(1), test::steward(2), test::steward(3)};
    const auto folder = std::filesystem::path(RECORDED_PASSPORT).parent_path() / "not-valid";
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        INFO(name);
        const auto file = bytes_in(entry.path());
        const auto report = verify_passport(file, stewards, 2);
        REQUIRE_FALSE(report.has_value());
        CHECK_THAT(report.error().detail, Catch::Contains(reasons.at(name)));
        CHECK_FALSE(verifier::examine(file, {stewards, 2}).has_value());
        ++files;
    }
    CHECK(files == reasons.size());
}
