#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/plugins/manifest.h"
#include "core/trust/hash.h"
#include "core/trust/note.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

// A plugin that somebody answers for: its file, and beside it a signed note (core/trust/note.h)
// that says which file is meant and what it asks for:
//
//     sanad-plugin/v1
//     id webchat
//     version 1.0.0
//     kind channel
//     sha256 <64 hexadecimal digits>
//     size 2345678
//     grant inbound.submit
//     grant net.listen:listen
//
// one `grant` for each that the manifest asks for, in its order. The grants follow from the file;
// they stand there so that a person who signs sees what the plugin may ask for.
namespace sanad::plugins {

inline constexpr std::size_t bundle_note_bytes_max = 64U << 10;

/// Whose key it is. A plugin that runs inside the node needs the project's.
enum class SignerRole : std::uint8_t { project, country, partner };
/// As in node.toml: "project".
const char* name(SignerRole role);

/// A key that this node believes, and what for.
struct BundleSigner {
    trust::Verifier key{};
    SignerRole role = SignerRole::partner;
    std::set<Kind> kinds{};
};

/// A library's bytes with what they say and what they are called by.
struct ReadBundle {
    PluginFile file;
    std::string hash;  // SHA-256, 64 hexadecimal digits
    std::uint64_t size = 0;
};

/// errors  those of read_plugin()
Result<ReadBundle> read_bundle(ByteView library);
/// The same of an open file. errors  also those of read_library()
Result<ReadBundle> read_bundle(const Descriptor& library);

/// What a signer of this plugin signs.
std::string bundle_text(const ReadBundle& bundle);

/// Who of `signers` signed `note` for this very plugin, and may sign its kind; the project's key
/// before a country's before a partner's.
///
/// errors  malformed: no note · untrusted: nobody of them signed, or not of this kind ·
///         bad_signature: the note was changed after it was signed · conflict: it is a good note of
///         another file, or of other grants. The detail says which, and how to mend it
/// threads any
Result<BundleSigner> judge_bundle(const ReadBundle& bundle, std::string_view note,
                                  std::span<const BundleSigner> signers);

}  // namespace sanad::plugins
