#include "core/federation/directory_trust.h"

// Whatever a stranger offers as a directory must end in an Error or come back as it was. No steward
// is trusted here, so a directory that is believed is a forgery.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks this name up.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sanad::federation;
    const auto bytes = sanad::text_of({data, size});
    if (const auto directory = parse_directory(bytes)) {
        if (write_directory(*directory) != bytes) __builtin_trap();
    }
    if (verify_directory(bytes, {}, 1)) __builtin_trap();
    return 0;
}
