#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sanad {

using Bytes = std::vector<std::uint8_t>;         // owned
using ByteView = std::span<const std::uint8_t>;  // borrowed until the callee returns

/// The bytes of `text`, borrowed from it.
inline ByteView bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// `bytes` read as characters, borrowed from them; says nothing about their encoding.
inline std::string_view text_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline void append(Bytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }

/// Appends `value`, most significant byte first, so that memcmp order is numeric order.
template <typename Unsigned>
void append_big_endian(Bytes& to, Unsigned value) {
    for (int shift = int(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8)
        to.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// The big-endian number in the first sizeof(Unsigned) bytes; the caller has checked the length.
template <typename Unsigned>
Unsigned read_big_endian(ByteView from) {
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) value = Unsigned(value << 8) | from[i];
    return value;
}

}  // namespace sanad
