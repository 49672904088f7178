#pragma once

#include "core/api/cases.h"
#include "core/api/contacts.h"
#include "core/base/log.h"
#include "core/store/search_index.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

namespace sanad::api {

/// What a thing of the search index is.
enum class SearchKind : std::uint8_t { contact = 1, case_file = 2 };

/// Fills the search index behind the writers: it follows the feed, reads what is new in a contact
/// or a case from a snapshot, and lets a lazy command write it together with how far it has come.
/// So nobody waits for the index, and a restart anywhere loses and doubles nothing. Where the feed
/// no longer goes back far enough, it passes over everything once. What is erased leaves the index
/// in the erasing transaction.
class SearchIndexer {
public:
    static constexpr std::size_t things_at_once = 8;  // in one command: it holds up the engine
    static constexpr std::uint32_t events_at_once = 256;
    static constexpr std::uint64_t position_each = 1'000;  // events of others before it is written
    static constexpr Duration pace{500};  // between looks: what a person writes in it is one write

    /// All of it outlives the indexer.
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Records& records;
        store::Feed& feed;
        Contacts& contacts;
        Cases& cases;
        store::SearchIndex& index;
        Log& log;
    };
    explicit SearchIndexer(Parts parts) : parts_(parts) {}

    /// Prepares what comes next and hands it to the engine. returns  false: there is nothing to do,
    /// or the last command is still under way. threads  one at a time
    Result<bool> step();

    /// threads  any
    bool is_under_way() const;

    /// Takes step after step until it is asked to stop. threads  a thread of its own
    void run(const std::stop_token& stop);

private:
    using Position = store::SearchIndex::Position;
    using Addition = store::SearchIndex::Addition;
    struct Batch;

    Result<void> load(store::Snapshot& from);
    Result<void> prepare_pass(store::Snapshot& from, Batch& batch);
    Result<void> prepare_events(store::Snapshot& from, Batch& batch);
    Result<void> prepare_erased(store::Snapshot& from, Batch& batch);
    Result<void> prepare(store::Snapshot& from, const store::SearchIndex::Thing& thing,
                         Batch& batch);
    Result<void> submit(Batch batch);

    Parts parts_;
    Position position_;  // of the last commit
    store::SearchIndex::ThingId erased_after_{};
    bool erased_looked_for_ = false;  // in this life of the process

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable_any settled_;
    bool loaded_ = false;
    bool under_way_ = false;
};

}  // namespace sanad::api
