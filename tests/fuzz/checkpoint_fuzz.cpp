#include "core/trust/checkpoint.h"
#include "tests/fuzz/target.h"

// Whatever a peer sends as a head must end in an Error or come back as it was. The keys below are
// nobody's, so a head that opens is a forgery.
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

std::vector<sanad::Bytes> sanad::fuzz::seeds() {
    const trust::Checkpoint checkpoint{"sanad/ma.node/tn.node/normal", 417, {1, 2, 3}};
    const trust::SigningKey key(trust::Seed{1});
    const auto head = trust::sign_checkpoint(checkpoint, key, "ma.node").value();
    return {
        seed(trust::write_checkpoint(checkpoint)), seed(head),
        seed(trust::add_cosignature(head, trust::SigningKey(trust::Seed{2}), "tn.node", Time{9'000})
                 .value())};
}
