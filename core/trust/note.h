#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/trust/keys.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Signed notes as C2SP writes them (c2sp.org/signed-note): text that a person can read, an empty
// line, then signature lines `— <key name> base64(key id[4] || signature)`.
namespace sanad::trust {

inline constexpr std::size_t note_bytes_max = 1 << 20;   // the whole note
inline constexpr std::size_t note_signatures_max = 100;  // as in Go's reference implementation
inline constexpr std::size_t key_name_bytes_max = 128;
inline constexpr std::size_t note_signature_bytes_max = 4096;  // ML-DSA-44, one day: 2,432

/// What kind of key made a signature; part of the key id. Another value is an unknown key.
enum class SignatureType : std::uint8_t {
    ed25519 = 0x01,      // over the text
    cosignature = 0x04,  // over a time and the text: checkpoint.h
};

using NoteKeyId = std::array<std::uint8_t, 4>;

struct NoteSignature {
    std::string name;
    NoteKeyId key_id{};
    Bytes bytes;  // what follows the key id: 64 bytes for ed25519, 72 for cosignature
    bool operator==(const NoteSignature&) const = default;
};

struct Note {
    std::string text;  // ends in newline; this is what is signed, to the byte
    std::vector<NoteSignature> signatures;
    bool operator==(const Note&) const = default;
};

/// A public key under a name. Compare `key`, never the name: one key may have many.
struct Verifier {
    std::string name;
    SignatureType type = SignatureType::ed25519;
    PublicKey key{};
    bool operator==(const Verifier&) const = default;
};

/// SHA-256(name || 0x0A || type || key)[:4]: a hint, not a proof.
NoteKeyId key_id(const Verifier& verifier);

/// `name+hex(key id)+base64(type || key)`, as Go's sumdb and C2SP tools write it.
std::string format(const Verifier& verifier);
/// Exactly what format() writes, for a key that is_usable().
/// errors  malformed · unsupported: another type of key · invalid: a key nobody can own
Result<Verifier> parse_verifier(std::string_view text);

/// 1..key_name_bytes_max bytes of UTF-8 in NFC, without spaces of any script, `+` or controls.
/// errors  malformed, bad_size
Result<void> check_key_name(std::string_view name);

/// Text fit to be signed: UTF-8, ends in newline, no other control character, and does not begin as
/// what a cosignature signs. errors  malformed, bad_size
Result<void> check_note_text(std::string_view text);

/// Takes apart `bytes`, from anyone. Checks no signature. The size is checked before anything else.
/// errors  bad_size: more than note_bytes_max · malformed · exhausted: too many signatures
/// threads  any
Result<Note> parse_note(std::string_view bytes);
/// The note as parse_note() reads it, to the byte.
std::string write_note(const Note& note);

/// One line, with its newline.
std::string format(const NoteSignature& signature);
/// Exactly what format() writes. errors  malformed, bad_size
Result<NoteSignature> parse_signature(std::string_view line);

/// A signature of type ed25519 over `text`, which has passed check_note_text(). threads  any
NoteSignature sign_text(std::string_view text, const SigningKey& key, std::string_view name);

/// A note with one signature.
/// errors  those of check_note_text() and check_key_name(), bad_size: the note gets too long
Result<std::string> sign_note(std::string_view text, const SigningKey& key, std::string_view name);
/// `note` with one signature more; itself when that signature is there already.
/// errors  those of parse_note() and check_key_name(), exhausted
Result<std::string> add_signature(std::string_view note, const SigningKey& key,
                                  std::string_view name);
/// The same for a signature that is made already. errors  exhausted, bad_size
Result<std::string> add_signature(Note note, NoteSignature signature);

/// What a signature of type cosignature is over: `cosignature/v1`, a time, then the text.
std::string cosignature_message(std::uint64_t posix_seconds, std::string_view text);

/// Whether `signature` is by `verifier` (name and key id) and good for `text`, in the way of its
/// type.
bool is_signed_by(std::string_view text, const NoteSignature& signature, const Verifier& verifier);

/// Who of `verifiers` signed the note, each once, in the order of `verifiers`; never nobody.
/// Signatures by other keys are ignored. Several verifiers may hold one key: count keys, not these.
/// errors  untrusted: nobody of them · bad_signature: a signature in the name of one of them is
/// bad,
///         whoever else signed
/// source  c2sp.org/signed-note. threads  any
Result<std::vector<Verifier>> verify_note(const Note& note, std::span<const Verifier> verifiers);

}  // namespace sanad::trust
