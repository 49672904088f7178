#pragma once

#include <sanad/store.h>

#include <array>
#include <cstdint>
#include <utility>

namespace sanad::lmdb {

inline constexpr std::size_t batch_rows = 64;

/// Hands rows on in batches and counts them against the limit.
class Batch {
public:
    Batch(sanad_row_fn fn, void* ctx, std::uint64_t limit) : fn_(fn), ctx_(ctx), left_(limit) {}

    /// False: no more rows are wanted, and everything is handed on.
    bool add(sanad_row row) {
        rows_[count_++] = row;
        --left_;
        return (count_ < batch_rows && left_ > 0) || (flush() && left_ > 0);
    }
    bool flush() {
        const std::size_t count = std::exchange(count_, 0);
        return count == 0 || fn_(ctx_, rows_.data(), count) == 0;
    }

private:
    sanad_row_fn fn_;
    void* ctx_;
    std::uint64_t left_;
    std::size_t count_ = 0;
    std::array<sanad_row, batch_rows> rows_;
};

}  // namespace sanad::lmdb
