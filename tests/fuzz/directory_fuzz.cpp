#include "core/federation/directory_trust.h"
#include "tests/fuzz/target.h"
#include "tests/unit/federation/directory_sample.h"

// Whatever a stranger offers as a directory must end in an Error or come back as it was. No steward
// is trusted here, so a directory that is believed is a forgery.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sanad::federation;
    const auto bytes = sanad::text_of({data, size});
    if (const auto directory = parse_directory(bytes)) {
        if (write_directory(*directory) != bytes) __builtin_trap();
    }
    if (verify_directory(bytes, {}, 1)) __builtin_trap();
    return 0;
}

std::vector<sanad::Bytes> sanad::fuzz::seeds() {
    const auto directory = test::sample_directory();
    return {seed(federation::write_directory(directory).value()),
            seed(test::signed_by(directory, {1, 2}))};
}
