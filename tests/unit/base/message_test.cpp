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
        bytes, [](Node::Reader node) -> Result<std::string> { return from_text(node.getDisplayName()); },
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
