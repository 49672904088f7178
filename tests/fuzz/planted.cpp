#include "tests/fuzz/target.h"

// A decoder with a mistake in it: it believes a length. That the replay finds it is tested.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 2 && data[0] == 'L' && std::size_t{data[1]} > size) __builtin_trap();
    return 0;
}

std::vector<sanad::Bytes> sanad::fuzz::seeds() { return {seed("L\x04 four")}; }
