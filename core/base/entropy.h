#pragma once

#include <cstdint>
#include <span>

namespace sanad {

/// The only way randomness enters the core.
class Entropy {
public:
    virtual ~Entropy() = default;
    /// Fills `out` with unpredictable bytes. threads  any
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace sanad
