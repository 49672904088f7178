#pragma once

#include "core/base/clock.h"

#include <sanad/extensions.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace sanad::plugin_check {

/// `sanad.loop/1` in a time that moves only when a check says so: what is due is asked for, and
/// nothing comes by itself. threads  any
class VirtualLoop {
public:
    struct Event {  // on_event's arguments
        std::uint32_t event;
        std::uint64_t token, arg;
    };

    explicit VirtualLoop(const Clock& clock) : clock_(clock) {}

    const sanad_loop_v1* table() const { return &table_; }
    /// What is due now; each once.
    std::vector<Event> take_due();
    /// Takes nothing more, and forgets what waits: from the plugin's stop on.
    void end();
    /// For the next instance.
    void begin();

private:
    struct Watch {
        std::uint32_t events;
        std::uint64_t token;
    };

    static VirtualLoop& of(void* ctx) { return *static_cast<VirtualLoop*>(ctx); }
    static sanad_status start_timer(void* ctx, std::uint64_t token,
                                    std::uint64_t after_ns) noexcept;
    static sanad_status stop_timer(void* ctx, std::uint64_t token) noexcept;
    static sanad_status watch(void* ctx, int fd, std::uint32_t events,
                              std::uint64_t token) noexcept;
    static sanad_status unwatch(void* ctx, int fd) noexcept;

    std::uint64_t now_ns() const;

    const Clock& clock_;                             // outlives us
    std::mutex mutex_;                               // guards the rest but table_
    std::map<std::uint64_t, std::uint64_t> timers_;  // token -> due
    std::map<int, Watch> watches_;
    bool ended_ = false;
    sanad_loop_v1 table_{sizeof(sanad_loop_v1), 0, this, start_timer, stop_timer, watch, unwatch};
};

}  // namespace sanad::plugin_check
