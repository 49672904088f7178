#include "core/node/plugin_slot.h"

#include <algorithm>
#include <utility>

namespace sanad::node {
namespace {

constexpr std::size_t notes_kept = 10;
constexpr std::string_view quarantined = "quarantined";

// Keeps what both lives say of their steps out of the list, until one of them is left.
class Quiet {
public:
    Quiet(std::mutex& mutex, bool& quiet) : mutex_(mutex), quiet_(quiet) { set(true); }
    ~Quiet() { set(false); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

private:
    void set(bool value) {
        const std::lock_guard lock(mutex_);
        quiet_ = value;
    }
    std::mutex& mutex_;
    bool& quiet_;
};

}  // namespace

Result<void> PluginSlot::start(bool enabled) {
    enabled_ = enabled;
    Result<void> started;
    if (enabled) {
        started = bring_up();
    } else {
        // So that people read something where it was, and its sockets stay ours.
        if (auto made = acts_.make(nullptr, ++made_)) {
            former_ = std::move(*made);
            former_->stand_in();
        }
    }
    if (started) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    return started;
}

void PluginSlot::stop() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    for (auto& asked : std::exchange(queue_, {}))
        if (asked.done) asked.done(fail(Fault::closed, "the node stops"));
    const auto last = life();
    if (!last) return;
    last->hold();
    last->drain();
    last->stop();
    enter(nullptr, 0);
}

void PluginSlot::ask(Change change, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (!closed_ && queue_.size() < plugin_changes_waiting_max) {
            queue_.push_back({change, 0, {}, std::move(done)});
            asked_.notify_one();
            return;
        }
    }
    done(fail(Fault::busy, instance_ + ": too many changes wait"));
}

void PluginSlot::fell(std::uint64_t number, const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    queue_.push_back({std::nullopt, number, why, {}});
    asked_.notify_one();
}

void PluginSlot::note(std::uint64_t number, Note note) {
    const std::lock_guard lock(mutex_);
    if (quiet_ || (life_ && number != number_)) return;
    add(std::move(note));
}

void PluginSlot::wake() {
    if (const auto now = life()) now->wake();
}

Result<void> PluginSlot::resume() {
    if (const auto now = life()) return now->resume();
    if (facts().state != quarantined)
        return fail(Fault::denied, instance_ + " is switched off: sanad plugin enable");
    ask(Change::enable, [](const Result<std::string>&) {});
    return {};
}

api::NodeControl::Plugin PluginSlot::facts() const {
    api::NodeControl::Plugin facts;
    facts.instance = instance_;
    const auto now = life();
    if (now) now->describe(facts);
    const std::lock_guard lock(mutex_);
    if (!now) facts.state = enabled_ ? "failed" : "disabled";
    if (!now && !notes_.empty() && notes_.back().state == quarantined) facts.state = quarantined;
    facts.transitions.assign(notes_.begin(), notes_.end());
    return facts;
}

// ------------------------------------------------------------------ the slot's thread

