#pragma once

#include "core/api/accounts.h"
#include "core/api/contacts.h"
#include "core/api/exposures.h"
#include "core/api/phones.h"
#include "core/casework/call_routing.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sanad::api {

/// Brings who waits on the telephone and who answers together: who takes calls, who is rung for
/// whom, who talks. What an agent does stands in a record, so that two callers never ring one
/// person, and a restart forgets nothing; who is on the line, and which telephones are there, is
/// what the phone channel said in the last seconds, in memory.
class Switchboard {
public:
    static constexpr std::size_t devices_max = 200;         // of one summons
    static constexpr Duration on_the_line{10'000};          // since the channel last asked
    static constexpr std::uint32_t callback_tries_max = 3;  // of a contact, until they call again
    static constexpr std::string_view channel = "phone";

    /// All of it outlives the switchboard.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        const casework::Taxonomies& taxonomies;
        Accounts& accounts;
        Phones& phones;
        Contacts& contacts;
        Exposures& exposures;
        Outward& outward;
        const trust::SymmetricKey& index_key;
        casework::CallRules rules{};
    };
    static Result<std::unique_ptr<Switchboard>> open(store::Store& store, Parts parts);

    // ------------------------------------------------------------------ what the channel asks

    /// The channel asks for somebody who waits, and says what can be rung. threads  any
    void asked(const ContactId& contact, Time now);
    /// Whom it would ring for `contact`; nothing: nobody now. Changes nothing.
    ///
    /// devices  at most devices_max; those of nobody are left out
    /// order    those who wait, of all channels, whoever is next first
    /// errors   exhausted: too many devices
    /// threads  any
    Result<std::optional<casework::PhoneCandidate>> whom(store::Snapshot& from,
                                                         const ContactId& contact,
                                                         const std::vector<std::string>& devices,
                                                         const std::vector<ContactId>& order,
                                                         Time now);
    /// As whom(), and keeps the place. returns  the device; empty: nobody now. threads  engine
    Result<std::string> summon(store::Draft& draft, const ContactId& contact,
                               const std::vector<std::string>& devices,
                               const std::vector<ContactId>& order, Time now);

    enum class Rang : std::uint8_t { answered, missed, busy, refused };
    /// What became of ringing. An answer opens the contact for whose device it is, or hands it over
    /// to them. Events `contact.opened`, `phone.paused`.
    /// errors   not_found · conflict: somebody else has it, or it ended · denied: exposure_over
    /// threads  engine
    Result<void> rang(store::Draft& draft, const ContactId& contact, const std::string& device,
                      Rang result, Time now);
    /// Nobody is on the line any more. threads  engine
    Result<void> line_closed(store::Draft& draft, const ContactId& contact, Time now);
    /// The channel could not do what a member of staff wanted; they see it in the contact, and the
    /// feed is told `contact.call_refused`, for them. reason  the channel's code. threads  engine
    enum class Wanted : std::uint8_t { connection, act };
    Result<void> refused(store::Draft& draft, const ContactId& contact, Wanted what,
                         const std::string& reason, Time now);
    /// A contact has changed: whoever rang or talked for it may be free. threads  engine
    Result<void> follow(store::Draft& draft, const casework::Contact& contact,
                        const casework::ContactEvent& event, Time now);

    // ------------------------------------------------------------------ what staff does · engine

    /// reason  of a pause: phone-pause, but missed_calls. errors  unsupported
    Result<void> set_ready(store::Draft& draft, const std::string& who, bool ready,
                           const std::string& reason, Time now);
    /// Rings `who` and brings them and the person together: who waits on the line, or wants to be
    /// called back. The contact is opened for them.
    ///
    /// device   empty: the one that was reached last
    /// errors   not_found · denied: not_by_phone, not_in_this_state, not_yours, phone_busy,
    ///          phone_missing, callback_unwanted, callbacks_used_up, exposure_over
    Result<casework::Contact> call(store::Draft& draft, const ContactId& contact,
                                   const std::string& who, const std::string& device, Time now);
    /// What `who` does in a call. Who may is the caller's to judge, but that it is theirs.
    ///
    /// to      of transfer: a member of staff · of what a supervisor does: their own telephone, or
    ///         empty
    /// errors  not_found · denied: not_by_phone, not_in_this_state, not_yours, not_yourself,
    ///         phone_missing, phone_busy
    Result<casework::Contact> control(store::Draft& draft, const ContactId& contact,
                                      const std::string& who, CallAct act, const std::string& to,
                                      Time now);

    // ------------------------------------------------------------------ reading · any

    /// Of whom nothing is known: takes no calls, since the beginning of time.
    Result<casework::PhoneAgent> agent(store::Snapshot& from, const std::string& who);
    Result<std::vector<casework::PhoneAgent>> agents(store::Snapshot& from);
    const casework::CallRules& rules() const { return parts_.rules; }

    explicit Switchboard(Parts parts) : parts_(std::move(parts)) {}

private:
    trust::Digest key_of_agent(const std::string& who) const;
    Result<void> save(store::Draft& draft, const casework::PhoneAgent& agent, Time now);
    Result<Phone> phone_of(store::Snapshot& from, const std::string& who,
                           const std::string& device);
    Result<void> open_for(store::Draft& draft, const casework::Contact& contact,
                          const std::string& who, Time now);
    Result<void> count_callback(store::Draft& draft, const casework::Contact& contact);
    Result<void> hand_over(store::Draft& draft, const casework::Contact& contact,
                           const std::string& device, Time now);
    std::vector<ContactId> on_line(const std::vector<ContactId>& order, Time now);
    Result<std::vector<casework::LineCaller>> callers(store::Snapshot& from,
                                                      const std::vector<ContactId>& ids, Time now);
    Result<std::vector<casework::PhoneCandidate>> candidates(
        store::Snapshot& from, const std::vector<std::string>& devices);
    /// `change` of each agent who rings or talks for the contact.
    using Change = std::function<casework::PhoneAgent(casework::PhoneAgent)>;
    Result<void> change_those_of(store::Draft& draft, const ContactId& contact,
                                 const Change& change, Time now);

    Parts parts_;
    store::SealedTable agents_;     // keyed token of the name -> PhoneAgentRecord
    store::SealedTable callbacks_;  // contact -> how often it was called back
    std::mutex mutex_;              // guards asked_
    std::map<ContactId, Time> asked_;
};

}  // namespace sanad::api
