#pragma once

#include "core/base/bytes.h"
#include "core/base/entropy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <span>

namespace sanad::trust {

/// Overwrites `bytes` in a way that the compiler does not leave out. threads  any
void wipe(std::span<std::uint8_t> bytes) noexcept;

/// Whether both are equal, in a time that depends on their lengths only. threads  any
bool equal_in_constant_time(ByteView left, ByteView right) noexcept;

/// `N` bytes that nobody else may read: wiped when they go, moved but never copied by accident, and
/// with no way into a log, since nothing formats them. What was moved from is all zero.
template <std::size_t N>
class Secret {
public:
    static constexpr std::size_t size = N;

    Secret() = default;  // all zero
    explicit Secret(const std::array<std::uint8_t, N>& bytes) : bytes_(bytes) {}
    /// `bytes` has exactly N bytes: the caller has checked.
    explicit Secret(ByteView bytes) {
        assert(bytes.size() == N);
        std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    }
    ~Secret() { wipe(bytes_); }

    Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
    Secret& operator=(Secret&& other) noexcept {
        if (this == &other) return *this;
        bytes_ = other.bytes_;
        wipe(other.bytes_);
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    static Secret generate(Entropy& entropy) {
        Secret secret;
        entropy.fill(secret.bytes_);
        return secret;
    }

    /// A second one, where two owners are really meant.
    Secret copy() const { return Secret(bytes_); }

    /// Borrowed, as long as the secret lives.
    const std::array<std::uint8_t, N>& bytes() const { return bytes_; }
    /// To write a secret where it belongs, without a copy beside it.
    std::span<std::uint8_t, N> writable() { return bytes_; }

    bool operator==(const Secret& other) const {
        return equal_in_constant_time(bytes_, other.bytes_);
    }

private:
    std::array<std::uint8_t, N> bytes_{};
};

/// A key of XChaCha20-Poly1305, keyed BLAKE2b or crypto_kdf.
using SymmetricKey = Secret<32>;

}  // namespace sanad::trust
