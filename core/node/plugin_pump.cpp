#include "core/node/plugin_pump.h"

#include "core/node/plugin_messages.h"

#include <sanad/methods.h>

#include <algorithm>
#include <future>
#include <utility>

namespace sanad::node {
namespace {

bool is_of_call(const store::OutboxItem& item) {
    return item.method == SANAD_M_CONNECT || item.method == SANAD_M_CONTROL;
}

}  // namespace

PluginPump::PluginPump(Parts parts)
    : parts_(parts), thread_([this](const std::stop_token& stop) { run(stop); }) {}

PluginPump::~PluginPump() { hold(); }

void PluginPump::hold() {
    thread_.request_stop();
    wake();
    if (thread_.joinable()) thread_.join();
}

void PluginPump::settle() {
    for (const std::uint64_t number : std::exchange(under_way_, {})) {
        Result<std::vector<store::OutboxItem>> items;
        {
            const auto snapshot = parts_.store.snapshot();
            if (!snapshot) return;
            items = parts_.outbox.read(**snapshot, parts_.instance.name(), number - 1, 1);
        }
        if (!takes_calls()) return;
        if (items && !items->empty() && items->front().number == number && !items->front().dead)
            give(items->front());
    }
}

void PluginPump::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    waiting_.notify_one();
}

void PluginPump::run(const std::stop_token& stop) {
    Duration wait{0};
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            waiting_.wait_for(lock, stop, wait, [this] { return woken_; });
            woken_ = false;
        }
        if (!stop.stop_requested()) wait = give_all(stop);
    }
}

Duration PluginPump::give_all(const std::stop_token& stop) {
    std::set<std::array<std::uint8_t, 16>> held;  // subjects whose earlier item waits
    Duration wait = look_again;
    std::uint64_t after = 0;
    for (;;) {
        Result<std::vector<store::OutboxItem>> items;
        {
            const auto snapshot = parts_.store.snapshot();
            if (!snapshot) return wait;
            items = parts_.outbox.read(**snapshot, parts_.instance.name(), after, items_at_once);
        }
        if (!items || items->empty()) return wait;
        for (const auto& item : *items) {
            after = item.number;
            const auto now = parts_.clock.now();
            if (stop.stop_requested()) return wait;
            // Its next life begins with an event of the feed, which wakes us.
            if (!takes_calls()) return look_again;
            if (item.dead || held.contains(item.subject)) continue;
            // A telephone that rings minutes later would reach whoever is there then.
            if (is_of_call(item) && now - item.created_at >= call_items_last) {
                Outcome late;
                late.kind = Outcome::Kind::rejected;
                late.reason = "too_late";
                record(item, late);
                continue;
            }
            if (item.not_before > now) {
                held.insert(item.subject);
                wait = std::min(wait, item.not_before - now);
                continue;
            }
            give(item);
            held.insert(item.subject);  // until the next round shows what became of it
            wait = Duration{0};
        }
    }
}

bool PluginPump::takes_calls() const {
    const auto state = parts_.instance.state();
    return state == plugins::InstanceState::running || state == plugins::InstanceState::draining;
}

void PluginPump::give(const store::OutboxItem& item) {
    Outcome outcome;
    outcome.retry_after = retry_after_fault;
    auto request = item.method == SANAD_M_DISPATCH ? with_attempt(item.request, item.attempt + 1)
                                                   : Result<Bytes>(item.request);
    auto reply = request ? parts_.instance.call(item.method, *request, call_limit) : request;
    if (reply) {
        auto told = read_outcome(*reply);
        if (told)
            outcome = std::move(*told);
        else
            outcome.reason = name(told.error().fault);
    } else {
        outcome.reason = name(reply.error().fault);
        // Its process ended with the item in hand, or was killed because it did not answer.
        outcome.struck =
            reply.error().fault == Fault::closed || reply.error().fault == Fault::expired;
        if (outcome.struck) outcome.retry_after = retry_after_strike;
    }
    if (outcome.reason == "under_way")
        under_way_.insert(item.number);
    else
        under_way_.erase(item.number);
    parts_.counters.add(outcome.kind == Outcome::Kind::accepted   ? "plugin.accepted"
                        : outcome.kind == Outcome::Kind::rejected ? "plugin.rejected"
                                                                  : "plugin.retry");
    record(item, outcome);
}

// Writes what became of the item, and waits until that is on disk.
void PluginPump::record(const store::OutboxItem& item, const Outcome& outcome) {
    std::promise<void> done;
    const auto taken = parts_.engine.submit(
        [&](store::Draft& draft) { return draft_outcome(draft, item, outcome); },
        [&](const Result<void>& result) {
            if (!result)
                parts_.log.warn(
                    "plugin.outcome_unrecorded",
                    {{"instance", parts_.instance.name()}, {"fault", name(result.error().fault)}});
            done.set_value();
        });
    if (taken) done.get_future().wait();
}

Result<void> PluginPump::draft_outcome(store::Draft& draft, const store::OutboxItem& item,
                                       const Outcome& outcome) {
    const std::string& instance = parts_.instance.name();
    const Time now = parts_.clock.now();
    if (outcome.kind == Outcome::Kind::accepted) {
        if (item.method == SANAD_M_DISPATCH) {
            const auto told = parts_.escalations.delivered(draft, EscalationId{item.subject},
                                                           casework::EscalationEventKind::sent,
                                                           outcome.reference, outcome.reason, now);
            if (!told && told.error().fault == Fault::io) return told;
        }
        return parts_.outbox.remove(draft, instance, item.number);
    }
    if (outcome.kind == Outcome::Kind::rejected) {
        if (const auto told = draft_undelivered(draft, item, outcome.reason, now); !told)
            return told;
        return parts_.outbox.remove(draft, instance, item.number);
    }
    store::OutboxItem later = item;
    later.attempt = item.attempt + 1;
    later.not_before = now + outcome.retry_after;
    if (outcome.struck) later.dead = ++later.strikes >= strikes_max;
    if (later.dead) {
        parts_.counters.add("plugin.dead_letter");
        parts_.feed.emit(draft, {.at = now,
                                 .name = "plugin.dead_letter",
                                 .subject = item.subject,
                                 .peer = instance,
                                 .number = item.number});
        if (const auto told = draft_undelivered(draft, item, "plugin_crashed", now); !told)
            return told;
    }
    return parts_.outbox.update(draft, instance, later);
}

// Who waits for it learns that it did not arrive.
Result<void> PluginPump::draft_undelivered(store::Draft& draft, const store::OutboxItem& item,
                                           const std::string& reason, Time now) {
    if (is_of_call(item)) {
        using Wanted = api::Switchboard::Wanted;
        const auto told = parts_.switchboard.refused(
            draft, ContactId{item.subject},
            item.method == SANAD_M_CONNECT ? Wanted::connection : Wanted::act, reason, now);
        return !told && told.error().fault == Fault::io ? told : Result<void>();
    }
    if (item.method != SANAD_M_DISPATCH) {
        parts_.feed.emit(draft, {.at = now,
                                 .name = "contact.undeliverable",
                                 .subject = item.subject,
                                 .peer = parts_.instance.name()});
        return {};
    }
    const auto told = parts_.escalations.delivered(
        draft, EscalationId{item.subject}, casework::EscalationEventKind::failed, {}, reason, now);
    return !told && told.error().fault == Fault::io ? told : Result<void>();
}

}  // namespace sanad::node
