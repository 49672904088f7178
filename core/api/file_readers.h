#pragma once

#include "core/base/clock.h"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace sanad::api {

/// Who opened which file of a contact lately: the audit log has it, so the parts that follow need
/// no entry each. In memory: after a restart a file is opened again. threads  any
class FileReaders {
public:
    static constexpr Duration lasts = std::chrono::minutes(10);
    static constexpr std::size_t readers_max = 1'000;
    using File = std::array<std::uint8_t, 16>;

    void add(const std::string& who, const File& file, Time now) {
        const std::lock_guard lock(mutex_);
        std::erase_if(opened_, [&](const auto& one) { return !is_fresh(one.second, now); });
        if (opened_.size() >= readers_max) opened_.clear();  // they open their files again
        opened_[{who, file}] = now;
    }
    bool has(const std::string& who, const File& file, Time now) const {
        const std::lock_guard lock(mutex_);
        const auto found = opened_.find({who, file});
        return found != opened_.end() && is_fresh(found->second, now);
    }

private:
    static bool is_fresh(Time opened, Time now) { return now >= opened && now - opened < lasts; }

    mutable std::mutex mutex_;  // guards the rest
    std::map<std::pair<std::string, File>, Time> opened_;
};

}  // namespace sanad::api
