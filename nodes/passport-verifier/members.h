#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/trust/note.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Who is in a federation and with which signing key, read from its signed directory: written from
// schemas/PASSPORT.md and apart from core/federation, so that a mistake in one shows in the other.
namespace sanad::verifier {

inline constexpr std::size_t members_max = 512;
inline constexpr std::size_t stewards_max = 32;

struct Member {
    std::string id;  // such as ma.cmrpi
    std::string name;
    bool revoked = false;
    trust::PublicKey signing{};
};

struct Federation {
    std::string name;
    std::uint64_t version = 0;
    Time issued, expires;
    std::uint64_t threshold = 0;
    std::vector<trust::Verifier> stewards;
    std::vector<Member> members;
    std::vector<trust::Verifier> signed_by;  // those of the stewards whom the reader trusts

    const Member* find(std::string_view id) const;
};

/// The stewards whom a reader trusts, and how many of them must have signed.
struct Stewards {
    std::vector<trust::Verifier> keys;
    std::uint64_t threshold = 0;
};

/// `sanad-trust/v1`, `threshold N` and `steward <verifier>` lines, as `sanad directory trust`
/// writes them; or nothing but a verifier a line, and then the threshold is 0: the caller must say
/// it. errors  malformed, unsupported, invalid
Result<Stewards> read_stewards(std::string_view text);

/// Reads a directory and believes it: signed by `trusted`, and by its own stewards where these are
/// others. errors  malformed, bad_size, unsupported, untrusted, bad_signature, invalid, exhausted
Result<Federation> read_federation(std::string_view note, const Stewards& trusted);

/// `xx.label`, 4..31 bytes.
bool is_node_id(std::string_view text);

}  // namespace sanad::verifier
