#pragma once

#include "core/base/message.h"
#include "core/plugins/configuration.h"
#include "core/plugins/isolated_instance.h"
#include "tests/unit/plugins/recording_log.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <catch2/catch.hpp>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>

namespace sanad::plugins {

/// A node that takes every submission, and can make all of them wait for each other.
class TakingNode final : public HostServices {
public:
    sanad_status call(std::string_view, std::uint32_t, ByteView request, Reply& reply) override {
        const auto sound =
            read_message<plugin::schema::Submit>(request, [](auto) { return Result<bool>(true); });
        if (!sound) return SANAD_E_INVALID;
        {
            std::unique_lock lock(mutex_);
            ++here_;
            changed_.notify_all();
            changed_.wait_for(lock, Duration(20'000), [this] { return here_ >= together_; });
        }
        capnp::MallocMessageBuilder built;
        built.initRoot<plugin::schema::SubmitReply>().setSeq(1);
        return reply.send(flatten(built));
    }
    void wait_until_together(int calls) {
        const std::lock_guard lock(mutex_);
        together_ = calls;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int here_ = 0;
    int together_ = 0;
};

/// How many children this process has.
inline std::size_t children() {
    std::size_t count = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream file(task.path() / "children");
        count +=
            static_cast<std::size_t>(std::distance(std::istream_iterator<std::string>(file), {}));
    }
    return count;
}

/// tests/unit/plugins/hostile, isolated and running: it does what it is told.
struct Hostile {
    TakingNode node;
    RecordingLog log;
    SystemClock clock;
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Ending> ending;
    std::unique_ptr<Instance> instance;

    explicit Hostile(Isolation isolation = {PLUGIN_HOST}) {
        isolation.on_end = [this](const Ending& how) {
            const std::lock_guard lock(mutex);
            ending = how;
            changed.notify_all();
        };
        instance = *run_isolated(HOSTILE_PLUGIN, "hostile-1", node, log, clock, isolation);
        const auto file = read_plugin(std::filesystem::path(HOSTILE_PLUGIN));
        const auto config = (*Configuration::load(file->config_schema))->from_json("{}");
        REQUIRE(instance->configure(*config).has_value());
        REQUIRE(instance->start().has_value());
    }

    /// What it says it has done.
    Result<std::string> tell(const std::string& act, Duration limit = Duration(20'000)) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<plugin::schema::Deliver>();
        request.setConversation(to_data(bytes_of(std::string(16, 'c'))));
        request.initMessage().setText(to_text(act));
        const auto answer = instance->call(SANAD_M_DELIVER, flatten(built), limit);
        if (!answer) return std::unexpected(answer.error());
        return read_message<plugin::schema::Outcome>(*answer, [](auto outcome) {
            return Result<std::string>(from_text(outcome.getReference()));
        });
    }
    /// What became of its process; waits for it.
    Ending end() {
        std::unique_lock lock(mutex);
        REQUIRE(changed.wait_for(lock, Duration(20'000), [this] { return ending.has_value(); }));
        return *ending;
    }
};

}  // namespace sanad::plugins
