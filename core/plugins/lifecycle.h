#pragma once

#include "core/plugins/instance.h"
#include "core/plugins/plugin_log.h"
#include "core/plugins/step.h"

#include <atomic>
#include <string>
#include <string_view>

namespace sanad::plugins {

/// The order of an instance's steps, and what is logged of them: the same wherever it runs.
class Lifecycle : public Instance {
public:
    const std::string& name() const final { return name_; }
    Result<void> configure(ByteView config) final;
    Result<void> start() final;
    Result<void> drain() final;
    Result<void> stop() final;
    Result<void> resume() final;

protected:
    Lifecycle(std::string instance, Log& log, const Clock& clock, const InstanceLimits& limits)
        : name_(std::move(instance)), log_(log), clock_(clock), limits_(limits) {}

    /// Has the plugin do a step, and returns what it answers.
    ///
    /// config       of Step::configure
    /// deadline_ns  of Step::drain, on the node's clock
    /// errors       expired, busy, closed: there is no answer
    virtual Result<sanad_status> perform(Step step, ByteView config, std::uint64_t deadline_ns,
                                         Duration limit) = 0;
    /// Takes no calls until it has come back, or for ever.
    virtual bool stuck() const = 0;
    /// It is stuck from now on, with `what` it was asked.
    virtual void hung(const std::string& what) = 0;
    /// What the plugin says.
    virtual PluginLog& lines() = 0;

    Result<void> step(Step step, Duration limit, ByteView config = {},
                      std::uint64_t deadline_ns = 0);
    bool started() const;
    std::unexpected<Error> out_of_order(std::string_view what) const;
    std::unexpected<Error> late(std::string_view what, const Error& error);
    InstanceState reached() const { return state_; }
    static std::uint64_t nanoseconds(Duration time);

    const std::string name_;
    Log& log_;            // outlives us
    const Clock& clock_;  // outlives us
    const InstanceLimits limits_;

private:
    void enter(InstanceState state);

    std::atomic<InstanceState> state_ = InstanceState::loaded;
};

}  // namespace sanad::plugins
