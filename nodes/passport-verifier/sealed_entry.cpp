#include "nodes/passport-verifier/sealed_entry.h"

#include "core/base/message.h"
#include "core/trust/hash.h"
#include "core/trust/seal.h"
#include "schemas/wire.capnp.h"

#include <algorithm>

namespace sanad::verifier {
namespace {

constexpr std::size_t entry_bytes_max = 2 * 64 * 1024 + 256;
constexpr std::size_t commitment_bytes = 32;
constexpr std::uint8_t padding_mark = 0x80;

// origin, a zero byte, the index, the wire's version, the key's hash: what the entry is bound to.
Bytes associated_data(std::string_view origin, std::uint64_t index, const trust::Digest& key_hash) {
    Bytes bytes(origin.begin(), origin.end());
    bytes.push_back(0);
    append_big_endian(bytes, index);
    append_big_endian(bytes, std::uint16_t(1));
    append(bytes, key_hash);
    return bytes;
}

Result<Bytes> sealed_in(ByteView entry) {
    return read_message<schema::Entry>(
        entry,
        [](auto from) -> Result<Bytes> {
            if (from.getId().size() != 16) return fail(Fault::bad_size, "the entry's id");
            if (!from.isSealed()) return fail(Fault::invalid, "not a sealed entry");
            const auto sealed = from.getSealed();
            return Bytes(sealed.begin(), sealed.end());
        },
        entry_bytes_max);
}

}  // namespace

Result<OpenedBody> open_sealed(ByteView entry, ByteView key, std::string_view origin,
                               std::uint64_t index) {
    const auto sealed = sealed_in(entry);
    if (!sealed) return std::unexpected(sealed.error());
    const auto key_hash = trust::sha256(key);
    if (sealed->size() < commitment_bytes) return fail(Fault::malformed, "a sealed entry");
    const ByteView bytes(*sealed);
    if (!std::ranges::equal(bytes.first(commitment_bytes), key_hash))
        return fail(Fault::bad_signature, "the key is not the one the entry commits to");
    const auto plain =
        trust::open(trust::SymmetricKey{key}, associated_data(origin, index, key_hash),
                    bytes.subspan(commitment_bytes));
    if (!plain) return std::unexpected(plain.error());

    std::size_t end = plain->size();
    while (end > 0 && (*plain)[end - 1] == 0) --end;
    if (end == 0 || (*plain)[end - 1] != padding_mark) return fail(Fault::malformed, "padding");
    return read_message<schema::Body>(ByteView(*plain).first(end - 1),
                                      [](auto from) -> Result<OpenedBody> {
                                          if (from.getKind() != schema::BodyKind::REFERRAL)
                                              return fail(Fault::invalid, "not about a referral");
                                          const auto subject = from.getSubject();
                                          const auto payload = from.getPayload();
                                          OpenedBody body;
                                          if (subject.size() != body.subject.size())
                                              return fail(Fault::malformed, "subject");
                                          std::ranges::copy(subject, body.subject.begin());
                                          body.payload.assign(payload.begin(), payload.end());
                                          return body;
                                      });
}

}  // namespace sanad::verifier
