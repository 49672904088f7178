#include "core/node/courier_file.h"

#include "core/base/message.h"
#include "core/federation/transport.h"
#include "core/trust/hash.h"
#include "schemas/wire.capnp.h"

#include <algorithm>

namespace sanad::node {
namespace {

constexpr std::uint16_t courier_version = 1;
constexpr std::size_t length_bytes = 4;

void append_part(Bytes& file, ByteView part) {
    for (std::size_t i = 0; i < length_bytes; ++i)
        file.push_back(static_cast<std::uint8_t>(part.size() >> (8 * i)));
    append(file, part);
}

// The part at `at`, which moves behind it.
Result<ByteView> next_part(ByteView bytes, std::size_t& at) {
    if (bytes.size() - at < length_bytes) return fail(Fault::malformed, "cut");
    std::size_t size = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) size |= std::size_t(bytes[at + i]) << (8 * i);
    at += length_bytes;
    if (size == 0 || size > federation::frame_bytes_max) return fail(Fault::malformed, "part");
    if (bytes.size() - at < size) return fail(Fault::malformed, "cut");
    const ByteView part = bytes.subspan(at, size);
    at += size;
    return part;
}

Result<CourierFile> read_head(ByteView part) {
    return read_message<schema::CourierHead>(part, [](auto in) -> Result<CourierFile> {
        if (in.getVersion() != courier_version) return fail(Fault::unsupported, "version");
        return CourierFile{
            {from_text(in.getFrom())}, {from_text(in.getTo())}, {in.getCreatedAtMs()}, {}};
    });
}

struct End {
    std::uint32_t frames = 0;
    Bytes digest;
};

Result<End> read_end(ByteView part) {
    return read_message<schema::CourierEnd>(part, [](auto in) -> Result<End> {
        const auto digest = in.getDigest();
        return End{in.getFrames(), Bytes(digest.begin(), digest.end())};
    });
}

}  // namespace

std::size_t courier_bytes(std::size_t frame_bytes) { return length_bytes + frame_bytes; }

Bytes write_courier(const CourierFile& file) {
    Bytes bytes;
    capnp::MallocMessageBuilder head;
    auto out = head.initRoot<schema::CourierHead>();
    out.setVersion(courier_version);
    out.setFrom(to_text(file.from.text));
    out.setTo(to_text(file.to.text));
    out.setCreatedAtMs(file.created_at.ms);
    append_part(bytes, flatten(head));
    for (const auto& frame : file.frames) append_part(bytes, frame);
    capnp::MallocMessageBuilder tail;
    auto end = tail.initRoot<schema::CourierEnd>();
    end.setFrames(static_cast<std::uint32_t>(file.frames.size()));
    end.setDigest(to_data(trust::sha256(bytes)));
    append_part(bytes, flatten(tail));
    return bytes;
}

// The digest finds what was cut or damaged on the way; who wrote it is what the heads inside prove.
Result<CourierFile> read_courier(ByteView bytes) {
    if (bytes.size() > courier_file_bytes_max) return fail(Fault::bad_size, "courier file");
    std::size_t at = 0;
    const auto head = next_part(bytes, at);
    if (!head) return std::unexpected(head.error());
    auto file = read_head(*head);
    if (!file) return file;
    std::size_t before_last = at;
    std::vector<ByteView> parts;
    while (at < bytes.size()) {
        before_last = at;
        const auto part = next_part(bytes, at);
        if (!part) return std::unexpected(part.error());
        parts.push_back(*part);
        // Its frames and its end: many small ones would take many times the file's size.
        if (parts.size() > courier_frames_max + 1) return fail(Fault::bad_size, "courier frames");
    }
    if (parts.empty()) return fail(Fault::malformed, "cut");
    const auto end = read_end(parts.back());
    if (!end || end->frames != parts.size() - 1) return fail(Fault::malformed, "cut");
    if (!std::ranges::equal(end->digest, trust::sha256(bytes.first(before_last))))
        return fail(Fault::bad_signature, "digest");
    parts.pop_back();
    for (const auto part : parts) file->frames.emplace_back(part.begin(), part.end());
    return file;
}

}  // namespace sanad::node
