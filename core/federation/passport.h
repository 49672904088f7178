#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/casework/referral.h"
#include "core/federation/link.h"
#include "core/trust/keys.h"
#include "core/trust/merkle.h"

#include <string>
#include <vector>

// A passport: one file that proves, offline and years later, what two nodes said to each other
// about one referral. This is its form; passport_export.h makes one, passport_verify.h judges one.
namespace sanad::federation {

inline constexpr std::uint16_t passport_version = 1;
inline constexpr std::size_t passport_bytes_max = 16 << 20;
inline constexpr std::size_t passport_logs_max = 4;  // two directions, two lanes
inline constexpr std::size_t passport_events_max = 2 * casework::referral_events_max;
inline constexpr Time passport_time_max{253'402'300'799'000};  // the end of 9999

/// One link log, as far as it is proven.
struct PassportLog {
    casework::Side writer = casework::Side::none;
    Lane lane = Lane::normal;
    std::string receipted;   // the writer's head with the reader's cosignature; empty: none yet
    std::string written;     // the exporter's head over what it wrote since; empty: nothing
    trust::Proof extension;  // consistency from `receipted` to `written`
    bool operator==(const PassportLog&) const = default;
};

/// One entry of a link log: something that was said about the referral, or what is left of it.
struct PassportEntry {
    std::uint8_t log = 0;     // its place in Passport::logs
    std::uint64_t index = 0;  // its place in that log
    std::uint32_t event = 0;  // its place among its writer's events
    Bytes raw;                // empty: erased
    Bytes key;                // opens this entry and no other; empty: erased
    trust::Digest leaf{};     // erased: the leaf hash; otherwise zero
    trust::Proof proof;       // inclusion in `receipted` if that covers index, else in `written`
    bool is_erased() const { return raw.empty(); }
    bool operator==(const PassportEntry&) const = default;
};

struct Passport {
    ReferralId referral;
    NodeId asker, asked;
    casework::Side exporter = casework::Side::none;
    Time exported_at;       // whole seconds
    std::string directory;  // the signed note that was in force
    std::vector<PassportLog> logs;
    std::vector<PassportEntry> events;  // the asker's, then those of the asked
    bool operator==(const Passport&) const = default;

    const NodeId& node(casework::Side side) const {
        return side == casework::Side::asker ? asker : asked;
    }
};

/// A passport as it came, with what its exporter signed.
struct PassportFile {
    Passport passport;
    trust::Digest contents{};  // SHA-256 of its contents, to the byte
    std::string statement;     // a note over statement_text(), by the exporter
};

/// What the exporter signs: that this is all it had of the referral at that time.
std::string statement_text(const Passport& passport, const trust::Digest& contents);

/// The file, with the exporter's statement by its signing key. Judges nothing: export_passport()
/// does. errors  bad_size: over passport_bytes_max · those of sign_note(). threads  any
/// source  schemas/passport.capnp
Result<Bytes> write_passport(const Passport& passport, const trust::SigningKey& signing);

/// Takes apart any bytes from anyone; within the limits above, nothing in it is true yet.
/// errors  bad_size, malformed, unsupported (a later version), exhausted (too many logs or events);
///         the detail says where. threads  any
Result<PassportFile> read_passport(ByteView file);

}  // namespace sanad::federation
