#include "core/trust/note.h"
#include "tests/fuzz/target.h"

// Whatever a stranger sends as a note must end in an Error or come back as it was: no crash, no
// hang, no exception. No key is known here, so a note that verifies is a forgery.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = sanad::text_of({data, size});
    if (const auto note = sanad::trust::parse_note(bytes)) {
        if (sanad::trust::write_note(*note) != bytes) __builtin_trap();
        if (sanad::trust::verify_note(*note, {})) __builtin_trap();
    }
    if (const auto verifier = sanad::trust::parse_verifier(bytes)) {
        if (sanad::trust::format(*verifier) != bytes) __builtin_trap();
    }
    return 0;
}

std::vector<sanad::Bytes> sanad::fuzz::seeds() {
    const trust::SigningKey key(trust::Seed{1});
    return {seed(trust::sign_note("A line.\nAnd another.\n", key, "steward-1").value()),
            seed(trust::format({"steward-1", trust::SignatureType::ed25519, key.public_key()}))};
}
