#pragma once

#include "core/api/cases.h"
#include "core/casework/cover.h"
#include "core/casework/queue.h"
#include "core/federation/listener.h"
#include "core/federation/peers.h"
#include "core/federation/referrals.h"
#include "core/federation/rosters.h"
#include "core/store/timers.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::api {

inline constexpr std::uint16_t cover_timer =
    12;  // store::Timer::kind of contacts nobody has opened

/// What the person chose when nobody was there.
enum class CoverAnswer : std::uint8_t { none, go_on, wait, leave_message };
/// Such as "go_on".
std::string_view name(CoverAnswer answer);
/// errors  unsupported
Result<CoverAnswer> cover_answer_from(std::string_view name);
/// What a child typed, as an answer: 1, 2 or 3, also in Arabic digits; none: it is something else.
CoverAnswer cover_answer_in(std::string_view text);

/// Night cover: when nobody is there for a contact, another node that is open is offered to the
/// person. Who goes on with it writes in the same page: what they write goes there as information
/// of an `overflow` referral, and what is asked or noted there comes back as a message. When that
/// node completes it, its summary stands in the case here, and the contact is in the queue again.
class Cover final : public federation::Listener {
public:
    static constexpr std::uint32_t referrals_looked_at = 500;
    /// While nobody is open, it is looked again for whoever waits, so often and for so long.
    static constexpr Duration look_again = std::chrono::minutes(5);
    static constexpr Duration look_at_most = std::chrono::hours(24);

    /// Whether the node offers cover by itself, or only when a person says so.
    enum class Offers : bool { when_told, by_itself };

    /// All of it outlives the cover.
    struct Parts {
        NodeId self;
        store::Records& records;
        store::Feed& feed;
        federation::Peers& peers;
        federation::Rosters& rosters;
        federation::Referrals& referrals;
        Contacts& contacts;
        Cases& cases;
        const casework::Taxonomies& taxonomies;
        std::vector<NodeId> fallback;
        store::Timers& timers;
        Offers offers = Offers::when_told;
        /// Whether a new referral may leave now, by the directory; none: it may.
        std::function<Result<void>(Time)> may_refer{};
        /// Whether this request may leave for that node, by the policy packs; none: it may.
        std::function<Result<void>(const NodeId&, const casework::ReferralRequest&)> may_send{};
    };
    static Result<std::unique_ptr<Cover>> open(store::Store& store, Parts parts);

    /// What is remembered of one contact.
    struct Offer {
        NodeId node;           // the one that is offered
        std::string name;      // as the person was told
        std::string language;  // of the texts
        CoverAnswer answer = CoverAnswer::none;
        ReferralId referral;  // go_on: the overflow
        Time offered_at;
    };

    // ------------------------------------------------------------------ threads  any

    /// Every other active node but those in `without`, as rank() wants it.
    Result<std::vector<casework::Helper>> helpers(store::Snapshot& from,
                                                  const std::vector<NodeId>& without);
    /// Who could help this contact now, the best first. errors  not_found
    Result<std::vector<casework::Choice>> choices(store::Snapshot& from, const ContactId& contact,
                                                  Time now);
    Result<std::optional<Offer>> find(store::Snapshot& from, const ContactId& contact);

    // ------------------------------------------------------------------ threads  engine

    /// Tells the person who is open, and asks: go on, wait, or leave a message.
    /// errors  not_found · denied: nobody_open, not_in_this_state (somebody has the contact)
    Result<Offer> offer(store::Draft& draft, const ContactId& contact, Time now);

    /// The person's answer. go_on makes a case and a consent of the very words they were shown, and
    /// asks the node on the urgent lane. errors  not_found: nothing was offered · denied
    Result<Offer> answer(store::Draft& draft, const ContactId& contact, CoverAnswer answer,
                         Time now);

    /// The person wrote: an answer to an offer, or something for the node that has taken over.
    Result<void> person_wrote(store::Draft& draft, const ContactId& contact,
                              const std::string& text, Time now);

    /// Offers cover to who has waited longer than their level may (casework/queue.h), where the
    /// node does that by itself.
    Result<void> on_timer(store::Draft& draft, const ContactId& contact, Time now);

    Result<void> heard(store::Draft& draft, const casework::ReferralRecord& record,
                       const casework::ReferralMessage& message, Time now) override;

    explicit Cover(Parts parts) : parts_(std::move(parts)) {}

private:
    Result<void> go_on(store::Draft& draft, const casework::Contact& contact, Offer& offer,
                       Time now);
    Result<CaseId> case_of(store::Draft& draft, const casework::Contact& contact, Time now);
    Result<casework::Consent> consent_of(store::Draft& draft, const CaseId& case_id,
                                         const Offer& offer, Time now);
    Result<casework::ReferralRequest> request_of(store::Draft& draft,
                                                 const casework::Contact& contact,
                                                 const CaseId& case_id,
                                                 const casework::Consent& consent);
    Result<void> look_later(store::Draft& draft, const ContactId& contact);
    Result<void> end(store::Draft& draft, const ContactId& contact, const Offer& offer,
                     const casework::ReferralRecord& record,
                     const casework::ReferralMessage& message, Time now);
    Result<void> keep(store::Draft& draft, const ContactId& contact, const Offer& offer);
    /// A text of the list cover-texts, with the node's name where it stands.
    std::string text(std::string_view id, const Offer& offer) const;

    Parts parts_;
    store::SealedTable offers_;     // contact -> CoverRecord
    store::SealedTable referrals_;  // overflow referral -> contact
};

}  // namespace sanad::api
