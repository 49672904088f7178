#include "tests/unit/plugins/keeper/keeper_config.capnp.h"

#include <sanad/loop.hpp>
#include <sanad/plugin.hpp>
#include <sanad/values.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <optional>
#include <string>

// A channel for tests, without a thread of its own: it keeps how often it was started, waits a
// moment, wakes itself through a descriptor, and then says what came of all that.
namespace {

using namespace sanad::plugin;
using namespace std::chrono_literals;

class Keeper final : public Channel<sanad::keeper::Config> {
public:
    void configure(sanad::keeper::Config::Reader) override {}

    void start() override {
        values_.emplace(host());
        loop_.emplace(host());
        const auto before = values_->get("starts");
        starts_ = before.status == SANAD_OK ? std::stoi(before.value) + 1 : 1;
        said_ = "put " + std::to_string(values_->put("starts", std::to_string(starts_))) +
                ", too much " + std::to_string(values_->put("much", std::string(80, 'x'))) +
                ", none " + std::to_string(values_->remove("nothing"));
        event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        loop_->when_ready(event_, SANAD_READABLE, [this](std::uint32_t what) { woken(what); });
        never_ = loop_->after(20ms, [this] { said_ += ", cancelled and told"; });
        loop_->after(20ms, [this] {
            count(host(), "timers");
            gauge(host(), "starts", static_cast<std::uint64_t>(starts_));
            const std::uint64_t one = 1;
            (void)!::write(event_, &one, sizeof one);
        });
        loop_->cancel(never_);
    }

    void on_event(std::uint32_t event, std::uint64_t token, std::uint64_t arg) override {
        loop_->on_event(event, token, arg);
    }

    void stop() override { ::close(event_); }

    Outcome deliver(schema::Deliver::Reader) override { return Outcome::accepted("kept"); }

private:
    void woken(std::uint32_t what) {
        count(host(), "woken");
        said_ += ", ready " + std::to_string(what) + ", start " + std::to_string(starts_);
        (void)host().submit("conversation of a keeper", "key-of-keeper", said_, "en");
    }

    std::optional<Loop> loop_;
    std::optional<Values> values_;
    int starts_ = 0;
    int event_ = -1;
    std::uint64_t never_ = 0;
    std::string said_;
};

}  // namespace

SANAD_PLUGIN(Keeper)
