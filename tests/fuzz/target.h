#pragma once

#include "core/base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <vector>

// What a fuzz target gives: a decoder to be tried, and sound inputs to begin with. libFuzzer runs
// it with clang (./dev fuzz); replay.cpp runs the same with any compiler, as an ordinary test.

// It traps where a promise of the decoder breaks. returns  0.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks this name up.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sanad::fuzz {

/// Inputs that the decoder accepts, made by the code that writes them; the same in each run.
std::vector<Bytes> seeds();

inline Bytes seed(std::string_view text) {
    const auto bytes = bytes_of(text);
    return {bytes.begin(), bytes.end()};
}

}  // namespace sanad::fuzz
