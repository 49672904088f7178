#include "plugins/channels/phone/sip/source_budget.h"

#include <algorithm>

namespace sanad::phone {

using namespace std::chrono_literals;

bool SourceBudget::Bucket::take(double per_second, std::chrono::milliseconds now) {
    const auto passed = std::chrono::duration<double>(now - at).count();
    left = std::min(per_second, left + passed * per_second);
    at = now;
    if (left < 1) return false;
    left -= 1;
    return true;
}

bool SourceBudget::take(const HostAddress& source, Standing standing,
                        std::chrono::milliseconds now) {
    const double rate = standing == Standing::trusted ? per_second_ * trusted_factor : per_second_;
    if (standing == Standing::stranger) {
        // Written sources must not fill the table either: they share one budget first.
        if (!strangers_.take(per_second_ * strangers_factor, now)) return false;
        if (sources_.size() >= sources_max && !sources_.contains(source)) forget(now);
    }
    const auto [at, added] = sources_.try_emplace(source, Bucket{rate, now});
    return at->second.take(rate, now);
}

// A bucket is full again after a second, so it says nothing that a new one would not.
void SourceBudget::forget(std::chrono::milliseconds now) {
    std::erase_if(sources_, [&](const auto& source) { return now - source.second.at >= 1s; });
    if (sources_.size() >= sources_max) sources_.clear();
}

}  // namespace sanad::phone
