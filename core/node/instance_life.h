#pragma once

#include "core/base/counters.h"
#include "core/base/entropy.h"
#include "core/base/log.h"
#include "core/node/configuration.h"
#include "core/node/plugin_pump.h"
#include "core/node/plugin_services.h"
#include "core/node/plugin_slot.h"
#include "core/node/plugin_store.h"
#include "core/plugins/broker.h"
#include "core/plugins/instance.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sanad::node {

/// What lives have in common. All of it outlives them.
struct LifeParts {
    PluginServices& services;
    const Clock& clock;
    Entropy& entropy;
    Log& log;
    std::function<std::unique_ptr<PluginPump>(plugins::Instance&)> pump;
    /// A change of a life's process. threads  any: it must not be kept
    std::function<void(std::uint64_t number, const PluginSettings&, plugins::Broker&,
                       const plugins::Transition&)>
        told;
    /// A plain page at the sockets of a broker, and its end.
    std::function<void(const PluginSettings&, plugins::Broker&)> show_page;
    std::function<void(const std::string& instance)> hide_page;
};

/// A version of a plugin as an instance of core/plugins: its file, its settings, what is opened for
/// it, and the thread that gives it what waits in the outbox.
class InstanceLife final : public PluginLife {
public:
    /// Reads the file and the settings; runs no code of the plugin.
    ///
    /// configuration  as it was read for this life; kept
    /// former         an InstanceLife whose sockets are taken over, or null
    /// errors         those of open_plugin() and of plugins::Configuration · not_found: node.toml
    ///                has no such instance
    static Result<std::unique_ptr<InstanceLife>> make(
        const LifeParts& parts, std::shared_ptr<const Configuration> configuration,
        const std::string& instance, const InstanceLife* former, std::uint64_t number);
    ~InstanceLife() override;

    Result<void> start() override;
    Result<void> check() override;
    void feed() override;
    void hold() override;
    void drain() override;
    void stop() override;
    void stand_in() override { parts_.show_page(settings_, *broker_); }
    void let_go() override { broker_->let_go(); }
    Result<std::unique_ptr<PluginLife>> again(const PluginLife& now, std::uint64_t number) override;
    std::string version() const override { return opened_->manifest().version; }
    void wake() override;
    Result<void> resume() override;
    void describe(api::NodeControl::Plugin& facts) const override;

    const OpenedPlugin& opened() const { return *opened_; }

private:
    InstanceLife(const LifeParts& parts, std::shared_ptr<const Configuration> configuration,
                 const PluginSettings& settings, std::shared_ptr<const OpenedPlugin> opened,
                 std::uint64_t number)
        : parts_(parts),
          configuration_(std::move(configuration)),
          settings_(settings),
          opened_(std::move(opened)),
          number_(number) {}

    Result<void> prepare(const InstanceLife* former);
    Result<std::unique_ptr<plugins::Instance>> in_process();
    Result<std::unique_ptr<plugins::Instance>> isolated();
    void warn(const char* event, const Result<void>& result);

    const LifeParts& parts_;
    const std::shared_ptr<const Configuration> configuration_;  // owners: this life and again()
    const PluginSettings& settings_;                            // of it
    const std::shared_ptr<const OpenedPlugin> opened_;          // likewise
    const std::uint64_t number_;
    Bytes config_;
    std::vector<std::string> withheld_;
    std::unique_ptr<plugins::Broker> broker_;
    mutable std::mutex mutex_;                     // guards pump_ and instance_, which others see
    std::unique_ptr<plugins::Instance> instance_;  // made once, in start()
    std::unique_ptr<PluginPump> pump_;
};

}  // namespace sanad::node
