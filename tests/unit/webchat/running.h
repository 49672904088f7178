#pragma once

#include "plugins/channels/webchat/webchat_config.capnp.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <sanad/fake_host.hpp>
#include <string>

namespace sanad::webchat::test {

/// The plugin, running, before a node in memory.
struct Running {
    Running() : Running(0) {}
    explicit Running(std::uint32_t per_hour) : host(sanad_plugin_entry_v1) {
        REQUIRE(host.configure<Config>([&](Config::Builder config) { fill(config, per_hour); }) ==
                SANAD_OK);
        REQUIRE(host.start() == SANAD_OK);
        for (const auto& line : host.log())
            if (const auto at = line.find("port="); at != line.npos)
                port = static_cast<std::uint16_t>(std::stoi(line.substr(at + 5)));
        REQUIRE(port != 0);
    }

    static void fill(Config::Builder config, std::uint32_t per_hour = 0) {
        config.setConversationsPerHour(per_hour);
        for (auto words : {config.initHelpline(), config.initOpening()}) {
            words.setAr("خط");
            words.setFr("Ligne");
            words.setEn("Line");
        }
    }

    plugin::FakeHost host;
    std::uint16_t port = 0;
};

}  // namespace sanad::webchat::test
