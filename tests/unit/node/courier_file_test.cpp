#include "core/node/courier_file.h"
#include "core/federation/transport.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::node;

namespace {

CourierFile sample() {
    return {{"ma.cmrpi"},
            {"tn.amal"},
            {1'795'485'600'000},
            {Bytes(8, 1), Bytes(64, 2), Bytes(federation::frame_bytes_max, 3)}};
}

}  // namespace

TEST_CASE("a courier file brings its frames as they are") {
    CHECK(read_courier(write_courier(sample())).value() == sample());
    CourierFile empty = sample();
    empty.frames.clear();
    CHECK(read_courier(write_courier(empty)).value() == empty);
}

TEST_CASE("a courier file that was cut anywhere, or has something behind it, is refused") {
    CourierFile file = sample();
    file.frames.pop_back();
    const Bytes good = write_courier(file);
    for (std::size_t size = 0; size < good.size(); ++size)
        if (read_courier(ByteView(good).first(size))) FAIL("cut at " << size);
    for (std::size_t more = 1; more <= 16; ++more) {
        Bytes longer = good;
        longer.resize(good.size() + more);
        CHECK(!read_courier(longer));
    }
}

TEST_CASE("no single flipped bit of a courier file passes") {
    CourierFile file = sample();
    file.frames.pop_back();
    const Bytes good = write_courier(file);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes flipped = good;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        const auto read = read_courier(flipped);
        // In the last message some bits mean nothing.
        if (read && *read != file) FAIL("bit " << bit);
    }
}

TEST_CASE("a courier file, and each part of it, has a limit") {
    CHECK(read_courier(Bytes(courier_file_bytes_max + 1)).error().fault == Fault::bad_size);
    CourierFile file = sample();
    file.frames.push_back(Bytes(federation::frame_bytes_max + 1));
    CHECK(read_courier(write_courier(file)).error().fault == Fault::malformed);
    file = sample();
    file.frames.assign(courier_frames_max, Bytes(1));
    CHECK(read_courier(write_courier(file)).value().frames.size() == courier_frames_max);
    file.frames.push_back(Bytes(1));
    CHECK(read_courier(write_courier(file)).error().fault == Fault::bad_size);
    std::size_t told = courier_overhead_bytes;
    for (const auto& frame : sample().frames) told += courier_bytes(frame.size());
    CHECK(write_courier(sample()).size() <= told);
}
