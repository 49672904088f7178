#pragma once

#include "core/api/cases.h"
#include "core/api/contacts.h"
#include "core/casework/statistics.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sanad::api {

/// How many contacts there were, by one word at a time. A contact is counted when it ends, on the
/// day it arrived, in the transaction of its end; what it counts as changes with its result and
/// with its case. One that ends a second time is counted once, as it ended last.
///
/// A count stands in a row of its day, or of its month, sealed as a whole under the node's key: it
/// names no contact, and nothing on the disk tells which words a day had. What a contact was
/// counted as is remembered under the contact's own key, so that it can be taken away when it
/// changes; it is erased with the contact, and the counts stay.
class Statistics {
public:
    static constexpr std::size_t row_cells_max = 8000;  // of a day or month; more are not counted

    /// All of it outlives the statistics.
    struct Parts {
        store::Records& records;
        Contacts& contacts;
        Cases& cases;
        const casework::Taxonomies& taxonomies;
        std::string zone;  // where the helpline is: IANA name, or GMT+hh:mm
        std::uint32_t smallest = casework::statistics_smallest_default;
    };
    static Result<std::unique_ptr<Statistics>> open(store::Store& store, Parts parts);

    // ------------------------------------------------------------------ engine

    /// A contact is as `contact` says now, after an event of that kind.
    Result<void> contact_changed(store::Draft& draft, const casework::Contact& contact,
                                 casework::ContactEventKind kind);
    /// Its contacts that were counted count as the case says now.
    Result<void> case_changed(store::Draft& draft, const casework::CaseFile& file,
                              const casework::CaseEvent& event);
    /// Before a contact is erased: one that has not ended yet is counted as it is.
    Result<void> erasing(store::Draft& draft, const ContactId& contact);

    // ------------------------------------------------------------------ any

    using Counts = std::map<std::string, std::uint64_t>;  // by the cells of casework::CountedAs
    /// Of the days from `first` to `last`, both included, by their row.
    Result<std::map<std::uint32_t, Counts>> days(store::Snapshot& from, std::uint32_t first,
                                                 std::uint32_t last);
    /// The sum of `count` months, the first of them by its number: 12 * year + month (0..11).
    Result<Counts> months(store::Snapshot& from, std::uint32_t first, std::uint32_t count);

    std::uint32_t smallest() const { return parts_.smallest; }

    explicit Statistics(Parts parts) : parts_(std::move(parts)) {}

private:
    /// What is remembered of a contact.
    struct Remembered {
        bool counted = false;  // false: only the actions that were written down before its end
        std::uint32_t day = 0;
        casework::CountedAs as;

        std::vector<std::string> actions() const;
        std::string_view wait() const;
        Bytes write() const;
        static Result<Remembered> read(ByteView bytes);
    };
    Result<Remembered> remembered(store::Snapshot& from, const ContactId& contact);
    Result<void> remember(store::Draft& draft, const ContactId& contact, const Remembered& what);
    Result<std::string_view> waited(store::Snapshot& from, const casework::Contact& contact);
    /// Counts the contact as it is now, in the place of what `before` says.
    Result<void> count(store::Draft& draft, const casework::Contact& contact,
                       const casework::CaseFile* file, Remembered before,
                       std::span<const std::string> actions, std::string_view wait);
    /// Takes the cells of `before` out of a row and puts those of `after` in.
    Result<void> move(store::Draft& draft, const store::SealedTable& table, std::uint32_t row,
                      std::span<const std::string> before, std::span<const std::string> after);

    Parts parts_;
    store::SealedTable days_;     // day -> cells and counts
    store::SealedTable months_;   // month -> cells and counts
    store::SealedTable counted_;  // contact -> what it was counted as
};

}  // namespace sanad::api
