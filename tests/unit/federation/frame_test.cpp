#include "core/federation/frame.h"

#include "core/base/encoding.h"
#include "core/base/message.h"
#include "core/casework/erasure.h"
#include "core/casework/referral_event.h"
#include "core/federation/audit_message.h"
#include "core/federation/transport.h"
#include "core/trust/checkpoint.h"
#include "schemas/wire.capnp.h"
#include "tests/support/allocations.h"

#include <capnp/schema.capnp.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <ctime>
#include <functional>

using namespace sanad;
using namespace sanad::federation;

namespace {

std::vector<LoggedEntry> entries_of(std::size_t count, std::size_t bytes) {
    std::vector<LoggedEntry> entries;
    for (std::size_t i = 0; i < count; ++i) entries.push_back({5 + i, Bytes(bytes, 1), {}});
    return entries;
}

Fault fault_of(const Bytes& frame) {
    const auto parsed = parse_frame(frame);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error().fault;
}

/// A frame made by hand, word by word.
Bytes words(std::initializer_list<std::uint64_t> values) {
    Bytes bytes;
    for (const std::uint64_t value : values)
        for (int shift = 0; shift < 64; shift += 8)
            bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    return bytes;
}

constexpr std::uint64_t one_segment(std::uint64_t words) { return words << 32; }
constexpr std::uint64_t struct_pointer(std::uint32_t offset, std::uint64_t data,
                                       std::uint64_t pointers) {
    return (std::uint64_t(offset) << 2) | (data << 32) | (pointers << 48);
}
constexpr std::uint64_t list_pointer(std::uint32_t offset, std::uint64_t kind,
                                     std::uint64_t elements) {
    return (std::uint64_t(offset) << 2) | 1 | (kind << 32) | (elements << 35);
}
constexpr const char* recorded_hello =
    "000000000b0000000000000001000100010000000000000000000000020001000700000000000000"
    "01000000000000000100000027000000080000000200000000000000000000000300000000000000"
    "0100000000000000e803000000000000";

constexpr const char* recorded_push =
    "000000000c0000000000000001000100010001000000000000000000020002000100000000000000"
    "05000000000000000500000016000000110000002a00000005000000420000000500000042000000"
    "010101010101010101010101010101016865616400000000";

constexpr const char* recorded_ack =
    "00000000060000000000000001000100010002000000000000000000010001000100000000000000"
    "010000002a0000006865616400000000";

// Frame: version and union tag in one data word, one pointer. Push: lane and first, two pointers.
constexpr std::uint64_t push_tag = 1 | (std::uint64_t{1} << 16);

}  // namespace

