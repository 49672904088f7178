#include "core/plugins/supervised_instance.h"

#include "core/base/message.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr std::size_t reason_bytes_max = 64;

// A code, not a sentence: what the plugin says of its health is shown and logged.
std::string as_code(std::string text) {
    text.resize(std::min(text.size(), reason_bytes_max));
    std::ranges::replace_if(text, [](char c) { return c <= ' ' || c > '~'; }, '_');
    return text;
}

Result<Health> read_health(ByteView reply) {
    using plugin::schema::HealthReply;
    return read_message<HealthReply>(reply, [](HealthReply::Reader from) -> Result<Health> {
        Health health;
        switch (from.getState()) {
            case HealthReply::State::OK:
                health.state = Health::State::ok;
                break;
            case HealthReply::State::DEGRADED:
                health.state = Health::State::degraded;
                break;
            default:
                health.state = Health::State::failed;
        }
        health.reason = as_code(from_text(from.getReason()));
        health.queued = from.getQueued();
        return health;
    });
}

// Whether an attempt that failed so is worth another one.
bool may_pass(Fault fault) { return fault == Fault::closed || fault == Fault::expired; }

class SupervisedInstance final : public Instance {
public:
    SupervisedInstance(Manifest manifest, std::string instance, StartProcess start_process,
                       const Supervision& supervision, std::function<void(const Transition&)> told,
                       Entropy& entropy, Log& log, const Clock& clock)
        : manifest_(std::move(manifest)),
          name_(std::move(instance)),
          start_process_(std::move(start_process)),
          supervision_(supervision),
          told_(std::move(told)),
          entropy_(entropy),
          log_(log),
          clock_(clock) {}

    ~SupervisedInstance() override {
        end_watch();
        current_.reset();
    }

    const std::string& name() const override { return name_; }
    const Manifest& manifest() const override { return manifest_; }
    InstanceState state() const override {
        const std::lock_guard lock(mutex_);
        return state_;
    }
    Standing standing() const override {
        const std::lock_guard lock(mutex_);
        Standing standing{.state = state_, .isolated = true, .health = health_};
        standing.crashes = static_cast<int>(crashes_.size());
        if (current_) standing.sandbox_lacks = current_->standing().sandbox_lacks;
        standing.transitions.assign(transitions_.begin(), transitions_.end());
        return standing;
    }

    Result<void> configure(ByteView config) override {
        const auto current = process();
        if (current)
            if (const auto done = current->configure(config); !done) return done;
        const std::lock_guard lock(mutex_);
        config_.assign(config.begin(), config.end());
        if (state_ == InstanceState::loaded) state_ = InstanceState::configured;
        return {};
    }

    Result<void> start() override {
        {
            const std::lock_guard lock(mutex_);
            if (state_ != InstanceState::configured)
                return fail(Fault::denied, name_ + " start: not while " + plugins::name(state_));
        }
        const auto begun = begin(EndReason::requested);
        if (!begun && !may_pass(begun.error().fault)) return begun;
        watch_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
        return {};
    }

    Result<void> drain() override {
        end_watch();
        const auto current = process();
        if (!current) return {};
        enter(InstanceState::draining, EndReason::requested, "");
        return current->drain();
    }

    Result<void> stop() override {
        end_watch();
        const auto current = process();
        enter(InstanceState::stopped, EndReason::requested, "");
        return current ? current->stop() : Result<void>();
    }

    Result<Bytes> call(std::uint32_t method, ByteView request, Duration limit) override {
        const auto current = process();
        if (!current) return fail(Fault::busy, name_ + " call: not while it does not run");
        return current->call(method, request, limit);
    }

    Result<void> resume() override {
        const std::lock_guard lock(mutex_);
        if (state_ != InstanceState::quarantined)
            return fail(Fault::denied, name_ + " resume: not while " + plugins::name(state_));
        crashes_.clear();
        resumed_ = true;
        due_ = clock_.elapsed();
        changed_.notify_all();
        return {};
    }

    const void* extension(const char*) override { return nullptr; }

private:
    struct Ended {
        std::uint64_t process;
        Ending ending;
    };

    std::shared_ptr<Instance> process() const {
        const std::lock_guard lock(mutex_);
        return current_;
    }

    // One attempt to have a process that runs.
    Result<void> begin(EndReason reason) {
        std::uint64_t number = 0;
        Bytes config;
        {
            const std::lock_guard lock(mutex_);
            number = ++processes_;
            config = config_;
        }
        const auto begun = make(number, config);
        if (begun) {
            enter(InstanceState::running, reason, "");
            return {};
        }
        const std::lock_guard lock(mutex_);
        // What ended it, when that was it; or why it could not come to life.
        if (!ended_ || ended_->process != number) {
            const bool hung = begun.error().fault == Fault::expired;
            ended_ = Ended{
                number,
                {hung ? EndReason::hang : EndReason::check_failed, plugins_fault(begun.error())}};
        }
        return begun;
    }

    static std::string plugins_fault(const Error& error) { return sanad::name(error.fault); }

    Result<void> make(std::uint64_t number, ByteView config) {
        auto made = start_process_([this, number](const Ending& ending) { heard(number, ending); });
        if (!made) return std::unexpected(made.error());
        if (const auto done = (*made)->configure(config); !done) return done;
        if (const auto done = (*made)->start(); !done) return done;
        const std::lock_guard lock(mutex_);
        current_ = std::move(*made);
        return {};
    }

