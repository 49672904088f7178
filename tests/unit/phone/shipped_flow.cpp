#include "tests/unit/phone/shipped_flow.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <utility>

namespace sanad::phone::test {

std::string read_file(const std::string& name) {
    std::ifstream file(name);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool can_say(std::string_view language, std::string_view) {
    return language == "ar" || language == "fr" || language == "en";
}

Flow flow_with(std::string_view overlay) {
    auto flow = read_flow(read_file("config/phone/flow.toml"), overlay, can_say);
    if (!flow)
        for (const auto& complaint : flow.error()) UNSCOPED_INFO(complaint.text());
    REQUIRE(flow);
    return *std::move(flow);
}

Flow flow_of_country(const std::string& country) {
    return flow_with(read_file("nodes/countries/" + country + "/phone.toml"));
}

}  // namespace sanad::phone::test
