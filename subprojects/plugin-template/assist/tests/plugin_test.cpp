#include "config.capnp.h"
#include "words.hpp"

#include <sanad/fake_host.hpp>

#include <catch2/catch.hpp>

namespace {

using namespace sanad::plugin;

TEST_CASE("each word counts once, in any script, and an empty one never") {
    const std::vector<std::string> words{"maison", "مدرسة", ""};
    CHECK(name_of_plugin::found_in("la maison, la maison", words) == 1);
    CHECK(name_of_plugin::found_in("أمام المدرسة", words) == 1);
    CHECK(name_of_plugin::found_in("", words) == 0);
}

TEST_CASE("without words it says that it is of no help yet") {
    FakeHost node{sanad_plugin_entry_v1};
    REQUIRE(node.configure<name_of_plugin::Config>([](auto) {}) == SANAD_OK);
    REQUIRE(node.start() == SANAD_OK);
    CHECK(node.health().reason == "no_words");
    REQUIRE(node.configure<name_of_plugin::Config>(
                [](auto config) { config.initWords(1).set(0, "school"); }) == SANAD_OK);
    CHECK(node.health().state == schema::HealthReply::State::OK);
    CHECK_FALSE(node.logged("school"));
}

}  // namespace
