#pragma once

#include "core/trust/keys.h"

#include <array>

// What is too long to be sealed at once, such as a backup: chunk after chunk, none of which can be
// left out, moved, changed or cut off, for whoever has the other half of a key.
//
// source  libsodium's crypto_secretstream_xchacha20poly1305; the stream's key in a sealed box
namespace sanad::trust {

inline constexpr std::size_t stream_chunk_bytes = 64 << 10;  // plain; only the last one is shorter
inline constexpr std::size_t stream_chunk_overhead = 17;
/// Key and nonce of the stream: the key in a sealed box.
inline constexpr std::size_t stream_head_bytes = 32 + sealed_box_overhead + 24;

/// Of libsodium, which no header here names.
using StreamState = std::array<std::uint8_t, 52>;

/// threads  one at a time
class StreamSealer {
public:
    /// errors  invalid: a key of small order
    static Result<StreamSealer> begin(const SealingPublicKey& to, Entropy& entropy);
    ~StreamSealer();
    StreamSealer(StreamSealer&&) = default;  // the former one must not be used
    StreamSealer& operator=(StreamSealer&&) = default;

    /// stream_head_bytes: stands before the first chunk.
    const Bytes& head() const { return head_; }
    /// plain  stream_chunk_bytes of it, or fewer for the last one
    Bytes seal(ByteView plain, bool last);

private:
    StreamSealer() = default;
    StreamState state_{};
    Bytes head_;
};

/// threads  one at a time
class StreamOpener {
public:
    /// head     stream_head_bytes
    /// errors   bad_size · bad_signature: for another key, or changed
    static Result<StreamOpener> begin(const SealingKey& key, ByteView head);
    ~StreamOpener();
    StreamOpener(StreamOpener&&) = default;  // as above
    StreamOpener& operator=(StreamOpener&&) = default;

    struct Chunk {
        Bytes plain;
        bool last = false;  // nothing may follow
    };
    /// errors  bad_signature: changed, moved, or one before it is missing
    Result<Chunk> open(ByteView sealed);

private:
    StreamOpener() = default;
    StreamState state_{};
};

}  // namespace sanad::trust
