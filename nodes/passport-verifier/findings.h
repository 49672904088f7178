#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/trust/hash.h"
#include "nodes/passport-verifier/members.h"
#include "nodes/passport-verifier/said.h"

#include <optional>
#include <string>
#include <vector>

// What a passport proves, found out from its bytes and the stewards' keys alone.
namespace sanad::verifier {

inline constexpr std::size_t passport_bytes_max = 16 << 20;
inline constexpr std::size_t logs_max = 4;
inline constexpr std::size_t events_max = 2'000;
inline constexpr std::uint32_t events_of_a_side_max = 1'000;

enum class Side : std::uint8_t { asker = 1, asked = 2 };

struct ProvenLog {
    Side writer = Side::asker;
    std::string origin;
    std::uint64_t receipted = 0;  // entries that its reader says are on its disk
    std::optional<Time> receipted_at;
    std::uint64_t size = 0;  // entries that its writer has signed
    trust::Digest root{};    // of `size` entries
};

struct ProvenEvent {
    Side side = Side::asker;
    std::uint32_t number = 0;  // among what that side said
    std::size_t log = 0;
    std::uint64_t index = 0;  // in that log
    trust::Digest leaf{};
    bool receipted = false;    // the other side signed that it has it
    std::optional<Said> said;  // none: erased
    bool wrong_side = false;   // it was not for this side to say: it has no effect
};

struct Findings {
    std::array<std::uint8_t, 16> referral{};
    Member asker, asked;
    Side exporter = Side::asker;
    Time exported_at;
    Federation federation;
    std::vector<ProvenLog> logs;
    std::vector<ProvenEvent> events;  // the asker's, then those of the asked

    const Member& member(Side side) const { return side == Side::asker ? asker : asked; }
};

/// Judges `file`, any bytes from anyone, in the order of schemas/PASSPORT.md. Everything must hold:
/// there is no half-valid passport. Reads no clock, no file, no network.
/// errors  what does not hold; the detail says where. threads  any
Result<Findings> examine(ByteView file, const Stewards& trusted);

}  // namespace sanad::verifier
