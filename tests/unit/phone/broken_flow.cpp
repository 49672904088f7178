#include "tests/unit/phone/broken_flow.h"

#include "tests/unit/phone/shipped_flow.h"

#include <catch2/catch.hpp>

namespace sanad::phone::test {

void check_broken(const std::vector<Broken>& all) {
    const auto shipped = read_file("config/phone/flow.toml");
    for (const auto& broken : all) {
        auto text = shipped;
        std::string overlay = "emergency = [{ number = \"19\" }]\n";
        INFO(broken.from << " -> " << broken.to);
        if (broken.from.empty()) {
            overlay = (broken.to.contains("emergency = ") ? "" : overlay) + broken.to;
        } else {
            const auto at = text.find(broken.from);
            REQUIRE(at != text.npos);
            text.replace(at, broken.from.size(), broken.to);
        }
        const auto flow = read_flow(text, overlay, can_say);
        REQUIRE_FALSE(flow);
        std::vector<std::string> complaints;
        for (const auto& complaint : flow.error()) complaints.push_back(complaint.text());
        CHECK(complaints == broken.complaints);
    }
}

}  // namespace sanad::phone::test
