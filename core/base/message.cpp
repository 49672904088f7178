#include "core/base/message.h"

#include <capnp/any.h>

#include <cstring>
#include <span>

namespace sanad {
namespace {

/// Follows every pointer of a segment, known to a schema or not. Each leads to a struct or a list
/// inside the segment, and all that they lead to fits into it: so no far pointer, no capability, no
/// word that two pointers share and no list of things without size. What the library would pass
/// over, another reader might read otherwise.
class Walk {
public:
    explicit Walk(std::span<const std::uint64_t> words) : words_(words), left_(words.size()) {}

    bool run() { return spend(1) && follow(0, 1); }

private:
    static constexpr std::uint64_t offset_sign = std::uint64_t(1) << 29;

    bool spend(std::uint64_t words) {
        if (words > left_) return false;
        left_ -= words;
        return true;
    }
    bool has(std::int64_t at, std::uint64_t count) const {
        return at >= 0 && std::uint64_t(at) <= words_.size() &&
               count <= words_.size() - std::uint64_t(at);
    }
    bool take(std::int64_t at, std::uint64_t count) { return has(at, count) && spend(count); }

    bool follow(std::uint64_t place, int level) {
        const std::uint64_t word = words_[place];
        if (word == 0) return true;
        if (level > message_nesting_max) return false;
        const std::uint64_t offset = (word >> 2) & (2 * offset_sign - 1);
        const auto at =
            std::int64_t(place + 1 + (offset ^ offset_sign)) - std::int64_t(offset_sign);
        switch (word & 3) {
            case 0:
                return structs(at, 1, word, level);
            case 1:
                return list(at, (word >> 32) & 7, word >> 35, level);
            default:
                return false;
        }
    }

    // `shape` says in its upper half how many words of data and how many pointers each has.
    bool structs(std::int64_t at, std::uint64_t count, std::uint64_t shape, int level) {
        const std::uint64_t data = (shape >> 32) & 0xffff, pointers = shape >> 48;
        if (!take(at, count * (data + pointers))) return false;
        for (auto first = std::uint64_t(at); count > 0; --count, first += data + pointers)
            if (!pointers_from(first + data, pointers, level)) return false;
        return true;
    }

    bool pointers_from(std::uint64_t first, std::uint64_t count, int level) {
        for (std::uint64_t i = 0; i < count; ++i)
            if (!follow(first + i, level + 1)) return false;
        return true;
    }

    bool list(std::int64_t at, std::uint64_t kind, std::uint64_t count, int level) {
        static constexpr std::uint64_t bits[] = {0, 1, 8, 16, 32, 64};
        if (kind == 6) return take(at, count) && pointers_from(std::uint64_t(at), count, level);
        if (kind != 7) return (kind != 0 || count == 0) && take(at, (count * bits[kind] + 63) / 64);
        if (!has(at, count + 1) || !spend(1)) return false;
        const std::uint64_t tag = words_[std::uint64_t(at)];
        const std::uint64_t elements = (tag >> 2) & (2 * offset_sign - 1);
        const std::uint64_t size = ((tag >> 32) & 0xffff) + (tag >> 48);
        if ((tag & 3) != 0 || elements * size != count || (size == 0 && elements != 0))
            return false;
        return structs(at + 1, elements, tag, level);
    }

    std::span<const std::uint64_t> words_;
    std::uint64_t left_;
};

}  // namespace

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
    const std::span segment(reinterpret_cast<const std::uint64_t*>(words.begin()) + 1,
                            segment_words);
    if (!Walk(segment).run()) return fail(Fault::malformed, "pointers that are not plain");
    return words;
}

std::unexpected<Error> malformed(const kj::Exception& exception) {
    return fail(Fault::malformed, exception.getDescription().cStr());
}

}  // namespace sanad
