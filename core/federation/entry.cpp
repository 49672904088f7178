#include "core/federation/entry.h"

#include "core/base/message.h"
#include "core/trust/hash.h"
#include "core/trust/seal.h"
#include "schemas/wire.capnp.h"

#include <algorithm>
#include <bit>

namespace sanad::federation {
namespace {

constexpr std::size_t padded_bytes_min = 1024;
constexpr std::size_t commitment_bytes = sizeof(trust::Digest);

// 0x80 and zeros up to the next power of two (ISO/IEC 7816-4), so that a size says little.
void pad(Bytes& plain) {
    plain.push_back(0x80);
    plain.resize(std::max(padded_bytes_min, std::bit_ceil(plain.size())));
}

Result<void> unpad(Bytes& plain) {
    const auto mark =
        std::find_if(plain.rbegin(), plain.rend(), [](auto byte) { return byte != 0; });
    if (mark == plain.rend() || *mark != 0x80) return fail(Fault::malformed, "padding");
    plain.erase(mark.base() - 1, plain.end());
    return {};
}

Bytes encode(const Body& body) {
    capnp::MallocMessageBuilder builder(unsigned(body.payload.size() / 8 + 16));
    auto out = builder.initRoot<schema::Body>();
    out.setKind(static_cast<schema::BodyKind>(body.kind));
    out.setSubject(to_data(body.subject));
    out.setPayload(to_data(body.payload));
    return flatten(builder);
}

Result<Body> decode(ByteView plain) {
    return read_message<schema::Body>(plain, [](auto in) -> Result<Body> {
        Body body;
        body.kind = static_cast<BodyKind>(in.getKind());
        const auto subject = in.getSubject();
        if (subject.size() != body.subject.size()) return fail(Fault::malformed, "subject");
        std::copy(subject.begin(), subject.end(), body.subject.begin());
        const auto payload = in.getPayload();
        body.payload.assign(payload.begin(), payload.end());
        return body;
    });
}

// XChaCha20-Poly1305 does not commit to its key, so the entry's key is bound by its hash.
Bytes associated(const EntryPlace& place, const trust::Digest& commitment) {
    Bytes bytes(place.origin.begin(), place.origin.end());
    bytes.push_back(0);
    append_big_endian(bytes, place.index);
    append_big_endian(bytes, wire_version);
    append(bytes, commitment);
    return bytes;
}

schema::Entry::Builder begin(capnp::MessageBuilder& builder, const EntryId& id, Time at) {
    auto entry = builder.initRoot<schema::Entry>();
    entry.setId(to_data(id));
    entry.setCreatedAtMs(at.ms);
    return entry;
}

}  // namespace

Result<Bytes> make_key_entry(const EntryId& id, Time at, const LinkKey& key,
                             const trust::SealingPublicKey& recipient,
                             const trust::SealingPublicKey& sender, Entropy& entropy) {
    const auto for_recipient = trust::seal_to(recipient, key.bytes(), entropy);
    if (!for_recipient) return std::unexpected(for_recipient.error());
    const auto for_sender = trust::seal_to(sender, key.bytes(), entropy);
    if (!for_sender) return std::unexpected(for_sender.error());
    capnp::MallocMessageBuilder builder;
    auto content = begin(builder, id, at).initKey();
    content.setForRecipient(to_data(*for_recipient));
    content.setForSender(to_data(*for_sender));
    return flatten(builder);
}

trust::SymmetricKey entry_key(const LinkKey& link_key, std::uint64_t index) {
    return trust::derive_entry_key(link_key, index);
}

Result<Bytes> seal_entry(const EntryId& id, Time at, const EntryPlace& place, const Body& body,
                         const LinkKey& link_key, Entropy& entropy) {
    Bytes plain = encode(body);
    if (plain.size() > body_bytes_max) return fail(Fault::bad_size, "body");
    pad(plain);
    const auto key = entry_key(link_key, place.index);
    const auto commitment = trust::sha256(key.bytes());
    Bytes sealed(commitment.begin(), commitment.end());
    trust::seal_onto(sealed, key, associated(place, commitment), plain, entropy);
    capnp::MallocMessageBuilder builder(unsigned(sealed.size() / 8 + 16));
    begin(builder, id, at).setSealed(to_data(sealed));
    return flatten(builder);
}

Result<Entry> parse_entry(ByteView raw) {
    return read_message<schema::Entry>(
        raw,
        [](auto in) -> Result<Entry> {
            const auto id = id_from<EntryId>(from_data(in.getId()));
            if (!id) return std::unexpected(id.error());
            Entry entry{*id, {in.getCreatedAtMs()}, SealedEntry{}};
            switch (in.which()) {
                case schema::Entry::SEALED: {
                    const auto sealed = in.getSealed();
                    entry.content = SealedEntry{{sealed.begin(), sealed.end()}};
                    return entry;
                }
                case schema::Entry::KEY: {
                    const auto key = in.getKey();
                    const auto recipient = key.getForRecipient();
                    const auto sender = key.getForSender();
                    entry.content = KeyEntry{{recipient.begin(), recipient.end()},
                                             {sender.begin(), sender.end()}};
                    return entry;
                }
            }
            return fail(Fault::unsupported, "kind of entry");
        },
        entry_bytes_max);
}

Result<Body> open_entry(const SealedEntry& entry, const EntryPlace& place,
                        const trust::SymmetricKey& key) {
    if (entry.sealed.size() < commitment_bytes) return fail(Fault::malformed, "sealed entry");
    const auto commitment = trust::sha256(key.bytes());
    const ByteView sealed(entry.sealed);
    if (!std::ranges::equal(sealed.first(commitment_bytes), commitment))
        return fail(Fault::bad_signature, "entry key commitment");
    auto plain = trust::open(key, associated(place, commitment), sealed.subspan(commitment_bytes));
    if (!plain) return std::unexpected(plain.error());
    if (const auto bare = unpad(*plain); !bare) return std::unexpected(bare.error());
    return decode(*plain);
}

Result<LinkKey> open_link_key(ByteView box, const trust::SealingKey& ours) {
    auto plain = ours.open(box);
    if (!plain) return std::unexpected(plain.error());
    if (plain->size() != LinkKey::size) return fail(Fault::bad_size, "link key");
    LinkKey key{ByteView(*plain)};
    trust::wipe(*plain);
    return key;
}

}  // namespace sanad::federation
