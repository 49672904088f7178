#pragma once

#include "core/api/contacts.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sanad::api {

/// An ended contact that was drawn by lot, so that a supervisor looks at how somebody works, and
/// what was said of it. It has no word of the person, and goes with the contact's key.
struct Sample {
    ContactId contact;
    std::string who, channel;  // whose conversation it was
    Time ended_at, drawn_at, judged_at;
    std::string drawn_by, judged_by;
    std::vector<std::pair<std::string, std::uint8_t>> marks;  // id in quality-marks; 1..mark_max
    std::string note;                                         // for the colleague it is about
    bool operator==(const Sample&) const = default;
};

class Samples {
public:
    static constexpr std::uint32_t days_max = 90;
    static constexpr std::uint32_t count_max = 20;
    static constexpr std::uint8_t mark_max = 5;
    static constexpr std::size_t note_bytes_max = 2'000;
    static constexpr std::uint32_t drawn_from_max = 100'000;  // contacts, the oldest of the days
    static constexpr std::uint32_t looked_at_max = 2'000;     // of them, for one draw

    /// All of it outlives the samples.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        Contacts& contacts;
        const casework::Taxonomies& taxonomies;
        Entropy& entropy;
    };
    static Result<std::unique_ptr<Samples>> open(store::Store& store, Parts parts);

    /// By lot, among the contacts that began and ended in the last days and that somebody had:
    /// never one that was drawn before. Fewer than `count` where there are no more.
    ///
    /// days   1..days_max; count  1..count_max; who  whose; empty: of all
    /// errors   invalid. threads  engine
    Result<std::vector<Sample>> draw(store::Draft& draft, std::uint32_t days, std::uint32_t count,
                                     const std::string& who, const std::string& by, Time now);

    /// What a supervisor says of it; again takes the place of what was said. Event
    /// `sample.judged`, for whose conversation it was.
    /// errors  not_found · denied: own_work · unsupported: a mark that is in no list · invalid: no
    /// mark, one twice or outside 1..mark_max · those of check_prose. threads  engine
    Result<void> judge(store::Draft& draft, const ContactId& contact,
                       std::vector<std::pair<std::string, std::uint8_t>> marks, std::string note,
                       const std::string& by, Time now);

    /// The newest contact first, at most `limit`; those of erased contacts are not there.
    /// threads  any
    Result<std::vector<Sample>> list(store::Snapshot& from, std::uint32_t limit);

    explicit Samples(Parts parts) : parts_(parts) {}

private:
    Result<std::optional<Sample>> find(store::Snapshot& from, const ContactId& contact);
    Result<std::optional<Sample>> from_contact(store::Snapshot& from, const ContactId& id,
                                               const std::string& who, Time since);
    Result<void> save(store::Draft& draft, const Sample& sample);
    std::size_t lot(std::size_t choices);

    Parts parts_;
    store::SealedTable samples_;  // contact -> SampleRecord
};

}  // namespace sanad::api
