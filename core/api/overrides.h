#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/casework/request.h"
#include "core/store/feed.h"
#include "core/store/records.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sanad::api {

// As long as a sentence: a word is no reason for breaking confidentiality.
inline constexpr std::size_t override_note_bytes_min = 20;
inline constexpr std::size_t override_text_bytes_max = 2000;

using OverrideId = Id<struct OverrideTag>;

enum class OverrideState : std::uint8_t { none, pending, approved, refused };
std::string_view name(OverrideState state);

/// Somebody wants to tell another node about a child who has not consented, in the child's best
/// interest. It waits for a second person; nothing has left before.
struct Override {
    OverrideId id;
    CaseId case_id;
    std::string to;                  // the node that would be told
    std::set<casework::Item> items;  // what it would be told
    std::string reason;              // in one sentence; the consent record keeps it
    std::string note;                // why confidentiality is broken: for supervisors
    std::string requested_by;
    Time requested_at;
    OverrideState state = OverrideState::pending;
    std::string decided_by, decided_why;
    Time decided_at;
    ReferralId referral;  // once approved
    Bytes request;        // the api::Request with the words of the referral, as it came
    bool operator==(const Override&) const = default;
};

/// The overrides of this node, each under the key of its case. threads  as Cases
class Overrides {
public:
    static Result<std::unique_ptr<Overrides>> open(store::Store& store, store::Records& records,
                                                   store::Feed& feed);

    /// Writes it, new or changed, and tells the feed `name`. threads  engine
    Result<void> save(store::Draft& draft, const Override& override, const char* name, Time now);

    /// errors  not_found
    Result<Override> find(store::Snapshot& from, const OverrideId& id);
    /// Newest first, at most `limit`; those of erased cases are left out.
    Result<std::vector<Override>> list(store::Snapshot& from, std::uint32_t limit);

    Overrides(store::Records& records, store::Feed& feed, store::SealedTable table)
        : records_(records), feed_(feed), table_(std::move(table)) {}

private:
    store::Records& records_;
    store::Feed& feed_;
    store::SealedTable table_;  // id -> ConsentOverrideRecord
};

}  // namespace sanad::api
