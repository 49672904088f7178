#pragma once

#include "core/api/contacts.h"
#include "core/casework/case.h"
#include "core/casework/consent.h"
#include "core/casework/form.h"

#include <memory>
#include <span>
#include <vector>

namespace sanad::api {

/// The case files of this node, with their notes and consents.
class Cases {
public:
    /// All of it outlives the cases.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        const casework::Taxonomies& taxonomies;
        Entropy& entropy;
        Contacts& contacts;
    };
    static Result<std::unique_ptr<Cases>> open(store::Store& store, Parts parts);

    /// What a counsellor fills in when a case is opened.
    struct Details {
        casework::Urgency urgency = casework::Urgency::none;
        std::vector<std::string> reasons, languages;
        std::string age_band, gender;
    };

    // ------------------------------------------------------------------ engine

    /// A case about the person of a contact; the contact belongs to it from then on.
    /// errors  not_found, conflict: it has one, and those of the rules
    Result<casework::CaseFile> open_from(store::Draft& draft, const ContactId& contact,
                                         Details details, const std::string& actor, Time now);

    /// Other details; what is empty in `details` stays as it is. errors  not_found, denied:
    /// not_in_this_state, and those of casework::check_details
    Result<casework::CaseFile> change(store::Draft& draft, const CaseId& id, Details details,
                                      const std::string& actor, Time now);

    /// One event of the case, checked by casework. errors  not_found, and those of check_event
    Result<casework::CaseFile> say(store::Draft& draft, const CaseId& id, casework::CaseEvent event,
                                   Time now);

    /// errors  not_found, those of casework::check_consent
    Result<casework::Consent> record_consent(store::Draft& draft, casework::Consent consent,
                                             Time now);

    /// The consent as withdrawn: it covers nothing any more. errors  not_found · conflict: it was
    /// withdrawn before
    Result<casework::Consent> withdraw_consent(store::Draft& draft, const CaseId& case_id,
                                               const ConsentId& id, const std::string& actor,
                                               Time now);

    /// Answers to fields of the case form; the caller has checked that they fit it. errors
    /// not_found, denied: not_in_this_state, exhausted: too long together
    Result<casework::CaseFile> answer(store::Draft& draft, const CaseId& id,
                                      const std::string& form_version,
                                      std::span<const casework::FormAnswer> answers,
                                      const std::string& actor, Time now);
    /// None when nothing was answered.
    Result<std::vector<casework::FormAnswer>> answers(store::Snapshot& from, const CaseId& id);
    static constexpr std::size_t answers_bytes_max = 64 << 10;

    /// Somebody wants the case erased; a second person carries it out.
    struct ErasureAsked {
        std::string by, reason;
        Time at;
    };
    Result<void> ask_erasure(store::Draft& draft, const CaseId& id, const ErasureAsked& asked);
    /// errors  not_found: nobody asked
    Result<ErasureAsked> erasure_asked(store::Snapshot& from, const CaseId& id);
    /// Destroys the keys of the case and of its contacts. What its referrals hold here is the
    /// caller's. errors  not_found
    Result<void> erase(store::Draft& draft, const CaseId& id, Time now);

    // ------------------------------------------------------------------ any

    Result<casework::CaseFile> find(store::Snapshot& from, const CaseId& id);
    Result<std::vector<casework::CaseFile>> list(store::Snapshot& from, std::uint32_t limit);
    Result<std::vector<casework::CaseEvent>> events(store::Snapshot& from, const CaseId& id);
    /// errors  not_found: no such consent, or it is another case's
    Result<casework::Consent> consent(store::Snapshot& from, const CaseId& case_id,
                                      const ConsentId& id);

    /// A new id of any kind that belongs to a case.
    template <typename AnyId>
    AnyId make(Time now) {
        return make_id<AnyId>(now, parts_.entropy);
    }

    /// As those of Contacts.
    Result<std::vector<std::array<std::uint8_t, 16>>> ids(store::Snapshot& from,
                                                          const std::array<std::uint8_t, 16>& after,
                                                          std::uint32_t limit);
    void on_erase(Contacts::Erasing erasing) { erasing_ = std::move(erasing); }

    /// Called in the transaction of each event of a case, with the case as it is then. Before the
    /// first command.
    using Changed = std::function<Result<void>(store::Draft&, const casework::CaseFile&,
                                               const casework::CaseEvent&)>;
    void on_change(Changed changed) { changed_ = std::move(changed); }

    explicit Cases(Parts parts) : parts_(parts) {}

private:
    Result<void> write(store::Draft& draft, casework::CaseFile& file, casework::CaseEvent event,
                       Time now);

    Parts parts_;
    store::SealedTable cases_;     // id -> CaseRecord
    store::SealedTable events_;    // id, index -> CaseEvent
    store::SealedTable consents_;  // id -> ConsentRecord
    store::SealedTable answers_;   // id -> CaseAnswers
    store::SealedTable erasures_;  // case id -> CaseErasureRecord
    Contacts::Erasing erasing_;
    Changed changed_;
};

inline KeyId key_of(const CaseId& id) { return KeyId{id.bytes}; }

}  // namespace sanad::api
