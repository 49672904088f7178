#include "core/federation/attachment.h"
#include "core/base/message.h"
#include "core/trust/seal.h"
#include "schemas/records.capnp.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;

namespace {

const ReferralId referral{{1, 2, 3}};
constexpr Time now{1'795'485'600'000};

std::string arabic(std::size_t bytes) {
    std::string text;
    while (text.size() + 2 <= bytes) text += "س";
    text.resize(bytes, '.');
    return text;
}

}  // namespace

TEST_CASE("a file is cut between characters, and its pieces are the file") {
    support::TestEntropy entropy{1};
    const auto content = "." + arabic(3 * chunk_bytes_max);
    const auto file = seal_file(referral, "letter.txt", bytes_of(content), now, entropy).value();
    CHECK(file.manifest.count() == 4);
    std::string whole;
    for (std::uint32_t index = 0; index < file.manifest.count(); ++index) {
        const auto piece = open_chunk(referral, file.manifest, index, file.chunks[index]).value();
        CHECK(piece.size() <= chunk_bytes_max);
        CHECK((piece.front() & 0xC0) != 0x80);
        whole += text_of(piece);
    }
    CHECK(whole == content);
}

TEST_CASE("a file has 1 byte to 4 MiB, and a name of one line") {
    support::TestEntropy entropy{1};
    const auto fault = [&](std::string_view name, std::size_t bytes) {
        const auto file = seal_file(referral, name, bytes_of(arabic(bytes)), now, entropy);
        return file ? Fault{} : file.error().fault;
    };
    CHECK(fault("a", 0) == Fault::bad_size);
    CHECK(seal_file(referral, "a", bytes_of("x"), now, entropy).has_value());
    CHECK(
        seal_file(referral, "a", bytes_of(arabic(attachment_bytes_max)), now, entropy).has_value());
    CHECK(fault("a", attachment_bytes_max + 1) == Fault::bad_size);
    CHECK(fault("", 1) == Fault::bad_size);
    CHECK(fault(std::string(attachment_name_bytes_max + 1, 'a'), 1) == Fault::bad_size);
    CHECK(fault("two\nlines", 1) == Fault::malformed);
}

TEST_CASE("a chunk opens only in its place, whole, for its referral") {
    support::TestEntropy entropy{1};
    const auto file =
        seal_file(referral, "a", bytes_of(arabic(2 * chunk_bytes_max)), now, entropy).value();
    const auto fault = [&](const ReferralId& of, std::uint32_t index, const Bytes& sealed) {
        const auto opened = open_chunk(of, file.manifest, index, sealed);
        REQUIRE_FALSE(opened.has_value());
        return opened.error().fault;
    };
    CHECK(fault(referral, 1, file.chunks[0]) == Fault::bad_signature);
    CHECK(fault(ReferralId{{9}}, 0, file.chunks[0]) == Fault::bad_signature);
    CHECK(fault(referral, 2, file.chunks[0]) == Fault::bad_size);
    for (const std::size_t place : {std::size_t{0}, file.chunks[0].size() - 1}) {
        Bytes flipped = file.chunks[0];
        flipped[place] ^= 1;
        CHECK(fault(referral, 0, flipped) == Fault::bad_signature);
    }
    CHECK(fault(referral, 0, Bytes(chunk_bytes_max + trust::seal_overhead + 1)) == Fault::bad_size);
}

TEST_CASE("a manifest is read as it was written, and refused when it lies about itself") {
    support::TestEntropy entropy{1};
    auto file = seal_file(referral, "a", bytes_of(arabic(100)), now, entropy).value();
    const auto read = read_manifest(write_manifest(file.manifest)).value();
    CHECK(read.id == file.manifest.id);
    CHECK(read.name == "a");
    CHECK(read.bytes == 100);
    CHECK(read.key == file.manifest.key);
    CHECK(read.chunks == file.manifest.chunks);
    file.manifest.bytes = 2 * chunk_bytes_max;  // of one chunk
    CHECK(read_manifest(write_manifest(file.manifest)).error().fault == Fault::bad_size);
    file.manifest.bytes = attachment_bytes_max + 1;
    CHECK(read_manifest(write_manifest(file.manifest)).error().fault == Fault::bad_size);
    file.manifest.bytes = 100;
    file.manifest.chunks.resize(chunks_max + 1);
    CHECK(read_manifest(write_manifest(file.manifest)).error().fault == Fault::bad_size);
}

TEST_CASE(
    "a record holds no more than its file has, and only a refused one is without a manifest") {
    support::TestEntropy entropy{1};
    Attachment attachment;
    attachment.referral = referral;
    attachment.manifest =
        std::move(seal_file(referral, "a", bytes_of(arabic(100)), now, entropy)->manifest);
    attachment.held = 1;
    const auto read = read_attachment(referral, write_record(attachment)).value();
    CHECK(read.complete());
    attachment.held = 2;
    CHECK(read_attachment(referral, write_record(attachment)).error().fault == Fault::malformed);
    attachment.held = 0;
    attachment.manifest.chunks.clear();
    CHECK_FALSE(read_attachment(referral, write_record(attachment)));
    attachment.refused = "image";
    CHECK(read_attachment(referral, write_record(attachment)).value().refused == "image");
    // As a record without any of it would be read.
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::AttachmentRecord>().setSha256(to_data(attachment.manifest.sha256));
    CHECK(read_attachment(referral, flatten(builder)).error().fault == Fault::malformed);
}

TEST_CASE("a question and a chunk are read as they were written; other bytes are refused") {
    const AttachmentTalk ask{{referral, AttachmentId{{7}}, 3}, {}};
    const AttachmentTalk chunk{{referral, AttachmentId{{7}}, 3}, Bytes(100, 1)};
    CHECK(read_talk(write_talk(ask))->place == ask.place);
    CHECK(read_talk(write_talk(chunk))->sealed == chunk.sealed);
    CHECK(read_talk(write_talk({{referral, AttachmentId{{7}}, chunks_max}, {}})).error().fault ==
          Fault::bad_size);
    const Bytes whole = write_talk(chunk);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(read_talk(ByteView(whole).first(size)).has_value());
}
