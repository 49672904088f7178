#include "nodes/plugin-check/child.h"
#include "nodes/plugin-check/run.h"

#include "tests/support/folder.h"

#include <catch2/catch.hpp>

#include <elf.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <set>
#include <stdexcept>

// Each rule is broken by a plugin of its own, and exactly the check that looks for it says so.
namespace sanad::plugin_check {
namespace {

using Ids = std::set<std::string>;

Report checked(const std::filesystem::path& file,
               std::vector<Mode> modes = {Mode::in_process, Mode::isolated}) {
    Choice choice;
    choice.file = file;
    choice.plugin_host = PLUGIN_HOST;
    choice.modes = std::move(modes);
    const auto report = run_checks(choice);
    REQUIRE(report.has_value());
    return *report;
}

Ids failed_in(const Report& report) {
    Ids ids;
    for (const Finding& finding : report.findings)
        if (finding.verdict.outcome == Outcome::failed) ids.insert(finding.id);
    return ids;
}

struct Row {
    const char* plugin;  // of tests/unit/plugin-check/bad
    Ids found_by;
};

const Row in_process_rows[] = {
    {"forks_perhaps", {"static.imports"}},
    {"lazy", {"static.binding"}},
    {"rpath", {"static.search_path"}},
    {"execstack", {"static.memory", "load.loads"}},
    {"exports_more", {"static.exports"}},
    {"unique", {"static.exports", "static.unique", "load.cycles"}},
    {"thread_local", {"static.thread_destructors", "load.cycles"}},
    {"nodelete", {"load.cycles"}},
    {"opens_at_create", {"load.create"}},
    {"is_slow_to_create", {"load.create"}},
    {"is_one_object", {"load.two_instances"}},
    {"leaks", {"load.cycles"}},
    {"needs_a_start", {"load.no_start"}},
    {"thread_stays", {"load.starts"}},
    {"descriptor_stays", {"load.starts"}},
    {"posts_at_its_end", {"load.cycles", "load.two_instances", "load.runs"}},
    {"calls_in_create", {"load.create", "load.cycles", "load.two_instances", "load.runs"}},
    {"says_a_sentence", {"load.runs"}},
    {"says_a_lot", {"load.runs"}},
    {"calls_what_is_not_its_own", {"load.runs"}},
    {"calls_without_a_message", {"load.runs"}},
    {"has_no_health",
     {"behaviour.health", "behaviour.damaged_messages", "behaviour.texts", "soak.hour"}},
    {"knows_every_method", {"behaviour.unknown_method"}},
    {"full_is_done", {"behaviour.full_sink"}},
    {"is_late", {"behaviour.deadline"}},
    {"hangs", {"behaviour.statuses"}},
    {"drains_once", {"behaviour.drain"}},
    {"trusts_messages", {"behaviour.damaged_messages"}},
    {"refuses_newer", {"behaviour.newer_messages"}},
    {"ends_at_arabic", {"behaviour.texts"}},
    {"ends_at_long_texts", {"behaviour.texts"}},
    {"answers_nonsense", {"behaviour.texts"}},
    {"repeats_a_child", {"behaviour.canary"}},
    {"needs_grants", {"behaviour.no_grants"}},
    {"ends_at_a_status", {"behaviour.statuses"}},
    {"refuses_again", {"channel.again"}},
    {"submits_and_forgets", {"channel.submit"}},
    {"submits_anew", {"channel.submit"}},
    {"asks_for_others", {"partner.view"}},
    {"knows_no_withdrawal", {"partner.withdrawal"}},
    {"has_network", {"assist.no_network"}},
    {"grows", {"soak.hour"}},
};

TEST_CASE("each rule that a plugin breaks is found by its own check, and by no other") {
    for (const Row& row : in_process_rows) DYNAMIC_SECTION(row.plugin) {
            const Report report =
                checked(BAD_FOLDER "/bad-" + std::string(row.plugin) + ".so", {Mode::in_process});
            INFO(as_text(report));
            CHECK(failed_in(report) == row.found_by);
        }
}

// What only its own process can show, or shows as well.
const Row isolated_rows[] = {
    {"calls_what_is_not_its_own", {}},  // the host refuses it, and the plugin goes on
    {"hangs", {"behaviour.statuses"}},
    {"trusts_messages", {"behaviour.damaged_messages"}},
    {"ends_at_arabic", {"behaviour.texts"}},
    {"needs_grants", {"behaviour.no_grants"}},
    {"ends_at_a_status", {"behaviour.statuses"}},
    {"grows", {"soak.hour"}},
};

TEST_CASE("what ends a plugin's process is found in isolation, too") {
    for (const Row& row : isolated_rows) DYNAMIC_SECTION(row.plugin) {
            const Report report =
                checked(BAD_FOLDER "/bad-" + std::string(row.plugin) + ".so", {Mode::isolated});
            INFO(as_text(report));
            CHECK(failed_in(report) == row.found_by);
        }
}

TEST_CASE("the same plugin without a flaw fails nothing") {
    const Report report = checked(BAD_FOLDER "/bad-breaks_nothing.so");
    INFO(as_text(report));
    CHECK(failed_in(report).empty());
    CHECK(tier_of(report) == Tier::silver);  // it submits nothing, so one check has nothing to see
}

TEST_CASE("a plugin that waits, keeps and counts with the node's help fails nothing") {
    const Report report = checked(BUILD_FOLDER "/tests/unit/plugins/keeper/keeper.so");
    INFO(as_text(report));
    CHECK(failed_in(report).empty());
}

// tests/unit/plugins/hostile: they misbehave as soon as they are loaded.
const Row at_load_rows[] = {
    {"liar", {"static.entry", "static.contact", "load.loads"}},
    {"spins", {"static.contact", "load.loads"}},
    {"exits", {"static.imports", "static.contact", "load.loads"}},
    {"tries", {"static.imports", "static.contact", "load.loads"}},
    {"forks", {"static.imports", "static.contact", "load.loads"}},
    {"execs", {"static.imports", "static.contact", "load.loads"}},
    {"traces", {"static.imports", "static.contact", "load.loads"}},
    {"kills", {"static.imports", "static.contact", "load.loads"}},
};

TEST_CASE("a plugin that misbehaves when it is loaded is stopped there, and this program goes on") {
    for (const Row& row : at_load_rows) DYNAMIC_SECTION(row.plugin) {
            const Report report = checked(BUILD_FOLDER "/tests/unit/plugins/hostile/at-load-" +
                                          std::string(row.plugin) + ".so");
            INFO(as_text(report));
            CHECK(failed_in(report) == row.found_by);
        }
}

TEST_CASE("where the machine lacks the sandbox nothing is loaded, and the plugin is not to blame") {
    Choice choice;
    choice.file = BAD_FOLDER "/bad-breaks_nothing.so";
    choice.plugin_host = BUILD_FOLDER "/tests/unit/plugins/host-lacks-landlock";
    const auto report = run_checks(choice);
    REQUIRE(report.has_value());
    CHECK(failed_in(*report).empty());
    CHECK(tier_of(*report) == Tier::none);
    CHECK(as_text(*report).find("this machine lacks landlock") != std::string::npos);
}

TEST_CASE("a file that is no library fails as one, and nothing else is asked of it") {
    const test::Folder folder;
    std::string other = test::content_of(BAD_FOLDER "/bad-breaks_nothing.so");
    other[offsetof(Elf64_Ehdr, e_machine)] = static_cast<char>(EM_RISCV);
    const std::string half = other.substr(0, other.size() / 2);
    for (const std::string& content : {std::string("a letter"), std::string(), other, half}) {
        const Report report = checked(folder.file("file.so", content));
        CHECK(failed_in(report) == Ids{"static.library"});
        CHECK(tier_of(report) == Tier::none);
        CHECK(report.plugin.empty());
    }
}

TEST_CASE("one check can be asked for alone, and a wrong name is an error") {
    Choice choice;
    choice.file = BAD_FOLDER "/bad-breaks_nothing.so";
    choice.plugin_host = PLUGIN_HOST;
    choice.only = "static.titles";
    REQUIRE(run_checks(choice).has_value());
    CHECK(run_checks(choice)->findings.size() == 1);
    choice.only = "static.nothing";
    CHECK(run_checks(choice).error().fault == Fault::invalid);
    choice.file = BAD_FOLDER "/absent.so";
    CHECK(run_checks(choice).error().fault == Fault::not_found);
}

TEST_CASE("a check that does not end is ended, and so is what it started") {
    Check check;
    check.id = "test.hangs";
    const Subject subject;
    SECTION("it hangs") {
        check.run = [](const Subject&, Mode) -> Verdict {
            for (;;) ::pause();
        };
        const auto verdict = run_in_child(check, subject, Mode::none, Duration(100));
        CHECK(verdict.outcome == Outcome::failed);
        CHECK(verdict.what.find("not done") != std::string::npos);
    }
    SECTION("it crashes") {
        check.run = [](const Subject&, Mode) -> Verdict { std::abort(); };
        CHECK(run_in_child(check, subject, Mode::none).what == "the process ended by SIGABRT");
    }
    SECTION("it ends without a word") {
        check.run = [](const Subject&, Mode) -> Verdict { ::_exit(0); };
        CHECK(run_in_child(check, subject, Mode::none).outcome == Outcome::failed);
    }
    SECTION("it throws") {
        check.run = [](const Subject&, Mode) -> Verdict { throw std::runtime_error("no"); };
        CHECK(run_in_child(check, subject, Mode::none).outcome == Outcome::failed);
    }
}

}  // namespace
}  // namespace sanad::plugin_check