    // On the process's own link.
    void heard(std::uint64_t number, const Ending& ending) {
        const std::lock_guard lock(mutex_);
        if (number != processes_) return;
        ended_ = Ended{number, ending};
        changed_.notify_all();
    }

    void watch(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        due_ = clock_.elapsed() + supervision_.health_each;
        while (!stop.stop_requested()) {
            const Duration wait = std::max(Duration{0}, due_ - clock_.elapsed());
            changed_.wait_for(lock, stop, wait, [this] { return ended_ || resumed_; });
            if (stop.stop_requested()) return;
            const bool time = clock_.elapsed() >= due_;
            if (ended_) {
                lock.unlock();
                take_end();
                lock.lock();
            } else if (resumed_ || (time && state_ == InstanceState::restarting)) {
                const auto reason = resumed_ ? EndReason::requested : EndReason::automatic;
                resumed_ = false;
                due_ = clock_.elapsed() + supervision_.health_each;
                lock.unlock();
                (void)begin(reason);
                lock.lock();
            } else if (time) {
                due_ = clock_.elapsed() + supervision_.health_each;
                lock.unlock();
                ask_health();
                lock.lock();
            }
        }
    }

    // The process has ended, or could not be made: what comes next.
    void take_end() {
        std::shared_ptr<Instance> gone;  // goes without the mutex: it waits for its own thread
        Ending ending;
        bool quarantine = false;
        {
            const std::lock_guard lock(mutex_);
            gone = std::move(current_);
            ending = ended_->ending;
            ended_.reset();
            health_ = {};
            const Duration now = clock_.elapsed();
            std::erase_if(crashes_,
                          [&](Duration at) { return now - at > supervision_.crash_window; });
            crashes_.push_back(now);
            quarantine = ending.reason == EndReason::bad_message ||
                         static_cast<int>(crashes_.size()) >= supervision_.crashes_max;
            due_ = now + (quarantine ? supervision_.health_each : pause());
        }
        gone.reset();
        enter(quarantine ? InstanceState::quarantined : InstanceState::restarting, ending.reason,
              ending.how);
    }

    // The mutex is held.
    Duration pause() {
        Duration pause = supervision_.first_pause;
        for (std::size_t n = 1; n < crashes_.size() && pause < supervision_.longest_pause; ++n)
            pause *= 2;
        pause = std::min(pause, supervision_.longest_pause);
        std::array<std::uint8_t, 1> chance{};
        entropy_.fill(chance);
        return pause * 3 / 4 + pause * chance[0] / 512;
    }

    void ask_health() {
        const auto current = process();
        if (!current) return;
        const auto reply = current->call(SANAD_M_HEALTH, {}, supervision_.health_limit);
        if (!reply) return;  // busy with a call; or it is dead, which is heard
        const auto health = read_health(*reply);
        const std::lock_guard lock(mutex_);
        health_ = health ? *health : Health{Health::State::failed, "unreadable", 0};
    }

    void enter(InstanceState state, EndReason reason, const std::string& how) {
        Transition transition{0, clock_.now(), state, reason, how};
        {
            const std::lock_guard lock(mutex_);
            transition.number = ++transitions_made_;
            state_ = state;
            transitions_.push_back(transition);
            if (transitions_.size() > transitions_kept) transitions_.pop_front();
        }
        const Log::Fields fields = {{"plugin", name_},
                                    {"state", plugins::name(state)},
                                    {"reason", plugins::name(reason)},
                                    {"how", how}};
        if (state == InstanceState::quarantined)
            log_.error("plugin.supervised", fields);
        else
            log_.info("plugin.supervised", fields);
        if (told_) told_(transition);
    }

    void end_watch() {
        watch_.request_stop();
        if (watch_.joinable()) watch_.join();
    }

    const Manifest manifest_;
    const std::string name_;
    const StartProcess start_process_;
    const Supervision supervision_;
    const std::function<void(const Transition&)> told_;
    Entropy& entropy_;  // outlives us, as the next two
    Log& log_;
    const Clock& clock_;

    mutable std::mutex mutex_;  // guards all below but watch_
    std::condition_variable_any changed_;
    Bytes config_;
    std::shared_ptr<Instance> current_;  // owners: we and who is calling it
    InstanceState state_ = InstanceState::loaded;
    std::uint64_t processes_ = 0;  // how many were started
    std::optional<Ended> ended_;   // what the watch has still to deal with
    std::vector<Duration> crashes_;
    std::deque<Transition> transitions_;
    std::uint64_t transitions_made_ = 0;
    Health health_;
    bool resumed_ = false;
    Duration due_{0};  // when the watch has something to do: a restart, or asking for health
    std::jthread watch_;
};

}  // namespace

std::unique_ptr<Instance> supervise(Manifest manifest, std::string instance,
                                    StartProcess start_process, const Supervision& supervision,
                                    std::function<void(const Transition&)> told, Entropy& entropy,
                                    Log& log, const Clock& clock) {
    return std::make_unique<SupervisedInstance>(std::move(manifest), std::move(instance),
                                                std::move(start_process), supervision,
                                                std::move(told), entropy, log, clock);
}

}  // namespace sanad::plugins
