#include "tests/support/program.h"

#include <catch2/catch.hpp>

namespace sanad::plugin_check {
namespace {

const std::string sound = BAD_FOLDER "/bad-breaks_nothing.so";

test::Ended check(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"plugin", "check"});
    return test::run_program(SANAD_CLI, arguments);
}

TEST_CASE("sanad plugin check ends with 0 for a sound plugin, and says what it did") {
    const auto ended = check({sound, "--mode", "inprocess", "--seed", "41"});
    CHECK(ended.code == 0);
    CHECK(ended.err.empty());
    CHECK(ended.out.find("channel plugin: bad-channel 0.0.1\nseed 41\n") != std::string::npos);
    CHECK(ended.out.find(" 0 failed") != std::string::npos);
}

TEST_CASE("sanad plugin check ends with 1 when a check fails, and one check can be asked for") {
    const auto ended = check({BAD_FOLDER "/bad-lazy.so", "--only", "static.binding"});
    CHECK(ended.code == 1);
    CHECK(ended.out.find("FAILED  static.binding") != std::string::npos);
    CHECK(check({BAD_FOLDER "/bad-lazy.so", "--only", "static.titles"}).code == 0);
}

TEST_CASE("sanad plugin check --json is for programs") {
    const auto ended = check({sound, "--only", "static", "--json"});
    CHECK(ended.code == 0);
    CHECK(ended.out.starts_with("{\"file\": "));
    CHECK(ended.out.find("{\"id\": \"static.exports\", \"suite\": \"static\", \"mode\": \"\", "
                         "\"outcome\": \"passed\"") != std::string::npos);
    CHECK(ended.out.ends_with("\n]}\n"));
}

TEST_CASE("what cannot be checked is a wrong use, and says what is wrong") {
    const auto absent = check({BAD_FOLDER "/absent.so"});
    CHECK(absent.code == 2);
    CHECK(absent.err.find("no such file") != std::string::npos);
    CHECK(check({sound, "--mode", "elsewhere"}).code == 2);
    CHECK(check({sound, "--only", "nothing"}).code == 2);
    CHECK(check({sound, "--seed", "many"}).code == 2);
    CHECK(check({sound, "--settings", "/absent.json"}).code == 2);
}

}  // namespace
}  // namespace sanad::plugin_check
