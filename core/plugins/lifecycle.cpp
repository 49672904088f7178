#include "core/plugins/lifecycle.h"

#include "core/plugins/status.h"

#include <thread>

namespace sanad::plugins {

namespace {

constexpr Duration drain_pause{5};

}  // namespace

Result<void> Lifecycle::configure(ByteView config) {
    if (state_ == InstanceState::draining || state_ == InstanceState::stopped)
        return out_of_order("configure");
    const auto done = step(Step::configure, limits_.configure, config);
    if (done && state_ == InstanceState::loaded) enter(InstanceState::configured);
    return done;
}

Result<void> Lifecycle::start() {
    if (state_ != InstanceState::configured) return out_of_order("start");
    const auto done = step(Step::start, limits_.start);
    if (done) enter(InstanceState::running);
    return done;
}

Result<void> Lifecycle::drain() {
    if (!started()) return out_of_order("drain");
    enter(InstanceState::draining);
    const Duration until = clock_.elapsed() + limits_.drain;
    for (;;) {
        const auto done = step(Step::drain, limits_.drain, {}, nanoseconds(until));
        if (done || done.error().fault != Fault::busy || stuck()) return done;
        if (clock_.elapsed() >= until) return fail(Fault::expired, name_ + " drain: not in time");
        std::this_thread::sleep_for(drain_pause);
    }
}

Result<void> Lifecycle::stop() {
    if (!started()) return out_of_order("stop");
    enter(InstanceState::stopped);  // before: no call gets in behind it
    return step(Step::stop, limits_.stop);
}

Result<void> Lifecycle::resume() { return out_of_order("resume"); }

Result<void> Lifecycle::step(Step step, Duration limit, ByteView config,
                             std::uint64_t deadline_ns) {
    lines().forget_code();
    const auto status = perform(step, config, deadline_ns, limit);
    if (!status) return late(plugins::name(step), status.error());
    if (*status == SANAD_OK) return {};
    const std::string code = lines().last_code();
    if (*status != SANAD_E_BUSY || step != Step::drain)
        log_.error("plugin.step_failed", {{"plugin", name_},
                                          {"step", plugins::name(step)},
                                          {"status", name_of(*status)},
                                          {"code", code}});
    auto error = fail_with(*status, name_ + " " + plugins::name(step));
    if (!code.empty()) error.error().detail += " (" + code + ")";
    return error;
}

bool Lifecycle::started() const {
    return state_ == InstanceState::running || state_ == InstanceState::draining;
}

std::unexpected<Error> Lifecycle::out_of_order(std::string_view what) const {
    return fail(Fault::denied,
                name_ + " " + std::string(what) + ": not while " + plugins::name(state_.load()));
}

std::unexpected<Error> Lifecycle::late(std::string_view what, const Error& error) {
    if (error.fault == Fault::expired && stuck()) {
        log_.error("plugin.hung", {{"plugin", name_}, {"step", std::string(what)}});
        hung(std::string(what));
    }
    return fail(error.fault, name_ + " " + std::string(what) + ": " + error.detail);
}

std::uint64_t Lifecycle::nanoseconds(Duration time) {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

void Lifecycle::enter(InstanceState state) {
    state_ = state;
    log_.info("plugin.state", {{"plugin", name_}, {"state", plugins::name(state)}});
}

}  // namespace sanad::plugins
