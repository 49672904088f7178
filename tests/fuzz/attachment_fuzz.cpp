#include "core/casework/media.h"
#include "core/federation/attachment.h"
#include "tests/fuzz/target.h"
#include "tests/support/counter_entropy.h"

// What a peer says of a file, and the file itself. The bytes are tried as the entry that names a
// file, as the talk about its chunks, as a chunk under a key that the peer has, as the record that
// a node keeps, and as the content that is judged.
namespace {

using namespace sanad;
using namespace sanad::federation;
using casework::Media;

const ReferralId referral{{1, 2, 3}};
const std::string content = "رسالة من المدرسة\r\nUne lettre de l’école.\n";

const SealedFile& ours() {
    static const SealedFile file = [] {
        test::CounterEntropy entropy(3);
        return seal_file(referral, "letter.txt", bytes_of(content), Time{1'000}, entropy).value();
    }();
    return file;
}

Manifest copy_of(const Manifest& manifest) {
    return read_manifest(write_manifest(manifest)).value();
}

Attachment record() {
    Attachment attachment;
    attachment.referral = referral;
    attachment.manifest = copy_of(ours().manifest);
    attachment.peer = {"tn.node"};
    attachment.at = Time{2'000};
    return attachment;
}

void check_manifest(ByteView bytes) {
    const auto manifest = read_manifest(bytes);
    if (!manifest) return;
    if (manifest->bytes == 0 || manifest->bytes > attachment_bytes_max ||
        manifest->count() > chunks_max || manifest->name.size() > attachment_name_bytes_max)
        __builtin_trap();
    const Bytes written = write_manifest(*manifest);
    const auto again = read_manifest(written);
    if (!again || write_manifest(*again) != written) __builtin_trap();
    for (std::uint32_t index = 0; index <= manifest->count(); ++index)
        if (open_chunk(referral, *manifest, index, bytes)) __builtin_trap();
}

void check_talk(ByteView bytes) {
    const auto talk = read_talk(bytes);
    if (!talk) return;
    const auto again = read_talk(write_talk(*talk));
    if (!again || again->place != talk->place || again->sealed != talk->sealed) __builtin_trap();
}

void check_record(ByteView bytes) {
    const auto attachment = read_attachment(referral, bytes);
    if (!attachment) return;
    const Bytes written = write_record(*attachment);
    const auto again = read_attachment(referral, written);
    if (!again || write_record(*again) != written) __builtin_trap();
}

// A manifest that names these very bytes as its chunk: only what was sealed opens.
void check_chunk(ByteView bytes) {
    Manifest manifest = copy_of(ours().manifest);
    manifest.chunks = {trust::sha256(bytes)};
    if (const auto opened = open_chunk(referral, manifest, 0, bytes))
        if (text_of(*opened) != content) __builtin_trap();
}

bool continues_a_character(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// A text is judged whole where it is sent and part by part where it comes in: what left as a text
// must be one there, wherever it was parted.
void check_media(ByteView bytes) {
    if (casework::media_of(bytes) != Media::text) return;
    for (const std::size_t part : {1U, 2U, 3U, 7U}) {
        std::size_t at = bytes.size() * part / 8;
        while (at > 0 && continues_a_character(bytes[at])) --at;
        if (at == 0) continue;
        if (casework::media_of(bytes.first(at)) != Media::text) __builtin_trap();
        if (casework::media_of_part(bytes.subspan(at)) != Media::text) __builtin_trap();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes{data, size};
    check_manifest(bytes);
    check_talk(bytes);
    check_record(bytes);
    check_chunk(bytes);
    check_media(bytes);
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const ChunkPlace place{referral, ours().manifest.id, 0};
    return {write_manifest(ours().manifest),
            write_talk({place, {}}),
            write_talk({place, ours().chunks.front()}),
            ours().chunks.front(),
            write_record(record()),
            fuzz::seed(content),
            fuzz::seed("<svg xmlns='http://www.w3.org/2000/svg'></svg>")};
}
