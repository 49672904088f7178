#pragma once

#include "core/api/board.h"
#include "core/api/contacts.h"

#include <map>
#include <mutex>

namespace sanad::api {

/// Where a person who waits stands, and how long others had to: what their page says of it. Many
/// pages ask again and again, so the answer may be a few seconds old.
///
/// threads  any
class WaitingLine {
public:
    static constexpr std::uint32_t contacts_max = 2000;  // beyond it: no place is told
    static constexpr Duration fresh_for = std::chrono::seconds(3);
    static constexpr std::uint32_t picked_max = 20;  // how many pick-ups are looked at
    static constexpr std::size_t picked_min = 3;     // fewer say nothing about the next
    static constexpr Duration picked_within = std::chrono::hours(2);

    /// Both outlive this.
    WaitingLine(Contacts& contacts, Board& board) : contacts_(contacts), board_(board) {}

    struct Place {
        std::uint32_t position = 0;  // 1: the next one; 0: not known
        Duration wait{0};            // the median of the last ones; 0: not known
        bool operator==(const Place&) const = default;
    };
    /// The place in the order of casework::order, which is what the desk sees.
    Result<Place> place(store::Snapshot& from, const ContactId& id, Time now);

private:
    Result<void> look(store::Snapshot& from, Time now);
    Result<Duration> usual_wait(store::Snapshot& from, Time now);

    Contacts& contacts_;
    Board& board_;
    std::mutex mutex_;  // guards the rest
    bool looked_ = false;
    Time looked_at_;
    std::map<ContactId, std::uint32_t> positions_;
    Duration wait_{0};
};

}  // namespace sanad::api
