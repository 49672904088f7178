#include "core/casework/queue.h"

#include <algorithm>
#include <tuple>

namespace sanad::casework {
namespace {

std::size_t level_of(Urgency urgency) {
    const bool is_set = urgency >= Urgency::u0 && urgency <= Urgency::u4;
    return static_cast<std::size_t>(is_set ? urgency : Urgency::u3) - 1;
}

QueuePlace place_of(const Waiting& item, const QueueRules& rules, Time now) {
    const auto waited = std::max(Duration{}, now - item.waiting_since);
    const auto target = pick_up_time(rules, item.urgency);
    QueuePlace place{.contact = item.contact,
                     .reason = QueueReason::level,
                     .waited = waited,
                     .score = waited.count() / target.count() * 1000 +
                              waited.count() % target.count() * 1000 / target.count()};
    if (waited > target) place.reason = QueueReason::over_target;
    if (waited >= rules.starvation_cap) place.reason = QueueReason::waited_too_long;
    if (item.set_aside) place.reason = QueueReason::set_aside;
    if (item.urgency == Urgency::u0) place.reason = QueueReason::imminent_danger;
    return place;
}

/// Smaller is earlier: U0, then who waited too long, then everybody else but what was set aside.
int group_of(const QueuePlace& place) {
    if (place.reason == QueueReason::imminent_danger) return 0;
    if (place.reason == QueueReason::set_aside) return 3;
    return place.reason == QueueReason::waited_too_long ? 1 : 2;
}

}  // namespace

Duration pick_up_time(const QueueRules& rules, Urgency urgency) {
    return std::max(rules.pick_up[level_of(urgency)], Duration(1));
}

std::string_view name(QueueReason reason) {
    switch (reason) {
        case QueueReason::imminent_danger:
            return "imminent_danger";
        case QueueReason::waited_too_long:
            return "waited_too_long";
        case QueueReason::over_target:
            return "over_target";
        case QueueReason::level:
            return "level";
        case QueueReason::set_aside:
            return "set_aside";
    }
    return {};
}

std::vector<QueuePlace> order(std::span<const Waiting> waiting, const QueueRules& rules, Time now) {
    std::vector<QueuePlace> places;
    places.reserve(waiting.size());
    for (const Waiting& item : waiting) places.push_back(place_of(item, rules, now));
    std::ranges::sort(places, [](const QueuePlace& a, const QueuePlace& b) {
        const int group = group_of(a);
        if (group != group_of(b)) return group < group_of(b);
        const auto a_rank = group == 2 ? a.score : a.waited.count();
        const auto b_rank = group == 2 ? b.score : b.waited.count();
        return std::tie(b_rank, a.contact) < std::tie(a_rank, b.contact);
    });
    return places;
}

}  // namespace sanad::casework
