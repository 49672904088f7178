#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/plugins/broker.h"
#include "core/plugins/event_loop.h"
#include "core/plugins/instance.h"
#include "core/plugins/plugin_log.h"

#include <sanad/extensions.h>

#include <atomic>
#include <functional>
#include <shared_mutex>
#include <string>

namespace sanad::plugins {

/// Whether a plugin of this kind may call `method` of the node: default is no.
bool may_call(Kind kind, std::uint32_t method);

/// Whether it has been granted what `method` needs. broker  null: it may, as every test's plugin
bool is_granted(const Broker* broker, std::uint32_t method);

/// Passes a plugin's call on to the node, after what can be checked without knowing the method.
/// request  any bytes. threads  any
sanad_status answer_call(HostServices& services, std::string_view instance, Kind kind,
                         std::uint32_t method, ByteView request, Reply& reply);

/// The node's C functions for one instance: checks what the plugin hands over, and passes it on.
/// threads  any
class HostTable {
public:
    /// broker  what the plugin may have opened; null: nothing
    HostTable(std::string instance, Kind kind, HostServices& services, Log& log, const Clock& clock,
              Broker* broker);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const sanad_host& table() const { return table_; }
    PluginLog& log() { return plugin_log_; }
    /// Where `post` and the loop's events go; returns false when it takes none now. Set before the
    /// plugin has the table.
    void on_event(EventLoop::Tell tell) { tell_ = std::move(tell); }
    // What the plugin's tables call.
    sanad_status keep(ValueCall call, const sanad_sink* value) noexcept;
    void measure(const char* name, Measures::Kind kind, std::uint64_t value) noexcept;
    /// From when this returns no timer and no descriptor is told any more.
    void end_loop() { loop_.end(); }
    /// From when this returns the node is not touched any more: for a thread that is left behind.
    void close();

private:
    static HostTable& of(void* ctx) { return *static_cast<HostTable*>(ctx); }
    static sanad_status call(void* ctx, const sanad_call* call) noexcept;
    static void write_log(void* ctx, std::int32_t level, const char* utf8,
                          std::size_t size) noexcept;
    static std::uint64_t now_ns(void* ctx) noexcept;
    static void post(void* ctx, std::uint64_t token) noexcept;
    static const void* get_extension(void* ctx, const char* id) noexcept;

    static sanad_status listen(void* ctx, const char* name, int* descriptor) noexcept;
    static sanad_status connect(void* ctx, const char* to, std::uint16_t port,
                                std::uint64_t deadline_ns, int* descriptor) noexcept;
    static sanad_status open(void* ctx, const char* name, int* descriptor) noexcept;
    sanad_status give(Result<Descriptor> opened, int* descriptor);

    const std::string instance_;
    const Kind kind_;
    HostServices& services_;  // outlives us, or we are closed
    const Clock& clock_;
    PluginLog plugin_log_;
    EventLoop::Tell tell_;
    EventLoop loop_;
    std::shared_mutex open_;  // held shared while the node is being called
    bool closed_ = false;
    Broker* const broker_;  // outlives us, or we are closed
    sanad_host table_;
    sanad_net_v1 net_;
    sanad_secret_v1 secret_;
    sanad_kv_v1 kv_;
    sanad_metrics_v1 metrics_;
    sanad_loop_v1 loop_table_;
};

}  // namespace sanad::plugins
