#pragma once

#include "core/casework/referral_event.h"
#include "core/federation/directory.h"
#include "core/federation/passport.h"

#include <optional>
#include <span>

namespace sanad::federation {

/// What a passport proves.
struct PassportReport {
    struct Directory {
        std::string federation;
        std::uint64_t version = 0;
        Time issued, expires;
        std::vector<trust::Verifier> signed_by;  // of the stewards that were asked for
    };
    struct Node {
        NodeId id;
        std::string name;
        NodeStatus status = NodeStatus::active;  // by that directory; revoked: look twice
    };
    struct Log {
        NodeId writer, reader;
        Lane lane = Lane::normal;
        std::uint64_t receipted = 0;  // entries that the reader says are on its disk
        std::optional<Time> receipted_at;
        std::uint64_t size = 0;  // entries that the writer has signed
        trust::Digest root{};    // over all of them
    };
    /// receipted: neither side can deny it. written: so far only its writer, the exporter, says so.
    enum class Standing : std::uint8_t { written, receipted };
    struct Event {
        casework::Side side = casework::Side::none;
        NodeId by;
        std::uint32_t index = 0;  // among what `by` said
        std::size_t log = 0;      // in `logs`
        std::uint64_t entry = 0;  // its place in that log
        trust::Digest leaf{};
        Standing standing = Standing::written;
        std::optional<casework::ReferralMessage>
            message;                                    // none: erased; nothing but `leaf` is left
        casework::Rule refused = casework::Rule::none;  // why it had no effect
    };

    ReferralId referral;
    Node asker, asked;
    casework::Side exporter = casework::Side::none;
    Time exported_at;
    Directory directory;
    std::vector<Log> logs;
    std::vector<Event> events;                   // the asker's, then those of the asked
    std::optional<casework::ReferralView> view;  // what they add up to; none when one is erased
};

/// Judges a passport by nothing but its own bytes and the stewards' keys: the directory is signed
/// by `threshold` of them; the exporter by its key there; each log's head by its writer's and the
/// receipt by its reader's; each entry is in its log, opens with its key, and is of this referral;
/// the events of each side are all there, in order, up to the last one that an event in it was
/// based on. What it cannot show: that the exporter left out the last events of a side, and with
/// them all that answered them; the other side's passport does. Of an erased referral it shows that
/// entries stood at those places of the logs, and not that they were of this referral.
///
/// file      any bytes from anyone
/// stewards  those that the reader trusts, by a way of its own; threshold of them must have signed
/// errors    bad_size, malformed, unsupported, exhausted, untrusted, bad_signature, invalid; the
///           detail says what and where
/// threads   any; reads no clock, no file and no network
Result<PassportReport> verify_passport(ByteView file, std::span<const trust::Verifier> stewards,
                                       std::uint32_t threshold);

/// The same, taking the stewards' keys from the passport's own directory: shows what is in it, and
/// that it holds together, but anybody can make up a federation. errors  as verify_passport()
Result<PassportReport> show_passport(ByteView file);

}  // namespace sanad::federation
