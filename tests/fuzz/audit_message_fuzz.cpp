#include "core/federation/audit_message.h"

// Whatever a peer says about audit logs must end in an Error, or read again as what was read.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks this name up.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sanad::federation;
    const auto message = read_audit_message({data, size});
    if (!message) return 0;
    const auto bytes = write_audit_message(*message);
    const auto again = read_audit_message(bytes);
    if (!again || write_audit_message(*again) != bytes) __builtin_trap();
    return 0;
}
