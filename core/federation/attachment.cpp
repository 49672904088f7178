#include "core/federation/attachment.h"

#include "core/base/message.h"
#include "core/base/text.h"
#include "core/trust/seal.h"
#include "schemas/records.capnp.h"
#include "schemas/wire.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

constexpr std::string_view context = "sanad/attachment/v1";

Bytes associated(const ReferralId& referral, const AttachmentId& id, std::uint32_t index,
                 std::uint32_t count) {
    Bytes bytes(context.begin(), context.end());
    bytes.push_back(0);
    append(bytes, referral);
    append(bytes, id);
    append_big_endian(bytes, index);
    append_big_endian(bytes, count);
    return bytes;
}

// Never inside a character: 10xxxxxx continues one.
std::vector<ByteView> cut(ByteView content) {
    std::vector<ByteView> pieces;
    while (!content.empty()) {
        std::size_t size = std::min(content.size(), chunk_bytes_max);
        if (size < content.size())
            while (size > chunk_bytes_max - 3 && (content[size] & 0xC0) == 0x80) --size;
        pieces.push_back(content.first(size));
        content = content.subspan(size);
    }
    return pieces;
}

template <std::size_t N>
Result<void> copy_exactly(std::array<std::uint8_t, N>& to, ByteView from, const char* what) {
    if (from.size() != N) return fail(Fault::malformed, what);
    std::copy(from.begin(), from.end(), to.begin());
    return {};
}

Result<void> check_shape(const Manifest& manifest) {
    if (const auto named = check_label(manifest.name, attachment_name_bytes_max); !named)
        return named;
    if (manifest.bytes == 0 || manifest.bytes > attachment_bytes_max)
        return fail(Fault::bad_size, "attachment.bytes");
    const auto fewest = (manifest.bytes + chunk_bytes_max - 1) / chunk_bytes_max;
    if (manifest.count() < fewest || manifest.count() > chunks_max)
        return fail(Fault::bad_size, "attachment.chunks");
    return {};
}

void write_place(schema::ChunkPlace::Builder out, const ChunkPlace& place) {
    out.setReferral(to_data(place.referral));
    out.setAttachment(to_data(place.attachment));
    out.setIndex(place.index);
}

Result<ChunkPlace> read_place(schema::ChunkPlace::Reader in) {
    const auto referral = id_from<ReferralId>(from_data(in.getReferral()));
    const auto attachment = id_from<AttachmentId>(from_data(in.getAttachment()));
    if (!referral || !attachment) return fail(Fault::malformed, "place");
    if (in.getIndex() >= chunks_max) return fail(Fault::bad_size, "place");
    return ChunkPlace{*referral, *attachment, in.getIndex()};
}

}  // namespace

Result<SealedFile> seal_file(const ReferralId& referral, std::string_view name, ByteView content,
                             Time now, Entropy& entropy) {
    if (content.empty() || content.size() > attachment_bytes_max)
        return fail(Fault::bad_size, "attachment");
    SealedFile file;
    Manifest& manifest = file.manifest;
    manifest.id = make_id<AttachmentId>(now, entropy);
    manifest.name = name;
    manifest.bytes = static_cast<std::uint32_t>(content.size());
    manifest.sha256 = trust::sha256(content);
    manifest.key = trust::SymmetricKey::generate(entropy);
    const auto pieces = cut(content);
    const auto count = static_cast<std::uint32_t>(pieces.size());
    for (std::uint32_t index = 0; index < count; ++index) {
        file.chunks.push_back(trust::seal(
            manifest.key, associated(referral, manifest.id, index, count), pieces[index], entropy));
        manifest.chunks.push_back(trust::sha256(file.chunks.back()));
    }
    if (const auto sound = check_shape(manifest); !sound) return std::unexpected(sound.error());
    return file;
}

Result<Bytes> open_chunk(const ReferralId& referral, const Manifest& manifest, std::uint32_t index,
                         ByteView sealed) {
    if (index >= manifest.count()) return fail(Fault::bad_size, "chunk");
    if (sealed.size() > chunk_bytes_max + trust::seal_overhead)
        return fail(Fault::bad_size, "chunk");
    if (trust::sha256(sealed) != manifest.chunks[index])
        return fail(Fault::bad_signature, "chunk: other bytes");
    return trust::open(manifest.key, associated(referral, manifest.id, index, manifest.count()),
                       sealed);
}

Bytes write_manifest(const Manifest& manifest) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::Attachment>();
    out.setId(to_data(manifest.id));
    out.setName(to_text(manifest.name));
    out.setBytes(manifest.bytes);
    out.setSha256(to_data(manifest.sha256));
    out.setKey(to_data(manifest.key.bytes()));
    Bytes chunks;
    for (const auto& digest : manifest.chunks) append(chunks, digest);
    out.setChunks(to_data(chunks));
    return flatten(builder);
}

