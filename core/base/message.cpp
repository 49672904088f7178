#include "core/base/message.h"

#include <capnp/any.h>

#include <cstring>

namespace sanad {

Bytes flatten(capnp::MessageBuilder& builder) {
    const auto segments = builder.getSegmentsForOutput();
    if (segments.size() == 1) {
        const auto words = capnp::messageToFlatArray(segments);
        return {words.asBytes().begin(), words.asBytes().end()};
    }
    // The builder outgrew its first segment: copy the message into one that holds it whole.
    std::size_t words = 8;
    for (const auto& segment : segments) words += segment.size();
    capnp::MallocMessageBuilder whole(static_cast<unsigned>(words));
    whole.setRoot(builder.getRoot<capnp::AnyPointer>().asReader());
    return flatten(whole);
}

Result<kj::Array<capnp::word>> align(ByteView bytes, std::size_t bytes_max) {
    constexpr std::size_t word = sizeof(capnp::word);
    if (bytes.size() < 2 * word || bytes.size() > bytes_max || bytes.size() % word != 0)
        return fail(Fault::bad_size, "message");
    std::uint32_t segments_less_one = 0;
    std::uint32_t segment_words = 0;
    std::memcpy(&segments_less_one, bytes.data(), sizeof segments_less_one);
    std::memcpy(&segment_words, bytes.data() + sizeof segments_less_one, sizeof segment_words);
    if (segments_less_one != 0) return fail(Fault::malformed, "more than one segment");
    if ((segment_words + std::size_t(1)) * word != bytes.size())
        return fail(Fault::malformed, "bytes behind the end, or too few");
    auto words = kj::heapArray<capnp::word>(bytes.size() / word);
    std::memcpy(words.begin(), bytes.data(), bytes.size());
    return words;
}

std::unexpected<Error> malformed(const kj::Exception& exception) {
    return fail(Fault::malformed, exception.getDescription().cStr());
}

}  // namespace sanad
