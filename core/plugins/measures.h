#pragma once

#include "core/base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace sanad::plugins {

inline constexpr std::size_t measures_max = 64;
inline constexpr std::size_t measure_name_bytes_max = 48;

/// What one instance counts, behind `sanad.metrics/1`. threads  any
class Measures {
public:
    enum class Kind : std::uint8_t { count, gauge };
    struct Value {
        Kind kind{};
        std::uint64_t value = 0;  // a sum, or the last one
    };
    using Values = std::map<std::string, Value, std::less<>>;

    /// False: no such name may be, or there are measures_max others already, or it is of the other
    /// kind.
    bool add(std::string_view name, Kind kind, std::uint64_t value);
    Values all() const;
    /// What came since the last time: sums begin anew.
    Values take();

    /// As the payload of a frame, and back: lines such as "c sent 12" and "g open 3". What is no
    /// such line is left out.
    static Bytes write(const Values& values);
    void read(ByteView payload);

private:
    mutable std::mutex mutex_;  // guards the rest
    Values values_;
};

}  // namespace sanad::plugins
