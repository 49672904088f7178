#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/plugins/broker.h"
#include "core/plugins/instance.h"
#include "core/plugins/plugin_log.h"
#include "nodes/plugin-check/kept_values.h"
#include "nodes/plugin-check/virtual_loop.h"

#include <sanad/extensions.h>
#include <sanad/fake_node.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sanad::plugin_check {

/// Stands in everything that a check gives to a plugin for what a child wrote; it must not come out
/// in a log line or in a code.
inline constexpr std::string_view canary = "Nightingale-under-the-stairs";

/// Time that moves only when a check says so.
class CheckClock final : public Clock {
public:
    Time now() const override;
    Duration elapsed() const override;
    void advance(Duration by) { elapsed_ += by.count(); }

private:
    std::atomic<Duration::rep> elapsed_ = 1'000'000;
};

enum class Grants : std::uint8_t { asked, none };

/// The node that a plugin under check talks to: it answers by the node's rules, or as a check
/// says, and notes whatever the plugin must not do.
/// threads  any, after the constructor
class CheckingNode final : public plugin::FakeNode, public plugins::HostServices {
public:
    /// fields  of the plugin's configuration
    CheckingNode(const plugins::Manifest& manifest, Grants grants,
                 plugins::ConfigurationFields fields);
    ~CheckingNode() override = default;

    /// The C functions for a plugin in this process. What it may have opened is opened here
    /// already: nothing can be once the sandbox is closed.
    const sanad_host& host();
    /// A call of an isolated plugin.
    sanad_status call(std::string_view instance, std::uint32_t method, ByteView request,
                      plugins::Reply& reply) override;

    sanad_status keep(std::string_view instance, const plugins::ValueCall& value,
                      plugins::Reply& reply) override;
    void measured(std::string_view instance, const plugins::Measures::Values& numbers) override;

    // What the tables of a plugin in this process call.
    sanad_status keep(plugins::ValueCall call, const sanad_sink* value) noexcept;
    void measure(const char* name, plugins::Measures::Kind kind, std::uint64_t value) noexcept;

    plugins::Broker& broker() { return broker_; }
    CheckClock& clock() { return clock_; }
    Log& watched_log() { return log_; }

    /// Answers every call with this from now on; empty: by the rules again.
    void answer_all(std::optional<sanad_status> status);
    /// Whether the plugin may call: from configure until stop has returned.
    void expect_calls(bool expected) { calls_expected_ = expected; }
    /// Of a plugin in this process: what it waits for.
    VirtualLoop& loop() { return loop_; }
    /// What a plugin hands on from a damaged message is not its fault.
    void forgive_content() { strict_ = false; }
    /// From now on it is a fault to ask after a matter that was not given to the plugin.
    void know_only_given_matters() { matters_known_ = true; }
    std::uint64_t calls_made() const { return calls_made_; }
    std::vector<std::uint64_t> take_tokens() { return take_posted(); }

    /// The first thing the plugin did that it must not; empty: nothing.
    std::string objection() const;
    void object(const std::string& what);

private:
    // Every line of the plugin arrives here, by the rules of PluginLog.
    class WatchedLog final : public Log {
    public:
        explicit WatchedLog(CheckingNode& node) : node_(node) {}

    protected:
        void write(Level level, std::string_view event, Fields fields) override;

    private:
        CheckingNode& node_;
    };

    static CheckingNode& of(void* ctx) { return *static_cast<CheckingNode*>(ctx); }
    static sanad_status take_call(void* ctx, const sanad_call* call) noexcept;
    static void take_line(void* ctx, std::int32_t level, const char* utf8,
                          std::size_t size) noexcept;
    static std::uint64_t now_ns(void* ctx) noexcept;
    static void take_post(void* ctx, std::uint64_t token) noexcept;
    static const void* extension(void* ctx, const char* id) noexcept;
    static sanad_status listen(void* ctx, const char* name, int* descriptor) noexcept;
    static sanad_status connect(void* ctx, const char* to, std::uint16_t port,
                                std::uint64_t deadline_ns, int* descriptor) noexcept;
    static sanad_status open(void* ctx, const char* name, int* descriptor) noexcept;

    sanad_status answer(const sanad_call& call);
    void open_all();
    bool has(std::string_view kind, const char* name) const;
    bool connects() const;

    const plugins::Kind kind_;
    const std::vector<std::string> grants_;
    plugins::Broker broker_;
    CheckClock clock_;
    WatchedLog log_;
    plugins::PluginLog lines_;
    VirtualLoop loop_{clock_};
    KeptValues values_;
    std::map<std::string, Descriptor, std::less<>> listening_, files_;
    std::atomic<bool> calls_expected_ = false, strict_ = true, matters_known_ = false;
    std::atomic<std::uint64_t> calls_made_ = 0;
    mutable std::mutex mutex_;  // guards the rest
    std::optional<sanad_status> answer_all_;
    std::string objection_;
    sanad_host host_{};
    sanad_net_v1 net_{};
    sanad_secret_v1 secret_{};
    sanad_kv_v1 kv_{};
    sanad_metrics_v1 metrics_{};
};

}  // namespace sanad::plugin_check
