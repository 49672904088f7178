#pragma once

#include "core/base/result.h"
#include "core/trust/hash.h"

#include <sanad/store.h>

#include <cstdint>
#include <functional>

// A whole store, from one plugin into another. It is the sealed rows that move: nothing is opened.
namespace sanad::plugins {

/// What a store holds, whatever keeps it. The digest is a chain over all rows, tables by name and
/// rows by key; a table without rows counts as none.
struct StoreContent {
    std::uint64_t tables = 0, rows = 0, bytes = 0;  // bytes of keys and values
    trust::Digest digest{};

    bool operator==(const StoreContent&) const = default;
};

/// A step of long work, and how far it is: `of` is how many rows there are, 0 where nobody knows
/// yet.
struct Progress {
    enum class Step : std::uint8_t { reading, copying, comparing };
    Step step = Step::reading;
    std::uint64_t rows = 0, of = 0;
};
/// Told at the beginning of each step, and then each told_each_rows rows.
using Told = std::function<void(const Progress&)>;
inline constexpr std::uint64_t told_each_rows = 1'000;

/// Reads every row, from one snapshot.
/// step    what to call it; `of` as in Progress
/// errors  unsupported: the plugin does not name its tables · invalid: a row that is not in order ·
///         those of the store
Result<StoreContent> content_of(const sanad_store_v1& store, const Told& told = {},
                                Progress step = {});

/// Reads every row, then copies it, from one snapshot, in many transactions. The table `meta`, by
/// which a node knows its store, comes last: a copy that was interrupted is no node's store.
///
/// to      without rows
/// returns what was copied: of `from`
/// errors  conflict: `to` holds something · unsupported · those of both stores
Result<StoreContent> copy_store(const sanad_store_v1& from, const sanad_store_v1& to,
                                const Told& told = {});

}  // namespace sanad::plugins
