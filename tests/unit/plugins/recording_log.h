#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace sanad::plugins {

/// Keeps each line as `level event field=value ...`. threads  any
class RecordingLog final : public Log {
public:
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    bool holds(std::string_view text) const {
        for (const std::string& line : lines())
            if (line.find(text) != line.npos) return true;
        return false;
    }

protected:
    void write(Level level, std::string_view event, Fields fields) override {
        constexpr const char* levels[] = {"debug", "info", "warn", "error"};
        std::string line = std::string(levels[static_cast<int>(level)]) + ' ' + std::string(event);
        for (const auto& [key, value] : fields) line += ' ' + std::string(key) + '=' + value;
        const std::lock_guard lock(mutex_);
        lines_.push_back(line);
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// A clock that stands until it is moved.
class SetClock final : public Clock {
public:
    Time now() const override { return {1'800'000'000'000 + elapsed_ms_}; }
    Duration elapsed() const override { return Duration(elapsed_ms_); }
    void advance(Duration span) { elapsed_ms_ += span.count(); }

private:
    std::atomic<std::int64_t> elapsed_ms_ = 0;
};

}  // namespace sanad::plugins
