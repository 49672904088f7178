#include "tests/unit/plugins/echo/echo_config.capnp.h"

#include <sanad/plugin.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>

// A channel for tests: it answers what is delivered with a message of its own, and misbehaves when
// the delivered text asks for it.
namespace {

using namespace sanad::plugin;
using sanad::echo::Config;

class Echo final : public Channel<Config> {
public:
    void configure(Config::Reader config) override {
        greeting_ = config.getGreeting();
        fail_at_ = config.getFailAt();
        fail_at("configure");
    }

    void start() override {
        fail_at("start");
        worker_ = std::thread([this] { worked_ = true; });
    }

    bool drain(std::uint64_t) override {
        fail_at("drain");
        return ++drains_ >= 2;
    }

    void stop() override {
        if (worker_.joinable()) worker_.join();
        fail_at("stop");
    }

    Health health() override {
        return {worked_ ? schema::HealthReply::State::OK : schema::HealthReply::State::DEGRADED,
                "echo", 3};
    }

    void on_event(std::uint32_t, std::uint64_t token, std::uint64_t) override {
        host().log(SANAD_LOG_INFO, "echo.event", {{"token", std::to_string(token)}});
    }

    Outcome deliver(schema::Deliver::Reader message) override {
        const std::string_view text = view_of(message.getMessage().getText());
        if (text == "throw") throw std::runtime_error("the words of a child");
        if (text == "throw an int") throw 7;
        if (text == "refuse") throw Error(SANAD_E_BUSY, "echo.busy");
        if (text == "crash") std::abort();
        if (text == "reject") return Outcome::rejected("echo_rejects");
        if (text == "retry") return Outcome::retry(std::chrono::seconds(30), "echo_later");
        if (text == "hang")  // for ever: the clock stands when the node has given us up
            while (host().now_ns() != 0) std::this_thread::yield();
        const auto answer = host().submit(view_of(message.getConversation()), "key-of-echo",
                                          greeting_ + " " + std::string(text), "en");
        if (!answer) return Outcome::retry(std::chrono::seconds(1), "submit_failed");
        host().post(answer->getSeq());
        return Outcome::accepted("seq-" + std::to_string(answer->getSeq()));
    }

private:
    void fail_at(std::string_view step) const {
        if (fail_at_ == step) throw Error(SANAD_E_INVALID, "echo.asked_to_fail");
    }

    std::string greeting_;
    std::string fail_at_;
    std::thread worker_;
    std::atomic<bool> worked_ = false;
    int drains_ = 0;
};

}  // namespace

SANAD_PLUGIN(Echo)
