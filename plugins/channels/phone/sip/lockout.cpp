#include "plugins/channels/phone/sip/lockout.h"

#include <algorithm>

namespace sanad::phone {

bool Lockout::locked(const std::string& device, const HostAddress& source,
                     std::chrono::milliseconds now) const {
    const auto found = failures_.find({device, source});
    return found != failures_.end() && found->second.count >= wrong_passwords_max &&
           now - found->second.last < lockout_lasts;
}

void Lockout::failed(const std::string& device, const HostAddress& source,
                     std::chrono::milliseconds now) {
    if (failures_.size() >= lockouts_max) {
        std::erase_if(failures_,
                      [&](const auto& entry) { return now - entry.second.last >= lockout_lasts; });
        if (failures_.size() >= lockouts_max)
            failures_.erase(std::ranges::min_element(
                failures_, {}, [](const auto& entry) { return entry.second.last; }));
    }
    auto& failures = failures_[{device, source}];
    if (now - failures.last >= lockout_lasts) failures.count = 0;
    ++failures.count;
    failures.last = now;
}

void Lockout::succeeded(const std::string& device, const HostAddress& source) {
    failures_.erase({device, source});
}

}  // namespace sanad::phone
