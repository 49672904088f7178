// Runs a plugin that hangs in a call, or idles, says so, and waits to be killed: a node's end.
#include "core/base/message.h"
#include "core/plugins/configuration.h"
#include "core/plugins/isolated_instance.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <poll.h>

#include <cstdio>
#include <string_view>

namespace {

class Nobody final : public sanad::plugins::HostServices {
public:
    sanad_status call(std::string_view, std::uint32_t, sanad::ByteView,
                      sanad::plugins::Reply&) override {
        return SANAD_E_DENIED;
    }
};

}  // namespace

int main(int, char** words) {
    using namespace sanad;
    NullLog log;
    SystemClock clock;
    Nobody node;
    const auto instance =
        plugins::run_isolated(HOSTILE_PLUGIN, "held", node, log, clock, {PLUGIN_HOST});
    const auto file = plugins::read_plugin(std::filesystem::path(HOSTILE_PLUGIN));
    if (!instance || !file) return 1;
    const auto config = (*plugins::Configuration::load(file->config_schema))->from_json("{}");
    if (!(*instance)->configure(*config) || !(*instance)->start()) return 1;
    std::printf("ready\n");
    std::fflush(stdout);
    if (std::string_view(words[1]) != "idle") {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<plugin::schema::Deliver>();
        request.setConversation(to_data(bytes_of(std::string(16, 'c'))));
        request.initMessage().setText(words[1]);
        (void)(*instance)->call(SANAD_M_DELIVER, flatten(built), Duration(3'600'000));
    }
    return ::poll(nullptr, 0, -1);
}
