#pragma once

#include <cstdint>

namespace sanad::test {

/// How many bytes this thread has asked the heap for since it began; what it gave back counts as
/// well. Only in programs that link `allocations`: it stands in the place of malloc, or, under a
/// sanitizer, which has a malloc of its own, in the place of operator new.
std::uint64_t allocated_bytes();

}  // namespace sanad::test
