#include "core/base/message.h"

#include <capnp/any.h>
#include <capnp/schema.capnp.h>

#include <catch2/catch.hpp>

using namespace sanad;
using capnp::schema::Node;  // any schema serves

namespace {

Bytes message(const std::string& name) {
    capnp::MallocMessageBuilder builder;
    builder.initRoot<Node>().setDisplayName(name);
    return flatten(builder);
}

Result<std::string> name_in(ByteView bytes, std::size_t bytes_max = message_bytes_max) {
    return read_message<Node>(
        bytes,
        [](Node::Reader node) -> Result<std::string> { return from_text(node.getDisplayName()); },
        bytes_max);
}

}  // namespace

TEST_CASE("a message comes back from its bytes, also one that outgrew its first segment") {
    for (const std::size_t size : {0UL, 1UL, 5'000UL, 40'000UL, 900'000UL})
        CHECK(name_in(message(std::string(size, 'x'))).value() == std::string(size, 'x'));
}

TEST_CASE("a message cut short, longer than its segment or not in whole words is refused") {
    const Bytes whole = message("hello");
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(name_in(ByteView(whole).first(size)).has_value());
    Bytes longer = whole;
    longer.resize(whole.size() + 8);
    CHECK(name_in(longer).error().fault == Fault::malformed);
    longer.resize(whole.size() + 1);
    CHECK(name_in(longer).error().fault == Fault::bad_size);
}

TEST_CASE("a message has a limit of bytes") {
    const Bytes whole = message("hello");
    CHECK(name_in(whole, whole.size()).has_value());
    CHECK(name_in(whole, whole.size() - 1).error().fault == Fault::bad_size);
}

TEST_CASE("a segment count of 2^32-1, which wraps to one segment, is refused") {
    Bytes whole = message("hello");
    for (std::size_t i = 0; i < 4; ++i) whole[i] = 0xff;
    CHECK_FALSE(name_in(whole).has_value());
}

TEST_CASE("no single flipped bit crashes the reader") {
    const Bytes whole = message("hello, somebody to lean on");
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Bytes damaged = whole;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        const auto name = name_in(damaged);
        CHECK((!name || name->size() <= whole.size()));
    }
}

namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t text_hi = 0x6968;  // "hi" and its zero

std::uint64_t pointer_to_struct(std::uint64_t offset, std::uint64_t data, std::uint64_t pointers) {
    return offset << 2 | data << 32 | pointers << 48;
}
std::uint64_t pointer_to_list(std::uint64_t offset, std::uint64_t kind, std::uint64_t count) {
    return 1 | offset << 2 | kind << 32 | count << 35;
}
std::uint64_t pointer_to_text(std::uint64_t offset) { return pointer_to_list(offset, 2, 3); }

Bytes segment_of(const Words& words) {
    Bytes bytes(8 + words.size() * 8);
    bytes[4] = std::uint8_t(words.size());
    for (std::size_t i = 0; i < words.size() * 8; ++i)
        bytes[8 + i] = std::uint8_t(words[i / 8] >> (i % 8 * 8));
    return bytes;
}

// A name, and beside it a pointer that the schema may know or not; `rest` stands behind both.
Result<std::string> name_beside(std::uint64_t pointer, const Words& rest) {
    Words words{pointer_to_struct(0, 0, 2), pointer_to_text(1), pointer, text_hi};
    words.insert(words.end(), rest.begin(), rest.end());
    return name_in(segment_of(words));
}

// The same, `levels` pointers deep, the one to the root included.
Result<std::string> name_above(int levels) {
    Words rest;
    for (int i = 2; i < levels; ++i) rest.push_back(pointer_to_struct(0, 0, 1));
    rest.push_back(0);
    return name_beside(pointer_to_struct(1, 0, 1), rest);
}

}  // namespace

TEST_CASE("what a schema does not know may stand in a message, where it is plain") {
    CHECK(name_beside(0, {}).value() == "hi");
    CHECK(name_beside(0, {7, 7}).value() == "hi");  // words that nothing leads to
    CHECK(name_beside(pointer_to_struct(1, 1, 0), {7}).value() == "hi");
    CHECK(name_beside(pointer_to_list(1, 5, 2), {7, 7}).value() == "hi");
    CHECK(name_beside(pointer_to_list(1, 6, 1), {pointer_to_text(0), text_hi}).value() == "hi");
    CHECK(name_beside(pointer_to_list(1, 7, 2), {pointer_to_struct(2, 1, 0), 7, 7}).value() ==
          "hi");
    CHECK(name_beside(pointer_to_list(1, 0, 0), {}).value() == "hi");
    CHECK(name_above(message_nesting_max).value() == "hi");
}

TEST_CASE("pointers that another reader might follow otherwise are refused, known or not") {
    const auto fault = [](std::uint64_t pointer, const Words& rest) {
        const auto name = name_beside(pointer, rest);
        REQUIRE_FALSE(name.has_value());
        return name.error().fault;
    };
    SECTION("far, to another place of the same segment") {
        CHECK(fault(2 | 4 << 3, {pointer_to_text(0), text_hi}) == Fault::malformed);
        CHECK_FALSE(name_in(segment_of({pointer_to_struct(0, 0, 1), 2 | 2 << 3, pointer_to_text(0),
                                        text_hi}))
                        .has_value());
    }
    SECTION("to a capability") { CHECK(fault(3, {}) == Fault::malformed); }
    SECTION("two to one place") {
        CHECK(fault(pointer_to_text(0), {}) == Fault::malformed);
        CHECK(fault(pointer_to_struct(std::uint64_t(-3) & 0x3fffffff, 0, 2), {}) ==
              Fault::malformed);
    }
    SECTION("behind the end") {
        CHECK(fault(pointer_to_struct(1, 1, 0), {}) == Fault::malformed);
        CHECK(fault(pointer_to_list(1, 5, 2), {7}) == Fault::malformed);
        CHECK(fault(pointer_to_list(1, 7, 0), {}) == Fault::malformed);
        CHECK(fault(pointer_to_struct(std::uint64_t(-4) & 0x3fffffff, 0, 0), {}) ==
              Fault::malformed);
    }
    SECTION("to many things of no size") {
        CHECK(fault(pointer_to_list(1, 0, 1), {}) == Fault::malformed);
        CHECK(fault(pointer_to_list(1, 7, 0), {pointer_to_struct(1, 0, 0)}) == Fault::malformed);
    }
    SECTION("to a list whose count is not that of its elements") {
        CHECK(fault(pointer_to_list(1, 7, 2), {pointer_to_struct(1, 1, 0), 7, 7}) ==
              Fault::malformed);
        CHECK(fault(pointer_to_list(1, 7, 1), {pointer_to_list(1, 1, 1), 7}) == Fault::malformed);
    }
    SECTION("too deep") {
        const auto name = name_above(message_nesting_max + 1);
        CHECK(name.error().fault == Fault::malformed);
    }
}
