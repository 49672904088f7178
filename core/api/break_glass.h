#pragma once

#include "core/api/cases.h"

#include <memory>
#include <string>
#include <vector>

namespace sanad::api {

/// Somebody opened a case that was not theirs, because a child could not wait.
struct Glass {
    CaseId case_id;
    std::string by, reason;
    Time at, until;
    bool operator==(const Glass&) const = default;
};

/// Every time that glass was broken. It stays in the case as long as the case does, under its key.
class BreakGlass {
public:
    static constexpr Duration open_for = std::chrono::hours(1);
    // As long as a sentence: a word is no reason.
    static constexpr std::size_t reason_bytes_min = 20;
    static constexpr std::size_t reason_bytes_max = 400;

    static Result<std::unique_ptr<BreakGlass>> open(store::Store& store, store::Records& records,
                                                    store::Feed& feed);

    /// Opens the case to `by` for an hour. Event `glass.broken`, of the case.
    /// errors  denied: reason_missing: too short · bad_size, malformed: reason. threads  engine
    Result<Glass> break_it(store::Draft& draft, const CaseId& id, const std::string& by,
                           const std::string& reason, Time now);

    /// Whether `who` has the case open by broken glass now. threads  any
    Result<bool> is_open(store::Snapshot& from, const CaseId& id, std::string_view who, Time now);

    /// Of one case, the oldest first. threads  any
    Result<std::vector<Glass>> of(store::Snapshot& from, const CaseId& id);

    /// Of all cases that are there, at most `limit`, of the newest case first. threads  any
    Result<std::vector<Glass>> list(store::Snapshot& from, std::uint32_t limit);

    BreakGlass(store::Records& records, store::Feed& feed, store::SealedTable table)
        : records_(records), feed_(feed), table_(std::move(table)) {}

private:
    store::Records& records_;
    store::Feed& feed_;
    store::SealedTable table_;  // case, when it was broken -> GlassRecord
};

}  // namespace sanad::api
