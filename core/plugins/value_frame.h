#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <cstdint>

// What an instance keeps and counts, as it crosses between the node and an isolated plugin's host:
// without Cap'n Proto, which the host does not link.
namespace sanad::plugins {

/// A call of `sanad.kv/1`.
struct ValueCall {
    enum class Act : std::uint32_t { get = 1, put, remove } act{};
    ByteView key;           // 1..SANAD_KV_KEY_BYTES_MAX
    ByteView value;         // of put: at most SANAD_KV_VALUE_BYTES_MAX
    std::uint64_t quota{};  // bytes that all of the instance's keys and values may have; the node's
};

/// The frame's payload: the key's length in one byte, the key, the value.
inline Bytes write_value(ByteView key, ByteView value) {
    Bytes payload;
    payload.reserve(1 + key.size() + value.size());
    payload.push_back(static_cast<std::uint8_t>(key.size()));
    payload.insert(payload.end(), key.begin(), key.end());
    payload.insert(payload.end(), value.begin(), value.end());
    return payload;
}

/// Without act and quota. errors  malformed
Result<ValueCall> read_value(ByteView payload);

/// Whether key and value have the lengths that they may have.
bool is_value(const ValueCall& call);

}  // namespace sanad::plugins
