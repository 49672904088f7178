#pragma once

#include "core/base/result.h"
#include "core/federation/directory.h"
#include "core/trust/note.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// When a directory is believed. One signature counts for each distinct public key: two names for
// one key are one steward. The note's size is checked before anything is hashed (note_bytes_max).
namespace sanad::federation {

/// A directory with the note that proves it: `note.text` is what was signed, as it came.
struct SignedDirectory {
    Directory directory;
    trust::Note note;
};

/// The first directory of a node: signed by at least `threshold` of the `trusted` stewards that the
/// administrator has named, and, when it names other stewards or another threshold itself, by its
/// own threshold of its own stewards too.
///
/// note     any bytes from anyone
/// errors   bad_size · malformed · untrusted: too few of them · bad_signature: one in their name is
///          bad · and those of parse_directory()
/// threads  any
Result<SignedDirectory> verify_directory(std::string_view note,
                                         std::span<const trust::Verifier> trusted,
                                         std::uint32_t threshold);

/// The directory in `note`, when it may take the place of `current`: of the same federation, with a
/// higher version, not issued earlier, and signed by the threshold of current's stewards. When the
/// stewards or the threshold change, it must be the very next version and be signed by its own
/// threshold of its own stewards as well. The caller stores it before following it.
///
/// errors   denied: older, or the same · conflict: another text of the same version, and just as
/// well
///          signed: raise the fork alarm and keep both · invalid: another federation · and those of
///          verify_directory()
/// threads  any
Result<SignedDirectory> verify_successor(const SignedDirectory& current, std::string_view note);

/// One note with the signatures of both, which must carry the same text. Checks no signature: a bad
/// one in a steward's name would spoil the whole note, so verify both before.
/// errors  those of parse_note() · conflict: two texts · exhausted, bad_size
Result<std::string> merge_signatures(std::string_view left, std::string_view right);

}  // namespace sanad::federation
