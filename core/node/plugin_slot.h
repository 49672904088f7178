#pragma once

#include "core/api/service.h"
#include "core/base/clock.h"
#include "core/base/result.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sanad::node {

inline constexpr std::size_t plugin_changes_waiting_max = 4096;  // of one plugin
/// A new version that falls within this time makes room for the one before.
inline constexpr Duration plugin_probation{10'000};

/// One version of a plugin from its file to its end, as a slot has it run. Steps: one thread, the
/// slot's; the rest: any.
class PluginLife {
public:
    virtual ~PluginLife() = default;

    /// errors  why it cannot: then it only goes. That its process fell is none: it is tried again
    virtual Result<void> start() = 0;
    /// errors  it does not run, or says itself that it cannot work
    virtual Result<void> check() = 0;
    /// From now on it gets what waits in the outbox.
    virtual void feed() = 0;
    /// No more of that. Returns when what was under way is recorded.
    virtual void hold() = 0;
    /// Takes nothing in any more, and ends what it is doing; then tells what became of it.
    virtual void drain() = 0;
    virtual void stop() = 0;
    /// A plain page stands where it was, as long as nothing of its kind runs.
    virtual void stand_in() = 0;
    /// Closes the sockets that it listened at: what runs now has its own of them.
    virtual void let_go() = 0;
    /// The same version with the same settings, once more, at the sockets of `now`.
    virtual Result<std::unique_ptr<PluginLife>> again(const PluginLife& now,
                                                      std::uint64_t number) = 0;

    virtual std::string version() const = 0;
    virtual void wake() = 0;
    virtual Result<void> resume() = 0;
    virtual void describe(api::NodeControl::Plugin& facts) const = 0;
};

/// The place of one [[plugin]] of node.toml: what runs there, and the changes to it, one after the
/// other in the order in which they were asked for.
///
/// A change of version is made before the former is broken: the next one starts beside it, both
/// take in what comes, the former ends what it is doing, then the next gets the outbox, then the
/// former stops. One that does not start leaves the former as it is. Only what goes out waits
/// meanwhile; what comes in never does. One that falls within plugin_probation of its start is
/// replaced by the former, which starts again.
///
/// threads  any, but start() and stop(): one, first and last
class PluginSlot {
public:
    using Change = api::NodeControl::PluginChange;
    using Done = std::function<void(const Result<std::string>&)>;
    using Note = api::NodeControl::PluginTransition;

    /// What a slot needs of the node. All are called on the slot's thread, and in start().
    struct Acts {
        /// A version that does not run yet, of the files and settings as they are now. `former`:
        /// whose sockets it takes over; may be null. `number` goes into fell().
        std::function<Result<std::unique_ptr<PluginLife>>(PluginLife* former, std::uint64_t number)>
            make;
        /// The version before is to be made from now on; or back again.
        std::function<Result<void>()> roll_back;
        /// Another version did not come up, or did not last: the one that runs is to be made from
        /// now on.
        std::function<void(const PluginLife& runs)> keep;
        /// Whether it runs is remembered over restarts.
        std::function<Result<void>(bool enabled)> remember;
        std::function<Time()> now;
        std::function<Duration()> elapsed;
        /// Something that people may want to know happened, with an event's name.
        std::function<void(const std::string& event, const std::string& how)> tell;
    };

    PluginSlot(std::string instance, Acts acts)
        : instance_(std::move(instance)), acts_(std::move(acts)) {}
    ~PluginSlot() { stop(); }
    PluginSlot(const PluginSlot&) = delete;
    PluginSlot& operator=(const PluginSlot&) = delete;

    const std::string& instance() const { return instance_; }

    /// enabled  or a page stands in for it. errors  those of Acts::make and PluginLife::start
    Result<void> start(bool enabled);
    /// What waits is refused; then the plugin ends what it is doing, and stops.
    void stop();

    /// Queues a change; `done` is called on the slot's thread, or at once when it is refused.
    /// done  the state then, such as "running 1.2.0"; or why it is as it was
    void ask(Change change, Done done);

    /// A process of life `number` has ended by itself.
    void fell(std::uint64_t number, const std::string& why);
    /// Into the list of the last changes, when that life is the one that runs or starts.
    void note(std::uint64_t number, Note note);

    void wake();
    Result<void> resume();
    api::NodeControl::Plugin facts() const;

private:
    struct Asked {
        std::optional<Change> change;  // none: `fallen` fell
        std::uint64_t fallen = 0;
        std::string why;
        Done done;
    };

    void run(const std::stop_token& stop);
    Result<std::string> carry_out(const Asked& asked);
    Result<void> enable();
    Result<void> disable();
    Result<void> bring_up();
    Result<void> replace();
    Result<void> roll_back();
    Result<void> swap(std::unique_ptr<PluginLife> next);
    Result<void> fall_back(const Asked& asked);
    void enter(std::shared_ptr<PluginLife> life, std::uint64_t number);
    void jot(std::string state, std::string reason, std::string how);
    void add(Note note);  // the mutex is held
    std::string state_text() const;
    std::shared_ptr<PluginLife> life() const;

    const std::string instance_;
    const Acts acts_;

    mutable std::mutex mutex_;  // guards the next block
    std::condition_variable_any asked_;
    std::deque<Asked> queue_;
    bool closed_ = false;
    std::shared_ptr<PluginLife> life_;  // owners: we, and who describes it
    std::uint64_t number_ = 0;          // of life_
    bool quiet_ = false;                // two lives are there: neither's steps are news
    bool enabled_ = true;
    std::deque<Note> notes_;

    // Of the slot's thread.
    std::uint64_t made_ = 0;
    std::shared_ptr<PluginLife> former_;  // stopped: its sockets, and what to fall back to
    Duration probation_end_{0};
    std::jthread thread_;
};

}  // namespace sanad::node