Result<Manifest> read_manifest(ByteView bytes) {
    return read_message<schema::Attachment>(bytes, [](auto in) -> Result<Manifest> {
        Manifest manifest;
        const auto id = id_from<AttachmentId>(from_data(in.getId()));
        if (!id) return std::unexpected(id.error());
        manifest.id = *id;
        manifest.name = from_text(in.getName());
        manifest.bytes = in.getBytes();
        if (const auto read = copy_exactly(manifest.sha256, from_data(in.getSha256()), "sha256");
            !read)
            return std::unexpected(read.error());
        const auto key = from_data(in.getKey());
        if (key.size() != trust::SymmetricKey::size) return fail(Fault::malformed, "key");
        manifest.key = trust::SymmetricKey(key);
        auto chunks = from_data(in.getChunks());
        if (chunks.size() % sizeof(trust::Digest) != 0 ||
            chunks.size() > chunks_max * sizeof(trust::Digest))
            return fail(Fault::bad_size, "attachment.chunks");
        for (; !chunks.empty(); chunks = chunks.subspan(sizeof(trust::Digest))) {
            trust::Digest& digest = manifest.chunks.emplace_back();
            std::copy_n(chunks.begin(), digest.size(), digest.begin());
        }
        if (const auto sound = check_shape(manifest); !sound) return std::unexpected(sound.error());
        return manifest;
    });
}

Bytes write_talk(const AttachmentTalk& talk) {
    capnp::MallocMessageBuilder builder(unsigned(talk.sealed.size() / 8 + 32));
    auto out = builder.initRoot<schema::AttachmentTalk>();
    if (talk.sealed.empty()) {
        write_place(out.initAsk(), talk.place);
    } else {
        auto chunk = out.initChunk();
        write_place(chunk.initPlace(), talk.place);
        chunk.setSealed(to_data(talk.sealed));
    }
    return flatten(builder);
}

Result<AttachmentTalk> read_talk(ByteView bytes) {
    return read_message<schema::AttachmentTalk>(bytes, [](auto in) -> Result<AttachmentTalk> {
        switch (in.which()) {
            case schema::AttachmentTalk::ASK: {
                const auto place = read_place(in.getAsk());
                if (!place) return std::unexpected(place.error());
                return AttachmentTalk{*place, {}};
            }
            case schema::AttachmentTalk::CHUNK: {
                const auto chunk = in.getChunk();
                const auto place = read_place(chunk.getPlace());
                if (!place) return std::unexpected(place.error());
                const auto sealed = from_data(chunk.getSealed());
                if (sealed.empty() || sealed.size() > chunk_bytes_max + trust::seal_overhead)
                    return fail(Fault::bad_size, "chunk");
                return AttachmentTalk{*place, {sealed.begin(), sealed.end()}};
            }
        }
        return fail(Fault::unsupported, "talk");
    });
}

Bytes write_record(const Attachment& attachment) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AttachmentRecord>();
    if (attachment.refused.empty() || !attachment.manifest.chunks.empty())
        out.setManifest(to_data(write_manifest(attachment.manifest)));
    out.setPeer(to_text(attachment.peer.text));
    out.setOut(attachment.direction == Direction::out);
    out.setAtMs(attachment.at.ms);
    out.setHeld(attachment.held);
    out.setRefused(to_text(attachment.refused));
    out.setName(to_text(attachment.manifest.name));
    out.setBytes(attachment.manifest.bytes);
    out.setSha256(to_data(attachment.manifest.sha256));
    out.setLane(static_cast<std::uint8_t>(attachment.lane));
    out.setIndex(attachment.index);
    return flatten(builder);
}

Result<Attachment> read_attachment(const ReferralId& referral, ByteView bytes) {
    return read_message<schema::AttachmentRecord>(bytes, [&](auto in) -> Result<Attachment> {
        Attachment attachment;
        attachment.referral = referral;
        const auto manifest = from_data(in.getManifest());
        if (!manifest.empty()) {
            auto read = read_manifest(manifest);
            if (!read) return std::unexpected(read.error());
            attachment.manifest = std::move(*read);
        } else {
            attachment.manifest.name = from_text(in.getName());
            attachment.manifest.bytes = in.getBytes();
            const auto read =
                copy_exactly(attachment.manifest.sha256, from_data(in.getSha256()), "sha256");
            if (!read) return std::unexpected(read.error());
        }
        attachment.peer.text = from_text(in.getPeer());
        attachment.direction = in.getOut() ? Direction::out : Direction::in;
        attachment.at = Time{in.getAtMs()};
        attachment.held = in.getHeld();
        attachment.refused = from_text(in.getRefused());
        attachment.lane = in.getLane() == 0 ? Lane::normal : Lane::urgent;
        attachment.index = in.getIndex();
        // Only what was refused is kept without what it would take to open it.
        if (manifest.empty() && attachment.refused.empty())
            return fail(Fault::malformed, "manifest");
        if (attachment.held > attachment.manifest.count()) return fail(Fault::malformed, "held");
        return attachment;
    });
}

}  // namespace sanad::federation
