#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"

#include <vector>

// A stretch of a link as one file, for where there is no network: schemas/wire.capnp CourierHead.
namespace sanad::node {

inline constexpr std::size_t courier_file_bytes_max = 64 << 20;
inline constexpr std::size_t courier_frames_max = 1 << 16;

/// What one node has for another. The frames are those of a connection, byte for byte: a greeting
/// first, then receipts, then entries. Nothing in them is checked here.
struct CourierFile {
    NodeId from;
    NodeId to;
    Time created_at;
    std::vector<Bytes> frames;  // each 1..federation::frame_bytes_max bytes
    bool operator==(const CourierFile&) const = default;
};

/// How many bytes of the file one more frame takes.
std::size_t courier_bytes(std::size_t frame_bytes);
/// How many bytes a file has beside its frames, at most.
inline constexpr std::size_t courier_overhead_bytes = 1024;

Bytes write_courier(const CourierFile& file);

/// Reads a file from anyone. errors  bad_size: over courier_file_bytes_max or courier_frames_max ·
/// malformed: cut, or no such file · unsupported: another version · bad_signature: not the bytes that were written
Result<CourierFile> read_courier(ByteView bytes);

}  // namespace sanad::node
