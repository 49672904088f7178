#pragma once

#include "plugins/storage/postgres/cells.h"
#include "plugins/storage/postgres/connection.h"
#include "plugins/storage/postgres/writer.h"

#include <sanad/store.h>

#include <cstdint>
#include <memory>

// What one sanad_txn is: a consistent view of the store, that of the writer with its own writes.
namespace sanad::postgres {

/// Hands rows on in batches of at most 64. Null values have no data.
class RowGiver {
public:
    RowGiver(sanad_row_fn fn, void* ctx) : fn_(fn), ctx_(ctx) {}
    /// False: no more rows are wanted.
    bool give(sanad_row row) {
        rows_[count_++] = row;
        return count_ < rows_max || flush();
    }
    bool flush() {
        const std::size_t count = std::exchange(count_, 0);
        return count == 0 || fn_(ctx_, rows_, count) == 0;
    }

private:
    static constexpr std::size_t rows_max = 64;
    sanad_row_fn fn_;
    void* ctx_;
    sanad_row rows_[rows_max];
    std::size_t count_ = 0;
};

/// threads  one at a time
class View {
public:
    virtual ~View() = default;
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    sanad_status get(std::uint32_t table, sanad_span key, sanad_span* value);
    sanad_status get_many(std::uint32_t table, const sanad_span* keys, std::size_t n,
                          sanad_row_fn fn, void* ctx);
    sanad_status scan(std::uint32_t table, sanad_span lo, sanad_span hi, bool descending,
                      std::uint32_t limit, sanad_row_fn fn, void* ctx);

protected:
    View() = default;
    /// Sends the batch in this view's transaction.
    virtual Answers ask(Batch batch) = 0;
    /// Before a scan: what the server does not have yet.
    virtual void add_unsent(std::uint32_t /*table*/, Batch& /*batch*/) {}

    Cells cells_;

private:
    sanad_status fetch(std::uint32_t table, const sanad_span* keys, std::size_t n);
};

/// A snapshot, in a session of its own.
class Snapshot final : public View {
public:
    /// connection  alive, with no transaction open
    Snapshot(std::unique_ptr<Connection> connection, std::chrono::milliseconds limit)
        : connection_(std::move(connection)), limit_(limit) {}
    /// The view is that of this moment. returns  SANAD_OK, SANAD_E_CLOSED: the connection is lost
    sanad_status begin();
    /// The connection, for the next one; null when it is lost.
    std::unique_ptr<Connection> end();

private:
    Answers ask(Batch batch) override;

    std::unique_ptr<Connection> connection_;
    std::chrono::milliseconds limit_;
};

/// The one transaction that writes. Its first statement begins it at the server.
class WriteTransaction final : public View {
public:
    explicit WriteTransaction(Writer& writer) : writer_(writer) {}

    sanad_status put(std::uint32_t table, sanad_span key, sanad_span value, bool only_new);
    sanad_status del(std::uint32_t table, sanad_span key);
    /// What it wrote there; null: nothing. An empty value: it is deleted.
    const std::optional<std::string>* written(std::uint32_t table, sanad_span key) const {
        return cells_.find(table, key);
    }
    /// The statements come before the writes.
    sanad_status commit(Batch preconditions = {});
    void abort();

private:
    Answers ask(Batch batch) override;
    void add_unsent(std::uint32_t table, Batch& batch) override;

    Writer& writer_;
    bool begun_ = false;
    bool has_sent_ = false;           // some writes are at the server already
    sanad_status failed_ = SANAD_OK;  // it can only be aborted
};

}  // namespace sanad::postgres
