#pragma once

#include "core/store/store.h"

#include <functional>
#include <vector>

namespace sanad::store {

/// What one command wants to write. Nothing reaches the transaction before the command has decided
/// that it succeeds; a command that fails leaves no trace. It reads its own writes. threads  engine
class Draft final : public Writer {
public:
    using Step = std::move_only_function<Result<void>(Transaction&)>;

    explicit Draft(Transaction& transaction) : transaction_(transaction) {}

    Result<std::optional<ByteView>> get(Table table, ByteView key) override;
    /// Sees what has been applied, not what is still drafted.
    Result<void> scan(Table table, ByteView lo, ByteView hi, Order order, std::uint32_t limit,
                      const RowSink& sink) override;
    Result<void> put(Table table, ByteView key, ByteView value) override;
    Result<void> del(Table table, ByteView key) override;

    /// Adds work that needs the transaction itself, such as taking the next number of a log. It
    /// runs in order with the writes, once the command has succeeded; it fails only by the store.
    void then(Step step);

    /// Writes everything drafted so far. After it the command can no longer fail by itself: an
    /// error of it undoes the whole transaction. errors  those of Transaction::put and of the steps
    Result<void> apply();

    /// True once apply() has written something, so that only the whole transaction can be undone.
    bool applied() const { return applied_; }

private:
    struct Write {
        Table table;
        Bytes key;
        std::optional<Bytes> value;  // empty: a deletion
        Step step;                   // set: neither key nor value
    };

    Transaction& transaction_;
    std::vector<Write> writes_;
    bool applied_ = false;
};

}  // namespace sanad::store
