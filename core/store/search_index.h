#pragma once

#include "core/store/draft.h"
#include "core/store/records.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sanad::store {

/// The keys of 16 bytes behind `after` in a table of things, in order; opens nothing.
Result<std::vector<std::array<std::uint8_t, 16>>> ids_behind(
    Snapshot& from, Table table, const std::array<std::uint8_t, 16>& after, std::uint32_t limit);

/// Which things (a contact, a case) have which words, for a store that may not know the words: a
/// word is the first 8 bytes of a keyed BLAKE2b of it, and a thing is a number. Without the key a
/// reader of the store learns how many things share some word, and nothing of the word. Beside it,
/// under the node's key, a list of each thing's tokens, so that they go when the thing goes.
class SearchIndex {
public:
    static constexpr std::size_t tokens_max = 60'000;  // of one thing; later words are not found

    using Token = std::array<std::uint8_t, 8>;
    using ThingId = std::array<std::uint8_t, 16>;
    struct Thing {
        std::uint8_t kind = 0;  // the caller's
        ThingId id{};
        bool operator==(const Thing&) const = default;
    };

    /// Both outlive the index; `key` is of no other use.
    struct Parts {
        Records& records;
        const trust::SymmetricKey& key;
    };
    static Result<std::unique_ptr<SearchIndex>> open(Store& store, Parts parts);

    /// threads  any
    Token token(std::string_view word) const;

    // ------------------------------------------------------------------ writing · engine

    struct Known {
        std::uint32_t number = 0;
        std::uint32_t through = 0;  // the caller's: how much of the thing is in the index
        std::vector<Token> tokens;  // in order, each once
    };
    /// A thing as it will be known, and which of its tokens are new.
    struct Addition {
        Thing thing;
        Known after;
        std::vector<Token> added;
    };
    /// To add what is there already changes nothing.
    Result<void> add(Draft& draft, const Addition& addition);
    /// Removes every trace of a thing; of one that is not there, nothing.
    Result<void> forget(Draft& draft, const ThingId& id);

    /// How far whoever fills the index has come; written in the transaction of what it added.
    struct Position {
        std::uint64_t sequence = 0;  // of the feed
        std::uint32_t next_number = 1;
        std::uint8_t pass = 0;  // the caller's
        ThingId pass_after{};
        std::uint64_t pass_sequence = 0;
        bool operator==(const Position&) const = default;
    };
    Result<void> set_position(Draft& draft, const Position& position);

    // ------------------------------------------------------------------ reading · any

    Result<std::optional<Position>> position(Snapshot& from);
    Result<std::optional<Known>> known(Snapshot& from, const ThingId& id);
    /// Ids of things behind `after`, in order.
    Result<std::vector<ThingId>> things(Snapshot& from, const ThingId& after, std::uint32_t limit);

    /// Any of these.
    using Term = std::vector<Token>;
    /// Returns false to stop.
    using Found = std::function<Result<bool>(const Thing&)>;
    /// The things that have all terms, those with the highest number first.
    /// errors  those of the store and of `found`
    Result<void> find(Snapshot& from, std::span<const Term> terms, const Found& found);

    explicit SearchIndex(Parts parts) : parts_(parts) {}

private:
    Parts parts_;
    Table words_;         // token, number -> nothing: the key says it all
    SealedTable things_;  // number -> kind, id
    SealedTable lists_;   // id -> number, through, tokens
    SealedTable ends_;    // one row: the position
};

}  // namespace sanad::store
