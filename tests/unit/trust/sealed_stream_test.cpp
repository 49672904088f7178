#include "core/trust/sealed_stream.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

namespace {

// Three chunks of one stream.
struct Stream {
    sanad::test::CounterEntropy entropy;
    SealingKey key = SealingKey::generate(entropy);
    StreamSealer sealer = *StreamSealer::begin(key.public_key(), entropy);
    Bytes head = sealer.head();
    Bytes first = sealer.seal(Bytes(stream_chunk_bytes, 'a'), false);
    Bytes second = sealer.seal(Bytes(stream_chunk_bytes, 'b'), false);
    Bytes last = sealer.seal(Bytes(3, 'c'), true);
};

}  // namespace

TEST_CASE("a stream opens chunk by chunk, and says which one is its last") {
    Stream stream;
    auto opener = StreamOpener::begin(stream.key, stream.head);
    REQUIRE(opener);
    const auto first = opener->open(stream.first);
    REQUIRE(first);
    CHECK(first->plain == Bytes(stream_chunk_bytes, 'a'));
    CHECK_FALSE(first->last);
    REQUIRE(opener->open(stream.second));
    const auto last = opener->open(stream.last);
    REQUIRE(last);
    CHECK(last->plain == Bytes(3, 'c'));
    CHECK(last->last);
}

TEST_CASE("a stream for another key, or with a changed head, does not begin") {
    Stream stream;
    CHECK(StreamOpener::begin(SealingKey::generate(stream.entropy), stream.head).error().fault ==
          Fault::bad_signature);
    CHECK(StreamOpener::begin(stream.key, ByteView(stream.head).first(stream_head_bytes - 1))
              .error()
              .fault == Fault::bad_size);
    Bytes changed = stream.head;
    changed[5] ^= 1;
    CHECK_FALSE(StreamOpener::begin(stream.key, changed));
}

TEST_CASE("a chunk that was changed, moved, repeated or left out does not open") {
    Stream stream;
    const auto begun = [&] { return std::move(*StreamOpener::begin(stream.key, stream.head)); };
    Bytes changed = stream.first;
    changed[100] ^= 1;
    CHECK(begun().open(changed).error().fault == Fault::bad_signature);
    CHECK_FALSE(begun().open(stream.second));  // the first one is missing
    auto twice = begun();
    REQUIRE(twice.open(stream.first));
    CHECK_FALSE(twice.open(stream.first));
    auto gap = begun();
    REQUIRE(gap.open(stream.first));
    CHECK_FALSE(gap.open(stream.last));
    CHECK(begun().open(Bytes(stream_chunk_overhead - 1)).error().fault == Fault::bad_signature);
}
