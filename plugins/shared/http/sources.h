#pragma once

#include "plugins/shared/http/server.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

namespace sanad::http {

/// Who asks how often, without knowing who: an address becomes a keyed hash at once, and its key
/// lives in memory for 24 hours. Each time comes in as an argument.
///
/// threads  the server's
class Sources {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::hours key_life{24};
    static constexpr std::size_t sources_max = 65'536;  // more share one budget

    explicit Sources(const Limits& limits) : limits_(limits) {}

    /// address  4 bytes, or 16 of which the first 8 count: one household often has a whole /64
    std::uint64_t source_of(std::span<const unsigned char> address, Time now);

    /// A connection opens: nothing when the source has too many, else what leave() wants once.
    std::optional<std::uint64_t> enter(std::uint64_t source, Time now);
    void leave(std::uint64_t entered);

    /// A request comes: false when the source is over its budget.
    bool spend(std::uint64_t source, Time now);

private:
    struct Budget {
        double tokens;
        Time at;
        std::size_t connections = 0;
    };

    std::unordered_map<std::uint64_t, Budget>::value_type& row_of(std::uint64_t source, Time now);
    void refill(Budget& budget, Time now) const;
    void forget_idle(Time now);

    const Limits& limits_;
    std::array<unsigned char, 32> key_{};
    Time key_made_{};
    bool has_key_ = false;
    std::unordered_map<std::uint64_t, Budget> budgets_;
};

}  // namespace sanad::http
