#include "core/trust/checkpoint.h"

// Whatever a peer sends as a head must end in an Error or come back as it was. The keys below are
// nobody's, so a head that opens is a forgery.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks this name up.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sanad::trust;
    const auto bytes = sanad::text_of({data, size});
    if (const auto checkpoint = parse_checkpoint(bytes)) {
        if (write_checkpoint(*checkpoint) != bytes) __builtin_trap();
    }
    const Verifier nobody{"nobody", SignatureType::ed25519, {}};
    const Verifier no_witness{"nobody", SignatureType::cosignature, {}};
    if (open_cosigned_checkpoint(bytes, nobody, no_witness)) __builtin_trap();
    return 0;
}
