#include "nodes/plugin-check/report.h"

#include <catch2/catch.hpp>

namespace sanad::plugin_check {
namespace {

Report with(std::initializer_list<std::pair<Suite, Outcome>> outcomes) {
    Report report{"a.so", "a", "1.0.0", "channel", 7, {}, true};
    int number = 0;
    for (const auto& [suite, outcome] : outcomes)
        report.findings.push_back({"check." + std::to_string(++number),
                                   suite,
                                   Mode::isolated,
                                   "it is true",
                                   "mend it",
                                   {outcome, "what was found"},
                                   {}});
    return report;
}

TEST_CASE("a tier takes every check of its suites, and a skipped one is not passed") {
    using enum Suite;
    constexpr auto ok = Outcome::passed, no = Outcome::failed, left = Outcome::skipped;
    CHECK(tier_of(with({{file, ok}, {load, ok}, {behaviour, ok}, {kind, ok}, {soak, ok}})) ==
          Tier::gold);
    CHECK(tier_of(with({{file, ok}, {load, ok}, {behaviour, ok}, {kind, ok}, {soak, no}})) ==
          Tier::silver);
    CHECK(tier_of(with({{file, ok}, {load, ok}, {behaviour, ok}, {kind, left}, {soak, ok}})) ==
          Tier::silver);
    CHECK(tier_of(with({{file, ok}, {load, ok}, {behaviour, left}, {kind, ok}, {soak, ok}})) ==
          Tier::bronze);
    CHECK(tier_of(with({{file, ok}, {load, no}, {behaviour, ok}, {kind, ok}, {soak, ok}})) ==
          Tier::none);
    CHECK(tier_of(with({{file, ok}})) == Tier::none);  // not all was asked
    auto part = with({{file, ok}, {load, ok}, {behaviour, ok}, {kind, ok}, {soak, ok}});
    part.whole = false;
    CHECK(tier_of(part) == Tier::none);
    CHECK(as_text(part).find("a part of the checks gives no tier") != std::string::npos);
    CHECK_FALSE(has_failed(with({{file, left}})));
    CHECK(has_failed(with({{file, ok}, {load, no}})));
}

TEST_CASE("the text says what failed, how to mend it, the seed and what keeps it from more") {
    const std::string text =
        as_text(with({{Suite::file, Outcome::passed}, {Suite::load, Outcome::failed}}));
    CHECK(text.find("seed 7") != std::string::npos);
    CHECK(text.find("FAILED  check.2 (isolated): it is true") != std::string::npos);
    CHECK(text.find("what was found") != std::string::npos);
    CHECK(text.find("to mend it: mend it") != std::string::npos);
    CHECK(
        text.find("1 passed, 1 failed, 0 skipped: none (not bronze: check.2 (isolated) failed)") !=
        std::string::npos);
}

TEST_CASE("what a plugin says of itself cannot move the cursor or break out of the JSON") {
    Report report = with({{Suite::file, Outcome::failed}});
    report.plugin = "a\"b\\c";
    report.findings[0].verdict.what = "\x1b[2J \xff \"quoted\"";
    CHECK(as_text(report).find('\x1b') == std::string::npos);
    const std::string json = as_json(report);
    CHECK(json.find('\x1b') == std::string::npos);
    CHECK(json.find(R"("plugin": "a\"b\\c")") != std::string::npos);
    CHECK(json.find(R"(\"quoted\")") != std::string::npos);
    CHECK(json.find(R"("seed": 7, "tier": "none", "failed": true)") != std::string::npos);
}

}  // namespace
}  // namespace sanad::plugin_check
