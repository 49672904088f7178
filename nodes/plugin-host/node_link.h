#pragma once

#include "core/plugins/event_loop.h"
#include "core/plugins/frame.h"
#include "core/plugins/measures.h"
#include "core/plugins/value_frame.h"

#include <sanad/extensions.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>

namespace sanad::plugin_host {

inline constexpr std::size_t events_waiting_max = 1024;
inline constexpr int log_lines_per_minute_max = 1'000;  // far below what the node takes for a flood

/// What the plugin's strand has to do next.
struct Work {
    plugins::FrameHeader header{};  // a step or a call of the node
    Bytes payload{};                // 8-byte aligned
    std::uint32_t event = 0;        // else: on_event(event, token, arg), and no frame
    std::uint64_t token = 0, arg = 0;
};

/// The host's end of the conversation with the node: what the plugin asks of the node goes out from
/// any of its threads, what the node asks comes in here and waits for the strand. When the node is
/// gone, so is this process.
class NodeLink {
public:
    explicit NodeLink(plugins::FrameSocket& socket);
    NodeLink(const NodeLink&) = delete;
    NodeLink& operator=(const NodeLink&) = delete;

    /// The node's functions, for the plugin.
    const sanad_host& table() const { return table_; }

    /// Reads what the node sends; comes back never. On a thread of its own.
    [[noreturn]] void read();
    /// Waits for what the strand has to do. threads  strand
    Work next();
    /// Answers a step or a call. threads  strand
    void answer(std::uint64_t seq, sanad_status status, ByteView payload);
    // What the plugin's tables call. threads  any
    sanad_status keep(plugins::ValueCall call, const sanad_sink* value) noexcept;
    void measure(const char* name, plugins::Measures::Kind kind, std::uint64_t value) noexcept;
    /// No timer and no descriptor is told from now on. threads  strand
    void end_loop() { loop_.end(); }

private:
    // A call of the node under way, on the stack of the thread that waits for it.
    struct Waiting {
        std::condition_variable answered;
        bool done = false;
        sanad_status status = SANAD_E_CLOSED;
        Bytes payload;
        Descriptor descriptor;
    };

    static NodeLink& of(void* ctx) { return *static_cast<NodeLink*>(ctx); }
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

    void send_measures();

    sanad_status ask(const sanad_call& call);
    sanad_status ask_to_open(plugins::Opening what, std::string_view name,
                             std::uint64_t deadline_ns, int* descriptor) noexcept;
    /// Sends a frame and waits for its reply. False: the deadline is over, or the node is gone.
    bool exchange(plugins::FrameHeader header, ByteView payload, std::uint64_t deadline_ns,
                  Waiting& waiting);
    bool wait(std::unique_lock<std::mutex>& lock, Waiting& waiting, std::uint64_t deadline_ns);
    void take(plugins::Frame& frame);
    /// Queues an event for the strand. False: too many wait.
    bool tell(std::uint32_t event, std::uint64_t token, std::uint64_t arg);
    bool may_log();

    plugins::FrameSocket& socket_;  // outlives us
    std::mutex mutex_;              // guards all below down to table_
    std::condition_variable work_comes_;
    std::deque<Work> work_;
    std::size_t events_ = 0;  // of them
    std::map<std::uint64_t, Waiting*> waiting_;
    std::uint64_t next_seq_ = 1;
    std::chrono::steady_clock::time_point log_window_;
    int logged_ = 0;
    sanad_host table_;
    sanad_net_v1 net_;
    sanad_secret_v1 secret_;
    sanad_kv_v1 kv_;
    sanad_metrics_v1 metrics_;
    plugins::Measures measures_;
    std::chrono::steady_clock::time_point measures_sent_;
    plugins::EventLoop loop_;
    sanad_loop_v1 loop_table_;
};

}  // namespace sanad::plugin_host
