#include "core/base/message.h"
#include "core/federation/transport.h"
#include "core/node/courier_file.h"
#include "core/trust/hash.h"
#include "schemas/wire.capnp.h"
#include "tests/fuzz/target.h"

// What somebody hands over as a courier file must end in an Error or in frames within their limits,
// which read as themselves when they are written again. The bytes are tried as they are, and with
// an end that fits them, so that what stands before it is reached too.
namespace {

using namespace sanad;
using namespace sanad::node;

constexpr std::size_t length_bytes = 4;

void append_part(Bytes& file, ByteView part) {
    for (std::size_t i = 0; i < length_bytes; ++i)
        file.push_back(static_cast<std::uint8_t>(part.size() >> (8 * i)));
    append(file, part);
}

/// Where the whole parts at the beginning of `bytes` end, one after the other.
std::vector<std::size_t> ends_of_parts(ByteView bytes) {
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; bytes.size() - at >= length_bytes;) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < length_bytes; ++i)
            size |= std::size_t(bytes[at + i]) << (8 * i);
        at += length_bytes;
        if (size == 0 || size > bytes.size() - at) break;
        at += size;
        ends.push_back(at);
    }
    return ends;
}

/// The parts of `bytes` but the last, which was the end of another file, and an end for these.
Bytes with_a_good_end(ByteView bytes) {
    auto ends = ends_of_parts(bytes);
    if (ends.size() > 1) ends.pop_back();
    if (ends.empty()) return {};
    Bytes file(bytes.begin(), bytes.begin() + std::ptrdiff_t(ends.back()));
    capnp::MallocMessageBuilder builder;
    auto end = builder.initRoot<schema::CourierEnd>();
    end.setFrames(static_cast<std::uint32_t>(ends.size() - 1));
    end.setDigest(to_data(trust::sha256(file)));
    append_part(file, flatten(builder));
    return file;
}

void check(ByteView bytes) {
    const auto file = read_courier(bytes);
    if (!file) return;
    std::size_t told = courier_overhead_bytes + file->from.text.size() + file->to.text.size();
    for (const auto& frame : file->frames) {
        if (frame.empty() || frame.size() > federation::frame_bytes_max) __builtin_trap();
        told += courier_bytes(frame.size());
    }
    const Bytes written = write_courier(*file);
    if (written.size() > told || read_courier(written) != *file) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check({data, size});
    check(with_a_good_end({data, size}));
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const CourierFile file{
        {"ma.node"}, {"tn.node"}, {1'795'485'600'000}, {Bytes(8, 1), Bytes(300, 2)}};
    return {write_courier(file), write_courier({file.from, file.to, file.created_at, {}})};
}
