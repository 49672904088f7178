#pragma once

#include "core/api/contacts.h"
#include "core/api/hints.h"
#include "core/casework/exposure.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sanad::api {

enum class ExposureSign : std::uint8_t { break_begin, break_end, talk_ask, talked, lend };
std::optional<ExposureSign> exposure_sign_from(std::string_view word);

/// How long each member of staff has worked on severe content today: kept with each change of a
/// contact, in its transaction, so a restart loses none of it and nothing has to tick. Of each
/// person there is one day, and the next one takes its place.
///
/// A contact is severe while it is open and taken to be U0 or U1, or while something was noticed in
/// it whose kind the lexicon calls severe. It counts for who has it and for whoever joined.
class Exposures {
public:
    static constexpr std::uint32_t lend_minutes_max = 60;  // at once

    /// All of it outlives this.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        Contacts& contacts;
        Hints& hints;
        casework::ExposureRules rules{};
    };
    static Result<std::unique_ptr<Exposures>> open(store::Store& store, Parts parts);

    /// A contact has changed, by that event; or what was noticed in it has. Whose minutes begin or
    /// end changes with it, and the feed is told `exposure.changed`, without a name. threads engine
    Result<void> follow(store::Draft& draft, const casework::Contact& contact,
                        const casework::ContactEvent& event, Time now);
    Result<void> follow(store::Draft& draft, const ContactId& contact, Time now);
    /// Before the contact's key is destroyed: it counts for nobody any more. threads  engine
    Result<void> forget(store::Draft& draft, const ContactId& contact, Time now);

    /// minutes  of lend: 1..lend_minutes_max. errors  invalid, exhausted. threads  engine
    Result<void> mark(store::Draft& draft, const std::string& who, ExposureSign sign,
                      std::uint32_t minutes, Time now);

    /// Somebody at `now`; of whom nothing is known: nothing. threads  any
    Result<casework::Exposure> find(store::Snapshot& from, const std::string& who, Time now);
    /// Whether somebody's day leaves room for that contact. A budget never leaves a child in danger
    /// alone: who is U0 is given to anybody. threads  any
    enum class Room : std::uint8_t { enough, in_danger, none };
    Result<Room> room_for(store::Snapshot& from, const casework::Contact& contact,
                          const std::string& who, Time now);
    /// threads  any
    Result<bool> is_severe(store::Snapshot& from, const casework::Contact& contact);
    const casework::ExposureRules& rules() const { return parts_.rules; }

    explicit Exposures(Parts parts) : parts_(parts) {}

private:
    Result<casework::Exposure> stored(store::Snapshot& from, const std::string& who);
    Result<void> save(store::Draft& draft, const std::string& who,
                      const casework::Exposure& exposure);
    Result<void> count_for(store::Draft& draft, const ContactId& contact,
                           const std::set<std::string>& people, Time now);
    Result<std::set<std::string>> people_in(store::Snapshot& from, const ContactId& contact);

    Parts parts_;
    store::SealedTable people_;    // name -> ExposureRecord
    store::SealedTable contacts_;  // contact -> ExposedRecord
};

}  // namespace sanad::api
