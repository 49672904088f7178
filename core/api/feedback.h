#pragma once

#include "core/api/contacts.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sanad::api {

/// The short survey at the end of a conversation: what its person thinks of it, in faces from 1
/// (not at all) to 5 (very much). An answer is kept with its day and without the conversation, so
/// that it counts and nobody can ask whose it was.
class Feedback {
public:
    static constexpr std::uint8_t faces = 5;
    using Answers = std::vector<std::pair<std::string, std::uint8_t>>;       // id in child-feedback
    using Counts = std::map<std::string, std::array<std::uint64_t, faces>>;  // [0]: face 1

    /// All of it outlives the feedback.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        Contacts& contacts;
        const casework::Taxonomies& taxonomies;
        Entropy& entropy;
    };
    static Result<std::unique_ptr<Feedback>> open(store::Store& store, Parts parts);

    /// Once a conversation; again changes nothing. Tells the feed that there is one, not of whom.
    ///
    /// answers  at least one, each id once
    /// errors   not_found: nobody wrote in it · invalid: no face, an id twice or none ·
    /// unsupported:
    ///          an id that is in no list
    /// threads  engine
    Result<void> give(store::Draft& draft, const std::string& instance, ByteView conversation,
                      const Answers& answers, Time now);

    /// How often each face was chosen, on the days from `first` to `last`, both included.
    ///
    /// days     since 1970
    /// threads  any
    Result<Counts> count(store::Snapshot& from, std::uint32_t first, std::uint32_t last);

    explicit Feedback(Parts parts) : parts_(parts) {}

private:
    Result<void> check(const Answers& answers) const;

    Parts parts_;
    store::SealedTable answers_;  // day, 16 random bytes -> id, 0, face, ...
    store::SealedTable given_;    // contact -> nothing: it has answered
};

}  // namespace sanad::api
