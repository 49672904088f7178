#pragma once

#include "core/base/ids.h"
#include "core/casework/policy.h"
#include "core/trust/note.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::federation {

inline constexpr std::size_t policy_note_bytes_max = casework::policy_bytes_max + (64 << 10);
inline constexpr std::size_t policy_packs_max = 64;

/// A policy pack as a file brought it, and what its signatures are worth here.
struct SignedPolicy {
    casework::PolicyPack pack;
    std::string text;                  // without signatures
    std::string whole;                 // as it came
    std::vector<std::string> signers;  // names under it, checked or not
    bool is_trusted = false;           // signed by the key that this node names
    bool from_installation = false;    // shipped, not installed by an administrator

    /// A lawyer has read it: it says so, and who says it is who this node trusts.
    bool is_reviewed() const { return is_trusted && !pack.reviewed_by.empty(); }
};

/// Reads a pack: a signed note, or its bare text.
///
/// trusted  the key of node.toml, or none
/// errors   those of parse_policy() · bad_signature: in the name of the trusted key, and bad
/// threads  any
Result<SignedPolicy> open_policy(std::string_view text_or_note,
                                 const std::optional<trust::Verifier>& trusted,
                                 const casework::Taxonomies& taxonomies);

/// A pack in plain words: each rule with its sentence and its source.
std::string describe_policy(const SignedPolicy& policy);

/// What both packs say of one transfer, the sender's first; it ends at the first refusal.
struct Verdict {
    bool allowed = false;
    std::vector<casework::Ruling> rulings;

    /// Such as `ma v1 ma-transfer-bases, tn v1 tn-receive; not reviewed by a lawyer: ma, tn`.
    std::string in_words() const;
    /// denied; the detail is what core/api/error_reply.h takes apart, see policy_detail().
    Result<void> as_result() const;
};

/// The detail of a refusal by policy: `policy_denied|rule|what is wrong|how to mend it`.
inline constexpr std::string_view policy_denied = "policy_denied";
std::string policy_detail(const casework::Ruling& refusal);

/// The packs in force, one for each name; replaced as a whole.
struct PolicySet {
    std::vector<SignedPolicy> packs;

    /// The pack that speaks for a country, lower case; null: none does.
    const SignedPolicy* of_country(std::string_view country) const;
    const SignedPolicy* named(std::string_view pack) const;

    /// The sending and the receiving country's pack must both allow it. A country without a pack
    /// allows nothing. threads  any
    Verdict check(const casework::Transfer& transfer) const;
    /// The receiving side alone, of what has come.
    Verdict check_received(const casework::Transfer& transfer) const;
};

/// The set in force. threads  any
class Policies {
public:
    Policies() : set_(std::make_shared<const PolicySet>()) {}

    /// Shared because a reader keeps what it started with while a newer one takes its place.
    std::shared_ptr<const PolicySet> current() const {
        const std::lock_guard lock(mutex_);
        return set_;
    }
    void replace(PolicySet set) {
        auto fresh = std::make_shared<const PolicySet>(std::move(set));
        const std::lock_guard lock(mutex_);
        set_.swap(fresh);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const PolicySet> set_;
};

/// The country of a node: what its id begins with.
std::string country_of(const NodeId& node);

/// What the packs of both countries say of a request that `self` wants to send. threads  any
Verdict check_sent(const PolicySet& policies, const NodeId& self, const NodeId& to,
                   const casework::ReferralRequest& request);

/// Whether a request that `from` sent to `self` may be taken in: its consent names this node and
/// every field in it, and the pack of this country lets it in. A country without a pack takes in
/// what the consent covers: refusing a child is the greater harm.
///
/// errors  denied; detail "policy" or "consent"
Result<void> check_received(const PolicySet& policies, const NodeId& from, const NodeId& self,
                            const casework::ReferralRequest& request);

}  // namespace sanad::federation
