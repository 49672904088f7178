#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace sanad {

/// Named counts of what happened, such as "link.drop.bad_signature": for metrics, and for tests
/// that ask why something was dropped. threads  any
class Counters {
public:
    void add(std::string_view name, std::uint64_t count = 1) {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(name);
        if (found != counts_.end())
            found->second += count;
        else
            counts_.emplace(name, count);
    }

    std::uint64_t count(std::string_view name) const {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(name);
        return found == counts_.end() ? 0 : found->second;
    }

    std::map<std::string, std::uint64_t, std::less<>> all() const {
        const std::lock_guard lock(mutex_);
        return counts_;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace sanad
