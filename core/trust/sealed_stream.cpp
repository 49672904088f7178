#include "core/trust/sealed_stream.h"

#include <sodium.h>

namespace sanad::trust {
namespace {

constexpr std::size_t key_bytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr unsigned char last_tag = crypto_secretstream_xchacha20poly1305_TAG_FINAL;
static_assert(stream_chunk_overhead == crypto_secretstream_xchacha20poly1305_ABYTES);
static_assert(stream_head_bytes == key_bytes + sealed_box_overhead + header_bytes);

using State = crypto_secretstream_xchacha20poly1305_state;
static_assert(sizeof(State) == sizeof(StreamState) && alignof(State) == 1);

State* of(StreamState& state) { return reinterpret_cast<State*>(state.data()); }

}  // namespace

Result<StreamSealer> StreamSealer::begin(const SealingPublicKey& to, Entropy& entropy) {
    StreamSealer sealer;
    const auto key = Secret<key_bytes>::generate(entropy);
    auto box = seal_to(to, key.bytes(), entropy);
    if (!box) return std::unexpected(box.error());
    sealer.head_ = std::move(*box);
    std::array<std::uint8_t, header_bytes> header{};
    crypto_secretstream_xchacha20poly1305_init_push(of(sealer.state_), header.data(),
                                                    key.bytes().data());
    append(sealer.head_, header);
    return sealer;
}

StreamSealer::~StreamSealer() { wipe(state_); }

Bytes StreamSealer::seal(ByteView plain, bool last) {
    Bytes sealed(plain.size() + stream_chunk_overhead);
    crypto_secretstream_xchacha20poly1305_push(of(state_), sealed.data(), nullptr, plain.data(),
                                               plain.size(), nullptr, 0, last ? last_tag : 0);
    return sealed;
}

Result<StreamOpener> StreamOpener::begin(const SealingKey& key, ByteView head) {
    if (head.size() != stream_head_bytes) return fail(Fault::bad_size, "stream");
    auto opened = key.open(head.first(key_bytes + sealed_box_overhead));
    if (!opened) return std::unexpected(opened.error());
    StreamOpener opener;
    const auto header = head.subspan(key_bytes + sealed_box_overhead);
    const int begun = crypto_secretstream_xchacha20poly1305_init_pull(
        of(opener.state_), header.data(), opened->data());
    wipe(*opened);
    if (begun != 0) return fail(Fault::bad_signature, "stream");
    return opener;
}

StreamOpener::~StreamOpener() { wipe(state_); }

Result<StreamOpener::Chunk> StreamOpener::open(ByteView sealed) {
    if (sealed.size() < stream_chunk_overhead) return fail(Fault::bad_signature, "stream");
    Chunk chunk;
    chunk.plain.resize(sealed.size() - stream_chunk_overhead);
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(of(state_), chunk.plain.data(), nullptr, &tag,
                                                   sealed.data(), sealed.size(), nullptr, 0) != 0)
        return fail(Fault::bad_signature, "stream");
    chunk.last = tag == last_tag;
    return chunk;
}

}  // namespace sanad::trust
