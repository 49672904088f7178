#include "core/federation/recovery_message.h"
#include "tests/fuzz/target.h"

#include <algorithm>

// What a peer gives back of our own log, or asks for of its own, must end in an Error or in a
// message within its limits, which reads as itself when it is written again. Each entry's leaf is
// the hash of its bytes, whatever the peer wrote beside them.
namespace {

using namespace sanad;
using namespace sanad::federation;

void check(const RestoreAsk&) {}
void check(const Returned& returned) {
    if (returned.items.empty() || returned.items.size() > push_entries_max) __builtin_trap();
    if (returned.proof.size() > trust::proof_digests_max) __builtin_trap();
    for (const auto& item : returned.items) {
        if (item.raw.size() > entry_bytes_max) __builtin_trap();
        if (!item.raw.empty() && item.leaf != trust::leaf_hash(item.raw)) __builtin_trap();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = parse_recovery({data, size});
    if (!message) return 0;
    std::visit(
        [&](const auto& one) {
            check(one);
            const auto bytes = write_message(one);
            // What was close to the limit may not be sent by us.
            if (bytes.size() <= beside_bytes_max && parse_recovery(bytes) != *message)
                __builtin_trap();
        },
        *message);
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    Returned returned{Lane::normal, 7, 10, {}, {trust::Digest{1}, trust::Digest{2}}};
    for (const std::size_t bytes : {64, 0, 1'000})
        returned.items.push_back({Bytes(bytes, 5), trust::Digest{3}});
    return {write_message(RestoreAsk{Lane::urgent, 417}), write_message(returned)};
}
