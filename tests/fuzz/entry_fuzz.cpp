#include "core/base/message.h"
#include "core/federation/entry.h"
#include "core/trust/hash.h"
#include "core/trust/seal.h"
#include "schemas/wire.capnp.h"
#include "tests/fuzz/target.h"
#include "tests/support/counter_entropy.h"

#include <algorithm>
#include <bit>

// An entry from a peer must end in an Error or be read. The bytes are tried as the entry's outside,
// and, sealed with the link's key, as what is inside it: a peer holds that key and may seal
// anything.
namespace {

using namespace sanad;
using namespace sanad::federation;

const EntryPlace place{"sanad/ma.node/tn.node/normal", 4};

LinkKey link_key() { return LinkKey{ByteView(Bytes(LinkKey::size, 7))}; }

// As entry.cpp seals, without a body of ours.
SealedEntry seal_anything(ByteView plain, Entropy& entropy) {
    Bytes padded(plain.begin(), plain.end());
    padded.push_back(0x80);
    padded.resize(std::max<std::size_t>(1024, std::bit_ceil(padded.size())));
    const auto key = entry_key(link_key(), place.index);
    const auto commitment = trust::sha256(key.bytes());
    Bytes bound(place.origin.begin(), place.origin.end());
    bound.push_back(0);
    append_big_endian(bound, place.index);
    append_big_endian(bound, wire_version);
    append(bound, commitment);
    Bytes sealed(commitment.begin(), commitment.end());
    trust::seal_onto(sealed, key, bound, padded, entropy);
    return {std::move(sealed)};
}

Bytes body_bytes(const Body& body) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::Body>();
    out.setKind(static_cast<schema::BodyKind>(body.kind));
    out.setSubject(to_data(body.subject));
    out.setPayload(to_data(body.payload));
    return flatten(builder);
}

const Body sample{BodyKind::referral, {1, 2, 3}, Bytes(100, 9)};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes{data, size};
    const auto key = entry_key(link_key(), place.index);
    if (const auto entry = parse_entry(bytes)) {
        if (const auto* sealed = std::get_if<SealedEntry>(&entry->content))
            // Nobody else has the key: what opens is what was sealed, and nothing else.
            if (const auto body = open_entry(*sealed, place, key); body && *body != sample)
                __builtin_trap();
        if (const auto* carried = std::get_if<KeyEntry>(&entry->content)) {
            const trust::SealingKey ours = [] {
                test::CounterEntropy fixed(5);
                return trust::SealingKey::generate(fixed);
            }();
            (void)open_link_key(carried->for_recipient, ours);
        }
    }
    test::CounterEntropy entropy(size);
    if (const auto body = open_entry(seal_anything(bytes, entropy), place, key)) {
        const auto again = seal_entry({}, {}, place, *body, link_key(), entropy);
        if (!again) return 0;  // over what a body of ours may be
        const auto whole = parse_entry(*again);
        if (!whole || open_entry(std::get<SealedEntry>(whole->content), place, key) != *body)
            __builtin_trap();
    }
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    test::CounterEntropy entropy(1);
    test::CounterEntropy fixed(5);
    const auto ours = trust::SealingKey::generate(fixed).public_key();
    return {seal_entry({}, {1'000}, place, sample, link_key(), entropy).value(),
            make_key_entry({}, {1'000}, link_key(), ours, ours, entropy).value(),
            body_bytes(sample), body_bytes({BodyKind{77}, {}, {}})};
}
