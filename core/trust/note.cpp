#include "core/trust/note.h"

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/trust/hash.h"

#include <algorithm>
#include <optional>

namespace sanad::trust {
namespace {

constexpr std::string_view signature_start = "\u2014 ";  // an em dash
constexpr std::string_view cosignature_start = "cosignature/v1\n";
constexpr std::size_t verifier_bytes_max = key_name_bytes_max + 64;

// The spaces of Unicode that check_label() lets pass.
bool has_space(std::string_view name) {
    static constexpr std::string_view spaces[] = {
        " ",      "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
        "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000"};
    return std::ranges::any_of(
        spaces, [name](auto space) { return name.find(space) != std::string_view::npos; });
}

template <std::size_t N>
std::array<std::uint8_t, N> first_bytes(ByteView bytes) {
    std::array<std::uint8_t, N> first{};
    std::copy_n(bytes.begin(), N, first.begin());
    return first;
}

Bytes type_and_key(const Verifier& verifier) {
    Bytes bytes{static_cast<std::uint8_t>(verifier.type)};
    append(bytes, verifier.key);
    return bytes;
}

std::optional<SignatureType> known_type(std::uint8_t type) {
    switch (type) {
        case std::uint8_t(SignatureType::ed25519):
            return SignatureType::ed25519;
        case std::uint8_t(SignatureType::cosignature):
            return SignatureType::cosignature;
        default:
            return {};
    }
}

bool is_named(const NoteSignature& signature, const Verifier& verifier) {
    return signature.name == verifier.name && signature.key_id == key_id(verifier);
}

}  // namespace

NoteKeyId key_id(const Verifier& verifier) {
    Bytes input(verifier.name.begin(), verifier.name.end());
    input.push_back('\n');
    append(input, type_and_key(verifier));
    return first_bytes<4>(sha256(input));
}

std::string format(const Verifier& verifier) {
    return verifier.name + "+" + to_hex(key_id(verifier)) + "+" + to_base64(type_and_key(verifier));
}

Result<Verifier> parse_verifier(std::string_view text) {
    const auto bad = [] { return fail(Fault::malformed, "verifier: want name+key id+key"); };
    if (text.size() > verifier_bytes_max) return bad();
    const auto name_end = text.find('+');
    if (name_end == std::string_view::npos) return bad();
    const auto key_start = text.find('+', name_end + 1);
    if (key_start == std::string_view::npos) return bad();

    Verifier verifier;
    verifier.name = text.substr(0, name_end);
    if (const auto name = check_key_name(verifier.name); !name)
        return std::unexpected(name.error());
    const auto type_and_key_bytes = from_base64(text.substr(key_start + 1));
    if (!type_and_key_bytes || type_and_key_bytes->empty()) return bad();
    const auto type = known_type(type_and_key_bytes->front());
    if (!type) return fail(Fault::unsupported, "verifier: type of key");
    if (type_and_key_bytes->size() != 1 + sizeof(PublicKey)) return bad();
    verifier.type = *type;
    verifier.key = first_bytes<sizeof(PublicKey)>(ByteView(*type_and_key_bytes).subspan(1));
    if (format(verifier) != text) return bad();
    if (!is_usable(verifier.key)) return fail(Fault::invalid, "verifier: weak key");
    return verifier;
}

Result<void> check_key_name(std::string_view name) {
    if (const auto label = check_label(name, key_name_bytes_max); !label) return label;
    if (name.find('+') != std::string_view::npos || has_space(name))
        return fail(Fault::malformed, "key name: a space or a +");
    return {};
}

Result<void> check_note_text(std::string_view text) {
    if (const auto prose = check_prose(text, note_bytes_max); !prose) return prose;
    if (!text.ends_with('\n')) return fail(Fault::malformed, "note: text without last newline");
    if (text.find('\t') != std::string_view::npos) return fail(Fault::malformed, "note: a tab");
    // Signed as it is, such a text would pass as a cosignature by the same key.
    if (text.starts_with(cosignature_start))
        return fail(Fault::malformed, "note: text of a cosignature");
    return {};
}

Result<Note> parse_note(std::string_view bytes) {
    if (bytes.size() > note_bytes_max) return fail(Fault::bad_size, "note");
    const auto end_of_text = bytes.rfind("\n\n");
    if (end_of_text == std::string_view::npos)
        return fail(Fault::malformed, "note: no signature lines");

    Note note;
    note.text = bytes.substr(0, end_of_text + 1);
    if (const auto text = check_note_text(note.text); !text) return std::unexpected(text.error());

    auto lines = bytes.substr(end_of_text + 2);
    if (!lines.ends_with('\n')) return fail(Fault::malformed, "note: last line without newline");
    while (!lines.empty()) {
        if (note.signatures.size() == note_signatures_max)
            return fail(Fault::exhausted, "note: too many signatures");
        const auto line = lines.substr(0, lines.find('\n') + 1);
        auto signature = parse_signature(line);
        if (!signature) return std::unexpected(signature.error());
        note.signatures.push_back(std::move(*signature));
        lines.remove_prefix(line.size());
    }
    return note;
}

std::string write_note(const Note& note) {
    std::string bytes = note.text + "\n";
    for (const NoteSignature& signature : note.signatures) bytes += format(signature);
    return bytes;
}

std::string format(const NoteSignature& signature) {
    Bytes blob(signature.key_id.begin(), signature.key_id.end());
    append(blob, signature.bytes);
    return std::string(signature_start) + signature.name + " " + to_base64(blob) + "\n";
}

Result<NoteSignature> parse_signature(std::string_view line) {
    const auto bad = [] { return fail(Fault::malformed, "note: signature line"); };
    if (!line.starts_with(signature_start) || !line.ends_with('\n')) return bad();
    const auto content =
        line.substr(signature_start.size(), line.size() - signature_start.size() - 1);
    const auto space = content.find(' ');
    if (space == std::string_view::npos) return bad();

    NoteSignature signature;
    signature.name = content.substr(0, space);
    if (!check_key_name(signature.name)) return bad();
    const auto base64 = content.substr(space + 1);
    constexpr std::size_t blob_bytes_max = sizeof(NoteKeyId) + note_signature_bytes_max;
    if (base64.size() > (blob_bytes_max + 2) / 3 * 4)
        return fail(Fault::bad_size, "note: signature");
    const auto blob = from_base64(base64);
    if (!blob) return bad();
    if (blob->size() <= sizeof(NoteKeyId) || blob->size() > blob_bytes_max)
        return fail(Fault::bad_size, "note: signature");
    signature.key_id = first_bytes<sizeof(NoteKeyId)>(*blob);
    signature.bytes.assign(blob->begin() + sizeof(NoteKeyId), blob->end());
    return signature;
}

NoteSignature sign_text(std::string_view text, const SigningKey& key, std::string_view name) {
    const Verifier signer{std::string(name), SignatureType::ed25519, key.public_key()};
    const Signature signature = key.sign(bytes_of(text));
    return {signer.name, key_id(signer), Bytes(signature.begin(), signature.end())};
}

Result<std::string> sign_note(std::string_view text, const SigningKey& key, std::string_view name) {
    if (const auto fit = check_note_text(text); !fit) return std::unexpected(fit.error());
    if (const auto fit = check_key_name(name); !fit) return std::unexpected(fit.error());
    return add_signature(Note{std::string(text), {}}, sign_text(text, key, name));
}

Result<std::string> add_signature(std::string_view note, const SigningKey& key,
                                  std::string_view name) {
    auto parsed = parse_note(note);
    if (!parsed) return std::unexpected(parsed.error());
    if (const auto fit = check_key_name(name); !fit) return std::unexpected(fit.error());
    auto signature = sign_text(parsed->text, key, name);
    return add_signature(std::move(*parsed), std::move(signature));
}

Result<std::string> add_signature(Note note, NoteSignature signature) {
    if (std::ranges::find(note.signatures, signature) == note.signatures.end()) {
        if (note.signatures.size() >= note_signatures_max)
            return fail(Fault::exhausted, "note: too many signatures");
        note.signatures.push_back(std::move(signature));
    }
    auto bytes = write_note(note);
    if (bytes.size() > note_bytes_max) return fail(Fault::bad_size, "note");
    return bytes;
}

std::string cosignature_message(std::uint64_t posix_seconds, std::string_view text) {
    std::string message(cosignature_start);
    message += "time " + std::to_string(posix_seconds) + "\n";
    return message.append(text);
}

bool is_signed_by(std::string_view text, const NoteSignature& signature, const Verifier& verifier) {
    constexpr std::size_t time_bytes = sizeof(std::uint64_t);
    if (!is_named(signature, verifier)) return false;
    const ByteView bytes = signature.bytes;
    switch (verifier.type) {
        case SignatureType::ed25519:
            return bytes.size() == sizeof(Signature) &&
                   verify(verifier.key, bytes_of(text), first_bytes<sizeof(Signature)>(bytes));
        case SignatureType::cosignature:
            return bytes.size() == time_bytes + sizeof(Signature) &&
                   verify(
                       verifier.key,
                       bytes_of(cosignature_message(read_big_endian<std::uint64_t>(bytes), text)),
                       first_bytes<sizeof(Signature)>(bytes.subspan(time_bytes)));
    }
    return false;
}

Result<std::vector<Verifier>> verify_note(const Note& note, std::span<const Verifier> verifiers) {
    std::vector<bool> signed_by(verifiers.size());
    for (const NoteSignature& signature : note.signatures) {
        bool named = false;
        bool good = false;
        for (std::size_t i = 0; i < verifiers.size(); ++i) {
            if (!is_named(signature, verifiers[i])) continue;
            named = true;
            // Two keys may share an id, so a bad signature by one can be a good one by the other.
            if (!is_signed_by(note.text, signature, verifiers[i])) continue;
            signed_by[i] = good = true;
        }
        if (named && !good)
            return fail(Fault::bad_signature, "note: signature of " + signature.name);
    }
    std::vector<Verifier> signers;
    for (std::size_t i = 0; i < verifiers.size(); ++i) {
        if (signed_by[i]) signers.push_back(verifiers[i]);
    }
    if (signers.empty()) return fail(Fault::untrusted, "note: no signature by a known key");
    return signers;
}

}  // namespace sanad::trust