void PluginSlot::run(const std::stop_token& stop) {
    for (;;) {
        Asked asked;
        {
            std::unique_lock lock(mutex_);
            if (!asked_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
            asked = std::move(queue_.front());
            queue_.pop_front();
        }
        const auto result = carry_out(asked);
        if (asked.done) asked.done(result);
        if (stop.stop_requested()) return;
    }
}

Result<std::string> PluginSlot::carry_out(const Asked& asked) {
    Result<void> done;
    if (!asked.change) {
        done = fall_back(asked);
    } else {
        switch (*asked.change) {
            case Change::enable:
                done = enable();
                break;
            case Change::disable:
                done = disable();
                break;
            case Change::reload:
                done = replace();
                break;
            case Change::rollback:
                done = roll_back();
                break;
        }
    }
    if (!done) return std::unexpected(done.error());
    return state_text();
}

Result<void> PluginSlot::enable() {
    if (const auto kept = acts_.remember(true); !kept) return kept;
    {
        const std::lock_guard lock(mutex_);
        enabled_ = true;
    }
    return life() ? Result<void>() : bring_up();
}

Result<void> PluginSlot::disable() {
    if (const auto kept = acts_.remember(false); !kept) return kept;
    auto last = life();
    {
        const std::lock_guard lock(mutex_);
        enabled_ = false;
    }
    if (!last) return {};
    {
        const Quiet quiet(mutex_, quiet_);
        last->hold();
        last->drain();
        last->stop();
        last->stand_in();
    }
    former_ = last;
    probation_end_ = Duration{0};
    enter(nullptr, 0);
    jot("disabled", "requested", {});
    acts_.tell("plugin.disabled", {});
    return {};
}

// Where nothing runs. A life that falls at once is tried again by who supervises it.
Result<void> PluginSlot::bring_up() {
    auto next = acts_.make(former_.get(), ++made_);
    auto started = next ? (*next)->start() : Result<void>(std::unexpected(next.error()));
    if (!started) {
        jot("failed", "check_failed", started.error().detail);
        return started;
    }
    (*next)->feed();
    enter(std::move(*next), made_);
    former_.reset();
    return {};
}

Result<void> PluginSlot::replace() {
    {
        const std::lock_guard lock(mutex_);
        if (!enabled_)
            return fail(Fault::denied, instance_ + " is switched off: sanad plugin enable " +
                                           instance_ + " reads it again");
    }
    const auto now = life();
    if (!now) return bring_up();
    auto next = acts_.make(now.get(), ++made_);
    auto swapped = next ? swap(std::move(*next)) : Result<void>(std::unexpected(next.error()));
    if (!swapped) {
        acts_.keep(*now);
        jot("running", "check_failed", swapped.error().detail);
        acts_.tell("plugin.not_replaced", swapped.error().detail);
    }
    return swapped;
}

Result<void> PluginSlot::roll_back() {
    if (const auto back = acts_.roll_back(); !back) return back;
    return replace();
}

// Make before break.
Result<void> PluginSlot::swap(std::unique_ptr<PluginLife> next) {
    const auto before = life();
    std::string how;
    {
        const Quiet quiet(mutex_, quiet_);
        const Duration begun = acts_.elapsed();
        // From here on pages may be with either: what goes out waits until all are with the next.
        before->hold();
        auto started = next->start();
        if (started) started = next->check();
        if (!started) {
            before->feed();
            return fail(started.error().fault, next->version() + " does not run, and " +
                                                   before->version() +
                                                   " goes on: " + started.error().detail);
        }
        before->drain();
        next->feed();
        how = before->version() + " to " + next->version() + ", " +
              std::to_string((acts_.elapsed() - begun).count()) + " ms";
        enter(std::move(next), made_);
        before->stop();
        before->let_go();
    }
    former_ = before;
    probation_end_ = acts_.elapsed() + plugin_probation;
    jot("running", "upgrade", how);
    acts_.tell("plugin.replaced", how);
    return {};
}

// The version that has just come does not last: the one before comes again.
Result<void> PluginSlot::fall_back(const Asked& asked) {
    const auto fallen = life();
    if (!fallen || asked.fallen != number_ || !former_ || acts_.elapsed() >= probation_end_)
        return {};
    probation_end_ = Duration{0};
    auto next = former_->again(*fallen, ++made_);
    if (!next) return std::unexpected(next.error());
    const std::string how =
        fallen->version() + " ended (" + asked.why + "), back to " + (*next)->version();
    {
        const Quiet quiet(mutex_, quiet_);
        fallen->hold();
        if (const auto started = (*next)->start(); !started) {
            fallen->feed();
            return started;
        }
        (*next)->feed();
        enter(std::move(*next), made_);
        fallen->stop();
    }
    former_.reset();
    acts_.keep(*life());
    jot("running", "fell_back", how);
    acts_.tell("plugin.fell_back", how);
    return {};
}

void PluginSlot::enter(std::shared_ptr<PluginLife> life, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    life_.swap(life);
    number_ = number;
}

void PluginSlot::jot(std::string state, std::string reason, std::string how) {
    const std::lock_guard lock(mutex_);
    add({acts_.now(), std::move(state), std::move(reason), std::move(how)});
}

void PluginSlot::add(Note note) {
    notes_.push_back(std::move(note));
    if (notes_.size() > notes_kept) notes_.pop_front();
}

std::string PluginSlot::state_text() const {
    const auto now = life();
    if (now) return "running " + now->version();
    const std::lock_guard lock(mutex_);
    return enabled_ ? "failed" : "disabled";
}

std::shared_ptr<PluginLife> PluginSlot::life() const {
    const std::lock_guard lock(mutex_);
    return life_;
}

}  // namespace sanad::node
