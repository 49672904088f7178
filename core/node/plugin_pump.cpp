#include "core/node/plugin_pump.h"

#include "core/node/plugin_messages.h"

#include <sanad/methods.h>

#include <algorithm>
#include <future>

namespace sanad::node {

PluginPump::PluginPump(Parts parts)
    : parts_(parts), thread_([this](const std::stop_token& stop) { run(stop); }) {}

PluginPump::~PluginPump() {
    thread_.request_stop();
    wake();
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
            if (held.contains(item.subject)) continue;
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
    }
    parts_.counters.add(outcome.kind == Outcome::Kind::accepted   ? "plugin.accepted"
                        : outcome.kind == Outcome::Kind::rejected ? "plugin.rejected"
                                                                  : "plugin.retry");
    record(item, outcome);
}

// Writes what became of the item, and waits until that is on disk.
void PluginPump::record(const store::OutboxItem& item, const Outcome& outcome) {
    std::promise<void> done;
    const std::string& instance = parts_.instance.name();
    const bool escalation = item.method == SANAD_M_DISPATCH;
    const auto taken = parts_.engine.submit(
        [&](store::Draft& draft) -> Result<void> {
            const Time now = parts_.clock.now();
            if (outcome.kind == Outcome::Kind::retry) {
                store::OutboxItem later = item;
                later.attempt = item.attempt + 1;
                later.not_before = now + outcome.retry_after;
                return parts_.outbox.update(draft, instance, later);
            }
            const bool accepted = outcome.kind == Outcome::Kind::accepted;
            if (escalation) {
                const auto kind = accepted ? casework::EscalationEventKind::sent
                                           : casework::EscalationEventKind::failed;
                const auto told =
                    parts_.escalations.delivered(draft, EscalationId{item.subject}, kind,
                                                 outcome.reference, outcome.reason, now);
                if (!told && told.error().fault == Fault::io) return told;
            } else if (!accepted) {
                parts_.feed.emit(draft, {.at = now,
                                         .name = "contact.undeliverable",
                                         .subject = item.subject,
                                         .peer = instance});
            }
            return parts_.outbox.remove(draft, instance, item.number);
        },
        [&](const Result<void>& result) {
            if (!result)
                parts_.log.warn("plugin.outcome_unrecorded",
                                {{"instance", instance}, {"fault", name(result.error().fault)}});
            done.set_value();
        });
    if (taken) done.get_future().wait();
}

}  // namespace sanad::node
