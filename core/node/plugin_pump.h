#pragma once

#include "core/api/contacts.h"
#include "core/api/escalations.h"
#include "core/api/switchboard.h"
#include "core/base/counters.h"
#include "core/plugins/instance.h"
#include "core/store/engine.h"
#include "core/store/outbox.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace sanad::node {

/// Gives one plugin instance what waits in its outbox, in order, one at a time. An item leaves the
/// outbox only when the plugin accepted it or refused it for good; an item that must wait holds
/// back only what follows it about the same contact or escalation. An item with which the plugin's
/// process ended strikes_max times is a dead letter: it stays for a person to look at, and holds
/// nothing back.
class PluginPump {
public:
    static constexpr Duration call_limit{60'000};
    static constexpr Duration retry_after_fault{5'000};
    static constexpr Duration retry_after_strike{1'000};
    static constexpr Duration look_again{5'000};
    /// What somebody wanted in a call and was not done by then is not done at all.
    static constexpr Duration call_items_last{30'000};
    static constexpr std::uint8_t strikes_max = 3;
    static constexpr std::uint32_t items_at_once = 64;

    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Outbox& outbox;
        store::Feed& feed;
        api::Escalations& escalations;
        api::Switchboard& switchboard;
        plugins::Instance& instance;
        const Clock& clock;
        Log& log;
        Counters& counters;
    };
    explicit PluginPump(Parts parts);
    ~PluginPump();  // waits for the call under way
    PluginPump(const PluginPump&) = delete;
    PluginPump& operator=(const PluginPump&) = delete;

    /// Something was put into an outbox. threads  any
    void wake();

    /// Gives nothing any more; returns when what was under way is recorded.
    void hold();
    /// After hold(), and once the plugin has ended what it was doing: hears what became of what it
    /// had answered "under_way" to, so that nothing is sent out twice by who comes next.
    void settle();

private:
    void run(const std::stop_token& stop);
    /// Gives everything that is due; returns how long until something else will be.
    Duration give_all(const std::stop_token& stop);
    bool takes_calls() const;
    void give(const store::OutboxItem& item);
    void record(const store::OutboxItem& item, const struct Outcome& outcome);
    Result<void> draft_outcome(store::Draft& draft, const store::OutboxItem& item,
                               const struct Outcome& outcome);
    Result<void> draft_undelivered(store::Draft& draft, const store::OutboxItem& item,
                                   const std::string& reason, Time now);

    Parts parts_;
    std::set<std::uint64_t> under_way_;  // numbers of items; of the thread, or behind it
    std::mutex mutex_;                   // guards woken_
    std::condition_variable_any waiting_;
    bool woken_ = true;
    std::jthread thread_;
};

}  // namespace sanad::node
