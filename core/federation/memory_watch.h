#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace sanad::federation {

/// What this process has allocated and touched, in bytes; not the files it has mapped, such as its
/// store. 0: the system does not tell. source  /proc/self/statm of Linux. threads  any
std::size_t allocated_memory();

/// Tells when the process has grown so much that its sockets are to be closed, and when what they
/// held is given back. threads  one
class MemoryWatch {
public:
    using Measure = std::function<std::size_t()>;

    /// growth_max  bytes
    explicit MemoryWatch(std::size_t growth_max, Measure measure = allocated_memory)
        : growth_max_(growth_max), measure_(std::move(measure)) {
        begin();
    }

    /// From here on growth is counted.
    void begin() { least_ = measure_(); }

    /// Whether the process has more than growth_max more than at its least since begin().
    bool has_grown();

    /// Gives what is free back to the system. returns  whether at most half of growth_max is left
    bool is_given_back();

private:
    std::size_t growth_max_;
    Measure measure_;
    std::size_t least_ = 0;
};

}  // namespace sanad::federation
