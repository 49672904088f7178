// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/storage.hpp"

#include <cstdint>
#include <string>
#include <vector>

// Whether what transactions saw can have happened one after the other. Each key holds a list, and a
// transaction reads lists and appends its own mark to some: so a list tells the order of its
// writers, and a reader's list tells where the reader stood among them.
namespace sanad::conformance {

using Mark = std::uint32_t;

struct SeenList {
    std::string key;
    std::vector<Mark> marks;
};

/// A transaction that is known to have been committed.
struct HistoryEvent {
    Mark mark = 0;                     // its own, of nobody else
    std::vector<SeenList> reads;       // before it appended anything
    std::vector<std::string> appends;  // the keys whose lists got its mark
    /// By one clock: before it began, after it was answered.
    std::uint64_t began = 0, ended = 0;
};

/// Looks for an order of all events that explains what each saw, in which none comes before another
/// that had ended before it began. The last event has read every key after all others.
/// returns  empty: there is one; else what contradicts it
std::string contradiction(const std::vector<HistoryEvent>& events);

/// A list as the value of its key, and back.
std::string value_of(const std::vector<Mark>& marks);
std::vector<Mark> marks_of(const std::string& value);

/// Several threads write and read at the same time; their history is looked at.
void threads_have_an_order(StoreLab& lab);

}  // namespace sanad::conformance
