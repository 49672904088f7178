#include "core/trust/checkpoint.h"

#include "core/base/encoding.h"
#include "core/trust/merkle.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

namespace sanad::trust {
namespace {

Result<Note> parse_head(std::string_view note) {
    if (note.size() > checkpoint_note_bytes_max) return fail(Fault::bad_size, "checkpoint note");
    return parse_note(note);
}

}  // namespace

std::string write_checkpoint(const Checkpoint& checkpoint) {
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
           to_base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    const auto bad = [] { return fail(Fault::malformed, "checkpoint: want origin, size, root"); };
    if (text.size() > checkpoint_text_bytes_max) return fail(Fault::bad_size, "checkpoint");
    const auto origin_end = text.find('\n');
    if (origin_end == std::string_view::npos) return bad();
    const auto size_end = text.find('\n', origin_end + 1);
    if (size_end == std::string_view::npos || !text.ends_with('\n')) return bad();

    Checkpoint checkpoint;
    checkpoint.origin = text.substr(0, origin_end);
    if (!check_key_name(checkpoint.origin)) return bad();
    const auto digits = text.substr(origin_end + 1, size_end - origin_end - 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), checkpoint.size);
    if (checkpoint.size > merkle_leaves_max) return bad();
    const auto root = from_base64(text.substr(size_end + 1, text.size() - size_end - 2));
    if (!root || root->size() != sizeof(Digest)) return bad();
    std::copy(root->begin(), root->end(), checkpoint.root.begin());
    // One form only: no sign, no leading zero, nothing behind a number, no further line.
    if (write_checkpoint(checkpoint) != text) return bad();
    return checkpoint;
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key,
                                    std::string_view name) {
    if (const auto origin = check_key_name(checkpoint.origin); !origin)
        return std::unexpected(origin.error());
    return sign_note(write_checkpoint(checkpoint), key, name);
}

Result<Checkpoint> open_checkpoint(std::string_view note, const Verifier& owner) {
    const auto parsed = parse_head(note);
    if (!parsed) return std::unexpected(parsed.error());
    auto checkpoint = parse_checkpoint(parsed->text);
    if (!checkpoint) return checkpoint;
    const auto signers = verify_note(*parsed, std::span(&owner, 1));
    if (!signers) return std::unexpected(signers.error());
    return checkpoint;
}

NoteSignature cosign(std::string_view checkpoint_text, const SigningKey& key, std::string_view name,
                     Time now) {
    assert(now.ms >= 0);
    const auto seconds = std::uint64_t(now.ms / 1000);
    const Verifier witness{std::string(name), SignatureType::cosignature, key.public_key()};
    NoteSignature signature{witness.name, key_id(witness), {}};
    append_big_endian(signature.bytes, seconds);
    append(signature.bytes, key.sign(bytes_of(cosignature_message(seconds, checkpoint_text))));
    return signature;
}

Result<std::string> add_cosignature(std::string_view note, const SigningKey& key,
                                    std::string_view name, Time now) {
    auto parsed = parse_head(note);
    if (!parsed) return std::unexpected(parsed.error());
    if (const auto fit = parse_checkpoint(parsed->text); !fit) return std::unexpected(fit.error());
    if (const auto fit = check_key_name(name); !fit) return std::unexpected(fit.error());
    auto signature = cosign(parsed->text, key, name, now);
    auto cosigned = add_signature(std::move(*parsed), std::move(signature));
    if (cosigned && cosigned->size() > checkpoint_note_bytes_max)
        return fail(Fault::bad_size, "checkpoint note");
    return cosigned;
}

Result<Time> verify_cosignature(std::string_view checkpoint_text, const NoteSignature& signature,
                                const Verifier& witness) {
    if (witness.type != SignatureType::cosignature || signature.name != witness.name ||
        signature.key_id != key_id(witness))
        return fail(Fault::untrusted, "cosignature: another key");
    if (!is_signed_by(checkpoint_text, signature, witness))
        return fail(Fault::bad_signature, "cosignature");
    const auto seconds = read_big_endian<std::uint64_t>(signature.bytes);
    if (seconds > cosignature_seconds_max) return fail(Fault::invalid, "cosignature: time");
    return Time{std::int64_t(seconds) * 1000};
}

Result<CosignedCheckpoint> open_cosigned_checkpoint(std::string_view note, const Verifier& owner,
                                                    const Verifier& witness) {
    const auto checkpoint = open_checkpoint(note, owner);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    const auto parsed = parse_head(note);
    if (!parsed) return std::unexpected(parsed.error());

    Result<CosignedCheckpoint> newest = fail(Fault::untrusted, "checkpoint: no cosignature");
    for (const NoteSignature& signature : parsed->signatures) {
        const auto time = verify_cosignature(parsed->text, signature, witness);
        if (!time && time.error().fault == Fault::untrusted) continue;
        if (!time) return std::unexpected(time.error());
        if (!newest || newest->cosigned_at < *time) newest = CosignedCheckpoint{*checkpoint, *time};
    }
    return newest;
}

}  // namespace sanad::trust
