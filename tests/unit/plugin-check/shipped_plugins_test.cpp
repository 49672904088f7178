#include "nodes/plugin-check/run.h"

#include "tests/support/folder.h"
#include "tests/support/postgres_cluster.h"

#include <catch2/catch.hpp>

#include <set>

// Every plugin of this repository is gold, or what keeps it from that stands here.
namespace sanad::plugin_check {
namespace {

using Ids = std::set<std::string>;

Choice choice_of(const std::string& plugin) {
    const std::string name = plugin.substr(plugin.rfind('/') + 1);
    const std::string settings = SOURCE_FOLDER "/plugins/" + plugin + "/check";
    Choice choice;
    choice.file = BUILD_FOLDER "/plugins/" + plugin + "/" + name + ".so";
    choice.plugin_host = PLUGIN_HOST;
    choice.settings.given = true;
    choice.settings.first = test::content_of(settings + ".json");
    choice.settings.again = test::content_of(settings + "-again.json");
    choice.settings.restored = test::content_of(settings + "-restored.json");
    return choice;
}

Ids with(const Report& report, Outcome outcome) {
    Ids ids;
    for (const Finding& finding : report.findings)
        if (finding.verdict.outcome == outcome) ids.insert(finding.id);
    return ids;
}

TEST_CASE("lmdb is gold") {
    const auto report = run_checks(choice_of("storage/lmdb"));
    REQUIRE(report.has_value());
    INFO(as_text(*report));
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(tier_of(*report) == Tier::gold);
}

TEST_CASE("postgres is gold") {
    test::PostgresCluster cluster;
    Choice choice = choice_of("storage/postgres");
    for (std::string* settings :
         {&choice.settings.first, &choice.settings.again, &choice.settings.restored}) {
        const std::string place = "@connection@";
        const std::size_t at = settings->find(place);
        REQUIRE(at != settings->npos);
        settings->replace(at, place.size(), cluster.connection());
    }
    const auto report = run_checks(choice);
    REQUIRE(report.has_value());
    INFO(as_text(*report));
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(tier_of(*report) == Tier::gold);
}

// What comes in from a network only shows at its other end: tests/unit/webchat and
// tests/integration hold a failed submission against the same key.
TEST_CASE("webchat is silver: what a browser submits, no check of a file can see") {
    const auto report = run_checks(choice_of("channels/webchat"));
    REQUIRE(report.has_value());
    INFO(as_text(*report));
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(with(*report, Outcome::skipped) == Ids{"channel.submit"});
    CHECK(tier_of(*report) == Tier::silver);
}

// No mail server is at its other ends: tests/integration/email has real ones.
TEST_CASE("email is silver: what a mail server brings, no check of a file can see") {
    const auto report = run_checks(choice_of("channels/email"));
    REQUIRE(report.has_value());
    INFO(as_text(*report));
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(with(*report, Outcome::skipped) == Ids{"channel.submit"});
    CHECK(tier_of(*report) == Tier::silver);
}

TEST_CASE("console is gold: it does nothing without somebody's role") {
    const auto report = run_checks(choice_of("desks/console"));
    REQUIRE(report.has_value());
    INFO(as_text(*report));
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(with(*report, Outcome::skipped).empty());
    CHECK(tier_of(*report) == Tier::gold);
}

// Nobody is at its endpoint here: tests/unit/webhook has a receiver.
TEST_CASE("webhook is silver: it waits for the organisation's server before it is done") {
    const auto report = run_checks(choice_of("partners/webhook"));
    REQUIRE(report.has_value());
    INFO(as_text(*report));
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(with(*report, Outcome::skipped) == Ids{"partner.again"});
    CHECK(tier_of(*report) == Tier::silver);
}

TEST_CASE("without the settings it needs, a plugin is not judged, and the report says so") {
    Choice choice = choice_of("channels/webchat");
    choice.settings = {};
    const auto report = run_checks(choice);
    REQUIRE(report.has_value());
    CHECK(with(*report, Outcome::failed).empty());
    CHECK(with(*report, Outcome::skipped).contains("load.runs"));
    CHECK(tier_of(*report) == Tier::none);
    CHECK(as_text(*report).find("--settings FILE") != std::string::npos);
}

}  // namespace
}  // namespace sanad::plugin_check
