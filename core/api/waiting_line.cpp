#include "core/api/waiting_line.h"

#include <algorithm>

namespace sanad::api {

using casework::ContactState;

namespace {

constexpr std::uint32_t first_events = 30;  // in which a contact that was picked up was

}  // namespace

Result<WaitingLine::Place> WaitingLine::place(store::Snapshot& from, const ContactId& id,
                                              Time now) {
    const std::lock_guard lock(mutex_);
    const bool fresh = looked_ && now >= looked_at_ && now - looked_at_ < fresh_for;
    if (!fresh || !positions_.contains(id))
        if (const auto looked = look(from, now); !looked) return std::unexpected(looked.error());
    const auto found = positions_.find(id);
    if (found == positions_.end()) return Place{};
    return Place{found->second, wait_};
}

Result<void> WaitingLine::look(store::Snapshot& from, Time now) {
    const auto order = board_.order(now);
    if (!order) return std::unexpected(order.error());
    positions_.clear();
    if (order->size() <= contacts_max)
        for (const auto& place : *order)
            positions_.emplace(place.contact, static_cast<std::uint32_t>(positions_.size() + 1));
    const auto wait = usual_wait(from, now);
    if (!wait) return std::unexpected(wait.error());
    wait_ = *wait;
    looked_ = true;
    looked_at_ = now;
    return {};
}

Result<Duration> WaitingLine::usual_wait(store::Snapshot& from, Time now) {
    const auto newest = contacts_.list(from, 5 * picked_max);
    if (!newest) return std::unexpected(newest.error());
    std::vector<Duration> waits;
    for (const auto& contact : *newest) {
        if (contact.state == ContactState::waiting) continue;
        const auto events = contacts_.events(from, contact.id, 0, first_events);
        if (!events) return std::unexpected(events.error());
        const auto picked_up = casework::picked_up_at(*events);
        if (picked_up && now - *picked_up < picked_within)
            waits.push_back(*picked_up - contact.created_at);
        if (waits.size() == picked_max) break;
    }
    if (waits.size() < picked_min) return Duration{0};
    std::ranges::nth_element(waits, waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2));
    return waits[waits.size() / 2];
}

}  // namespace sanad::api
