#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/trust/hash.h"
#include "core/trust/note.h"

#include <cstdint>
#include <string>
#include <string_view>

// Heads of logs as C2SP writes them (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature): a signed
// note whose text is the log's origin, its size and its root. A cosignature under a head says that
// its owner has everything the head covers: it is the receipt.
namespace sanad::trust {

inline constexpr std::size_t checkpoint_text_bytes_max = 512;
inline constexpr std::size_t checkpoint_note_bytes_max = 4096;
inline constexpr std::uint64_t cosignature_seconds_max = 253'402'300'799;  // the end of 9999

struct Checkpoint {
    std::string origin;  // a key name in form (no spaces, no `+`): `sanad/ma.cmrpi/tn.amal/urgent`
    std::uint64_t size = 0;
    Digest root{};
    bool operator==(const Checkpoint&) const = default;
};

/// Three lines: origin, size in decimal, root in base64. The origin has passed check_key_name().
std::string write_checkpoint(const Checkpoint& checkpoint);
/// Exactly what write_checkpoint() writes: no extension lines, one form of each number.
/// errors  malformed, bad_size
Result<Checkpoint> parse_checkpoint(std::string_view text);

/// A head: the checkpoint as a note signed by the log's owner. errors  malformed: origin or name
/// threads  any
Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key,
                                    std::string_view name);

/// The checkpoint in `note`, from anyone, when `owner` signed it. Other signatures are ignored.
/// errors  those of parse_note() and parse_checkpoint(), untrusted, bad_signature. threads  any
Result<Checkpoint> open_checkpoint(std::string_view note, const Verifier& owner);

/// A cosignature/v1 over a checkpoint's text: u64 seconds, then Ed25519 over
/// `cosignature/v1\ntime <seconds>\n` and the text.
///
/// now      not before 1970; what is below a second is dropped
/// threads  any
NoteSignature cosign(std::string_view checkpoint_text, const SigningKey& key, std::string_view name,
                     Time now);

/// `note` with such a cosignature as its last line. errors  those of parse_note(),
/// parse_checkpoint() and check_key_name(), exhausted, bad_size
Result<std::string> add_cosignature(std::string_view note, const SigningKey& key,
                                    std::string_view name, Time now);

/// When `witness` (of type cosignature) made this cosignature over `checkpoint_text`.
/// errors  untrusted: another key's · bad_signature · invalid: a time after 9999
/// threads  any
Result<Time> verify_cosignature(std::string_view checkpoint_text, const NoteSignature& signature,
                                const Verifier& witness);

/// A head that came back with its receipt.
struct CosignedCheckpoint {
    Checkpoint checkpoint;
    Time cosigned_at;  // the newest, when the witness cosigned more than once
    bool operator==(const CosignedCheckpoint&) const = default;
};

/// The checkpoint in `note`, from anyone, when `owner` signed it and `witness` cosigned it.
/// errors  those of open_checkpoint() and verify_cosignature(). threads  any
Result<CosignedCheckpoint> open_cosigned_checkpoint(std::string_view note, const Verifier& owner,
                                                    const Verifier& witness);

}  // namespace sanad::trust
