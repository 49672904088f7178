#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <string>
#include <type_traits>
#include <utility>

// Flat Cap'n Proto messages, the one form of everything that is stored, sent or signed. This header
// and the generated ones are the only places where the library shows in a header of ours.
namespace sanad {

inline constexpr std::size_t message_bytes_max = 1 << 20;
inline constexpr int message_nesting_max = 12;

/// The message as one segment, a multiple of 8 bytes.
Bytes flatten(capnp::MessageBuilder& builder);

/// An aligned copy of a flat message, checked from outside: whole words, one segment, and the
/// segment ends where the bytes end. errors  bad_size, malformed
Result<kj::Array<capnp::word>> align(ByteView bytes, std::size_t bytes_max = message_bytes_max);

/// What the library threw, as a Result: malformed.
std::unexpected<Error> malformed(const kj::Exception& exception);

/// Reads `bytes`, from anyone, as a `Root` and calls `use(reader)`, which returns a Result. The
/// reader may visit no more words than the message has and no more than message_nesting_max levels;
/// it is valid until `use` returns. Read each pointer once: visits add up.
/// errors  bad_size, malformed, and those of `use`
template <typename Root, typename Use>
auto read_message(ByteView bytes, Use&& use, std::size_t bytes_max = message_bytes_max)
    -> std::invoke_result_t<Use, typename Root::Reader> {
    const auto words = align(bytes, bytes_max);
    if (!words) return std::unexpected(words.error());
    try {
        const capnp::ReaderOptions limits{.traversalLimitInWords = words->size() + 8,
                                          .nestingLimit = message_nesting_max};
        capnp::FlatArrayMessageReader reader(*words, limits);
        return use(reader.getRoot<Root>());
    } catch (const kj::Exception& exception) {
        return malformed(exception);
    }
}

inline capnp::Data::Reader to_data(ByteView bytes) { return {bytes.data(), bytes.size()}; }
inline ByteView from_data(capnp::Data::Reader data) { return {data.begin(), data.size()}; }
inline capnp::Text::Reader to_text(const std::string& text) { return {text.data(), text.size()}; }
inline std::string from_text(capnp::Text::Reader text) { return {text.cStr(), text.size()}; }

}  // namespace sanad
