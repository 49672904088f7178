#include "core/api/sign_in_pace.h"

#include <algorithm>

namespace sanad::api {

Duration SignInPace::wait_after(int failures) {
    if (failures < free_failures) return Duration{0};
    const int doublings = std::min(failures - free_failures, 5);
    return std::min(Duration{2000} * (1 << doublings), wait_max);
}

bool SignInPace::may_try(const std::string& name, Duration now) {
    // Names of any length come here.
    const trust::Digest key = trust::sha256(bytes_of(name));
    const std::lock_guard lock(mutex_);
    if (names_.size() >= names_max && !names_.contains(key)) make_room(now);
    Tries& tries = names_[key];
    if (tries.failures > 0 && now - tries.last >= remembered) tries = {};
    if (tries.failures > 0 && now - tries.last < wait_after(tries.failures)) return false;
    ++tries.failures;
    tries.last = now;
    return true;
}

void SignInPace::succeeded(const std::string& name) {
    const std::lock_guard lock(mutex_);
    names_.erase(trust::sha256(bytes_of(name)));
}

bool SignInPace::may_record(Duration now) {
    const std::lock_guard lock(mutex_);
    if (now - minute_ >= std::chrono::minutes(1)) {
        minute_ = now;
        recorded_ = 0;
    }
    return recorded_++ < records_a_minute;
}

// Each try costs 0.4 s of a processor, so filling the table takes hours.
void SignInPace::make_room(Duration now) {
    std::erase_if(names_, [&](const auto& one) { return now - one.second.last >= remembered; });
    if (names_.size() < names_max) return;
    names_.erase(
        std::ranges::min_element(names_, {}, [](const auto& one) { return one.second.last; }));
}

}  // namespace sanad::api
