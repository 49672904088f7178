#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/request.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::casework {

/// What a child, a caregiver or two responsible members of staff allowed to be told, to whom.
struct Consent {
    ConsentId id;
    CaseId case_id;
    Time given_at;
    TravellingConsent terms;
    std::string language;                // BCP 47: in which the words were said
    Time withdrawn_at;                   // 0: it stands
    std::string best_interest_reason;    // none_best_interest: why it was shared all the same
    std::vector<std::string> approvers;  // none_best_interest: two different members of staff
    std::string recorded_by;
    bool operator==(const Consent&) const = default;
};

inline constexpr std::size_t best_interest_reason_bytes_max = 2000;

/// Whether everything in the record is in order before it is stored.
///
/// errors   invalid (nobody consented, nothing ticked, no recipient, an item both ticked and
///          withheld, a best-interest record without reason or without two different approvers),
///          bad_size, malformed, unsupported; detail names the field
Result<void> check_consent(const Consent& consent, const Taxonomies& taxonomies);

/// Whether `items` may be told to `recipient` now.
///
/// errors   expired (withdrawn or run out), denied (recipient, or the first item that is not
///          covered); detail: "withdrawn", "expired", "recipient", or the item's name
/// threads  any
Result<void> covers(const Consent& consent, const std::set<Item>& items, std::string_view recipient,
                    Time now);

/// As covers(), for everything in `request`, and that the request carries the very terms of the
/// consent. errors   those of covers(), denied with detail "consent"
Result<void> covers_request(const Consent& consent, const ReferralRequest& request,
                            std::string_view recipient, Time now);

Bytes write_record(const Consent& consent);
/// errors   malformed, bad_size, unsupported
Result<Consent> read_consent(ByteView bytes);

}  // namespace sanad::casework
