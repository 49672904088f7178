#pragma once

#include "core/api/contacts.h"
#include "core/api/hints.h"
#include "core/casework/queue.h"
#include "core/store/feed.h"

#include <array>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace sanad::api {

/// The contacts that have not ended, in memory: who waits, in the order of casework::order, and who
/// is being talked with, each with what the word lists noticed and without a word of what was
/// written. Desks read it many times a second, so the store is read only for the contacts that
/// changed.
///
/// It is never ahead of the disk: events of the feed, which come after a commit, say which contacts
/// to read again, and whoever asks next reads them from a snapshot taken later. A process that has
/// just started reads all of them.
///
/// threads  any
class Board {
public:
    static constexpr std::uint32_t watched_max = 500;   // of those who wait, in one answer
    static constexpr std::uint32_t open_max = 2'000;    // of those who are talked with
    static constexpr std::size_t changed_max = 65'536;  // more that changed unread: all are read
    static constexpr std::size_t fronts_max = 4;        // different limits that desks ask with
    static constexpr Duration ordered_for{1'000};       // an order in which nobody moved

    /// All of it outlives the board.
    struct Parts {
        store::Store& store;
        store::Feed& feed;
        Contacts& contacts;
        Hints& hints;
        Entropy& entropy;
    };
    /// Subscribes to the feed: before the first command, and before whoever reads the board because
    /// the feed told them to.
    explicit Board(Parts parts);

    struct Entry {
        casework::Contact contact;
        casework::Urgency suggested = casework::Urgency::none;  // by the hints
        std::vector<Hints::Kept> hints;
        std::uint64_t changed = 0;  // the version since which it is so

        casework::Urgency level() const;  // that it is taken to have
        bool is_same(const Entry& other) const;
    };
    using EntryRef = std::shared_ptr<const Entry>;

    struct Place {
        EntryRef entry;
        casework::QueueReason reason{};
        Duration waited{}, target{};
        bool changed = true;  // since the version that was asked with
    };
    struct Level {
        casework::Urgency urgency{};
        std::uint32_t waiting = 0;
        std::uint32_t over = 0;  // of them: longer than their level may
        bool operator==(const Level&) const = default;
    };
    struct View {
        std::uint64_t version = 0;
        bool whole = true;  // what was asked with is not known here: everything is `changed`
        std::uint32_t waiting = 0;                    // beyond the limit too
        std::vector<Place> places;                    // the first who wait
        std::vector<std::pair<EntryRef, bool>> open;  // and whether it changed; the oldest first
        std::array<Level, 5> levels;                  // of all who wait, U0 to U4
        Duration longest{0};
    };
    /// What a desk shows. `known` is a version that an answer with the same limit had; 0: none. A
    /// version of another process is not known. errors  those of reading contacts
    Result<View> view(std::uint64_t known, std::uint32_t limit, Time now);

    /// All who wait, whoever is next first.
    Result<std::vector<casework::QueuePlace>> order(Time now);

    /// How many contacts each member of staff has.
    Result<std::map<std::string, std::uint32_t>> open_counts();

private:
    /// The first places as they were given out with one limit: since which version each has stood
    /// there, and why.
    struct Front {
        struct Place {
            std::uint64_t since = 0;
            casework::QueueReason reason{};
        };
        std::uint32_t limit = 0;
        std::map<ContactId, Place> places;
    };

    void heard(const std::vector<store::Event>& events);
    Result<void> catch_up();
    Result<void> read_all(store::Snapshot& from);
    Result<void> read_again(store::Snapshot& from, const ContactId& id);
    Result<Entry> read(store::Snapshot& from, casework::Contact contact);
    void put(Entry entry);
    void drop(const ContactId& id);
    void put_in_order(Time now);
    Front& front_of(std::uint32_t limit);

    Parts parts_;

    std::mutex news_mutex_;  // guards these two; the engine's thread waits for nothing else
    std::set<ContactId> changed_;
    bool all_changed_ = true;

    std::mutex mutex_;  // guards the rest
    std::map<ContactId, EntryRef> entries_;
    std::uint64_t first_;  // begins anywhere, so that two processes do not share versions
    std::uint64_t version_;
    bool moved_ = true;  // since order_ was made somebody came, went or has another level
    Time ordered_at_;
    std::vector<casework::QueuePlace> order_;
    std::vector<ContactId> open_;
    std::array<Level, 5> levels_;
    Time longest_since_;
    std::list<Front> fronts_;  // whoever was asked for last first
};

}  // namespace sanad::api