TEST_CASE("what is written as a frame is read as the same frame") {
    Hello hello{.directory_version = 7, .received = {3, 1'000}, .wants_reply = true};
    const auto read_hello = std::get<Hello>(parse_frame(write_frame(hello)).value());
    CHECK(read_hello.directory_version == 7);
    CHECK(read_hello.received == hello.received);
    CHECK(read_hello.wants_reply);
    const auto push = std::get<Push>(
        parse_frame(write_push(Lane::urgent, entries_of(3, 40), "head").value()).value());
    CHECK(push.lane == Lane::urgent);
    CHECK(push.first == 5);
    CHECK(push.entries == std::vector<Bytes>(3, Bytes(40, 1)));
    CHECK(push.head == "head");
    const auto ack = std::get<Ack>(parse_frame(write_frame(Ack{Lane::normal, "head"})).value());
    CHECK(ack.lane == Lane::normal);
    CHECK(ack.head == "head");
}

TEST_CASE("frames of version 1 as they were recorded are read for ever") {
    const auto hello = std::get<Hello>(parse_frame(from_hex(recorded_hello).value()).value());
    CHECK(hello.directory_version == 7);
    CHECK(hello.received == std::array<std::uint64_t, 2>{3, 1'000});
    CHECK(hello.wants_reply);
    const auto push = std::get<Push>(parse_frame(from_hex(recorded_push).value()).value());
    CHECK(push.lane == Lane::urgent);
    CHECK(push.first == 5);
    CHECK(push.entries == std::vector<Bytes>(2, Bytes(8, 1)));
    CHECK(push.head == "head");
    const auto ack = std::get<Ack>(parse_frame(from_hex(recorded_ack).value()).value());
    CHECK(ack.lane == Lane::urgent);
    CHECK(ack.head == "head");
}

TEST_CASE("a push holds 1 to 256 entries, each of a size with a limit") {
    CHECK(parse_frame(write_push(Lane::normal, entries_of(push_entries_max, 8), "h").value()));
    CHECK(fault_of(write_push(Lane::normal, entries_of(push_entries_max + 1, 8), "h").value()) ==
          Fault::bad_size);
    CHECK(parse_frame(write_push(Lane::normal, entries_of(1, entry_bytes_max), "h").value()));
    CHECK(fault_of(write_push(Lane::normal, entries_of(1, entry_bytes_max + 1), "h").value()) ==
          Fault::bad_size);
    CHECK(fault_of(words({one_segment(7), struct_pointer(0, 1, 1), push_tag,
                          struct_pointer(0, 2, 2), 0, 5, 0, 0})) == Fault::bad_size);
}

TEST_CASE("an erased entry crosses as its leaf hash, and every other has its bytes") {
    auto entries = entries_of(3, 40);
    entries[1].raw.clear();
    entries[1].leaf.fill(7);
    const auto frame = write_push(Lane::normal, entries, "head");
    REQUIRE(frame.has_value());
    const auto parsed = parse_frame(*frame);
    REQUIRE(parsed.has_value());
    const auto& push = std::get<Push>(*parsed);
    REQUIRE(push.erased.size() == 1);
    CHECK(leaf_of(push, 1) == entries[1].leaf);
    CHECK(leaf_of(push, 0) == trust::leaf_hash(entries[0].raw));

    // Each way in which bytes and hash can disagree.
    const auto made = [](auto fill) {
        capnp::MallocMessageBuilder builder;
        auto out = builder.initRoot<schema::Frame>();
        out.setVersion(1);
        auto in = out.initPush();
        auto list = in.initEntries(2);
        const Bytes some(40, 1);
        list.set(0, to_data(some));
        fill(in);
        return fault_of(flatten(builder));
    };
    const Bytes leaf(32, 7), short_leaf(31, 7);
    const auto one = [](schema::Push::Builder built, std::uint32_t offset, const Bytes& bytes) {
        auto erased = built.initErased(1);
        erased[0].setOffset(offset);
        erased[0].setLeaf(to_data(bytes));
    };
    CHECK(made([](auto) {}) == Fault::malformed);
    CHECK(made([&](auto built) { one(built, 0, leaf); }) == Fault::malformed);
    CHECK(made([&](auto built) { one(built, 2, leaf); }) == Fault::malformed);
    CHECK(made([&](auto built) { one(built, 1, short_leaf); }) == Fault::malformed);
    CHECK(made([&](auto built) {
              auto erased = built.initErased(2);
              for (auto entry : erased) {
                  entry.setOffset(1);
                  entry.setLeaf(to_data(leaf));
              }
          }) == Fault::malformed);
    CHECK(made([&](auto built) { built.initErased(3); }) == Fault::bad_size);
}

TEST_CASE("a head has a longest size, and so has a frame") {
    const std::string longest(trust::checkpoint_note_bytes_max, 'h');
    CHECK(parse_frame(write_frame(Ack{Lane::normal, longest})));
    CHECK(fault_of(write_frame(Ack{Lane::normal, longest + "h"})) == Fault::bad_size);
    CHECK(write_push(Lane::normal, entries_of(8, 130'000), "h").has_value());
    CHECK(write_push(Lane::normal, entries_of(9, 130'000), "h").error().fault == Fault::bad_size);
    CHECK(fault_of(Bytes(frame_bytes_max + 8)) == Fault::bad_size);
}

TEST_CASE("another version, lane or kind of frame is refused by name") {
    const auto made = [](auto make) {
        capnp::MallocMessageBuilder builder;
        auto frame = builder.initRoot<schema::Frame>();
        frame.setVersion(wire_version);
        make(frame);
        return flatten(builder);
    };
    CHECK(fault_of(made([](auto frame) {
              frame.setVersion(2);
              frame.initHello();
          })) == Fault::unsupported);
    CHECK(fault_of(made([](auto frame) {
              frame.initAck().setLane(static_cast<schema::Lane>(2));
          })) == Fault::unsupported);
    CHECK(fault_of(words({one_segment(3), struct_pointer(0, 1, 1), 1 | (std::uint64_t{4} << 16),
                          0})) == Fault::unsupported);
    CHECK(fault_of(made([](auto frame) { frame.initHello().initReceived(3); })) ==
          Fault::malformed);
}

namespace {

// FEDERATION section 7. A sanitizer makes everything slower, and the memory no different.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t bomb_ns_max = 100'000'000;
#else
constexpr std::int64_t bomb_ns_max = 5'000'000;
#endif
constexpr std::uint64_t bomb_bytes_max = 1 << 20;
constexpr std::size_t bomb_tries = 21;

// Of this thread alone, so that a busy machine changes nothing.
std::int64_t cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void check_cheap(const std::function<bool()>& refuses) {
    std::vector<std::int64_t> times;
    std::uint64_t most = 0;
    bool refused = true;
    for (std::size_t i = 0; i < bomb_tries; ++i) {
        const auto bytes = test::allocated_bytes();
        const auto begun = cpu_ns();
        refused = refuses() && refused;
        times.push_back(cpu_ns() - begun);
        most = std::max(most, test::allocated_bytes() - bytes);
    }
    std::ranges::nth_element(times, times.begin() + bomb_tries / 2);
    CHECK(refused);
    CHECK(times[bomb_tries / 2] < bomb_ns_max);
    CHECK(most < bomb_bytes_max);
}

/// Whoever reads what a peer wrote refuses it.
void check_bomb(const Bytes& bomb) {
    const auto words = casework::Taxonomies::of_any_time();
    const std::pair<const char*, std::function<bool()>> readers[] = {
        {"frame", [&] { return !parse_frame(bomb); }},
        {"entry", [&] { return !parse_entry(bomb); }},
        {"referral", [&] { return !casework::read_referral_message(bomb, words); }},
        {"erasure", [&] { return !casework::read_erasure(bomb, words); }},
        {"audit", [&] { return !read_audit_message(bomb); }}};
    for (const auto& [reader, refuses] : readers) {
        INFO(reader);
        check_cheap(refuses);
    }
}

/// A root with one pointer, to another such struct, and so on: `levels` of them.
Bytes nested(std::uint32_t levels) {
    Bytes bytes = words({one_segment(levels + 1)});
    for (std::uint32_t i = 0; i < levels; ++i) append(bytes, words({struct_pointer(0, 0, 1)}));
    append(bytes, words({0}));
    return bytes;
}

/// A list of lists of lists, in the words of Cap'n Proto's own schema, which has one.
Bytes nested_type(std::uint32_t levels) {
    capnp::MallocMessageBuilder builder;
    auto type = builder.initRoot<capnp::schema::Type>();
    for (std::uint32_t i = 0; i < levels; ++i) type = type.initList().initElementType();
    type.setVoid();
    return flatten(builder);
}

Result<std::uint32_t> depth_of(const Bytes& bytes) {
    return read_message<capnp::schema::Type>(bytes, [](auto type) -> Result<std::uint32_t> {
        std::uint32_t depth = 0;
        for (; type.isList(); ++depth) type = type.getList().getElementType();
        return depth;
    });
}

/// A push with `entries` that are all one piece of the frame.
Bytes same_piece(std::uint32_t entries) {
    constexpr std::uint32_t piece_words = 16'000;
    Bytes frame = words({one_segment(7 + entries + piece_words), struct_pointer(0, 1, 1), push_tag,
                         struct_pointer(0, 2, 2), 0, 0, list_pointer(1, 6, entries), 0});
    for (std::uint32_t i = 0; i < entries; ++i)
        append(frame, words({list_pointer(entries - 1 - i, 2, piece_words * 8)}));
    frame.resize(frame.size() + piece_words * 8);
    return frame;
}

}  // namespace

TEST_CASE("what a bomb costs is measured") {
    const auto before = test::allocated_bytes();
    const auto begun = cpu_ns();
    const Bytes large(2 * bomb_bytes_max, 1);
    CHECK(test::allocated_bytes() - before >= large.size());
    while (cpu_ns() == begun) {
    }
    CHECK(cpu_ns() > begun);
}

TEST_CASE("a bomb of Cap'n Proto is refused before it costs anything") {
    constexpr std::uint32_t most = (1U << 29) - 1;
    SECTION("a list of 2^29 - 1 things of no size") {
        check_bomb(words({one_segment(7), struct_pointer(0, 1, 1), push_tag,
                          struct_pointer(0, 2, 2), 0, 0, list_pointer(1, 0, most), 0}));
        check_bomb(
            words({one_segment(8), struct_pointer(0, 1, 1), push_tag, struct_pointer(0, 2, 2), 0, 0,
                   list_pointer(1, 7, 0), 0, struct_pointer(most, 0, 0)}));
        // The positions of a hello; and the hashes of a push with one good entry.
        check_bomb(words({one_segment(6), struct_pointer(0, 1, 1), 1, struct_pointer(0, 2, 1), 0, 0,
                          list_pointer(0, 0, most)}));
        check_bomb(
            words({one_segment(11), struct_pointer(0, 1, 1), push_tag, struct_pointer(0, 2, 3), 0,
                   0, list_pointer(2, 6, 1), 0, list_pointer(2, 7, 0), list_pointer(0, 2, 8), 1,
                   struct_pointer(most, 0, 0)}));
    }
    SECTION("200 levels deep") {
        check_bomb(nested(200));
        check_bomb(nested_type(200));
        CHECK(depth_of(nested_type(5)).value() == 5);
        check_cheap([bomb = nested_type(200)] { return !depth_of(bomb); });
    }
    SECTION("a pointer to itself") {
        check_bomb(words(
            {one_segment(3), struct_pointer(0, 1, 1), push_tag, struct_pointer(0x3fffffff, 0, 1)}));
        check_bomb(words({one_segment(1), struct_pointer(0x3fffffff, 0, 1)}));
    }
    SECTION("a far pointer that leads to itself, or round in a circle") {
        check_bomb(words({one_segment(1), 2}));
        check_bomb(words({one_segment(1), 6}));
        check_bomb(words({one_segment(3), (1U << 3) | 2, (2U << 3) | 2, (1U << 3) | 2}));
        check_bomb(
            words({one_segment(5), (1U << 3) | 6, (3U << 3) | 2, (1U << 3) | 6, (1U << 3) | 6, 0}));
    }
    SECTION("a count of segments that wraps") {
        check_bomb(words({0x00000001ffffffff, 0}));
        check_bomb(words({0x0000000100000001, 0, 0}));
    }
    SECTION("256 entries that are all the same great piece") {
        CHECK(parse_frame(same_piece(1)).has_value());
        CHECK_FALSE(parse_frame(same_piece(2)).has_value());
        check_bomb(same_piece(256));
    }
}
