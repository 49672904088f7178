#include "core/store/draft.h"

#include <algorithm>

namespace sanad::store {

Result<std::optional<ByteView>> Draft::get(Table table, ByteView key) {
    // A command drafts a handful of writes, so the newest one is found fastest from the end.
    for (auto write = writes_.rbegin(); write != writes_.rend(); ++write) {
        if (write->step || write->table.number != table.number) continue;
        if (!std::ranges::equal(write->key, key)) continue;
        if (!write->value) return std::nullopt;
        return ByteView(*write->value);
    }
    return transaction_.get(table, key);
}

Result<void> Draft::scan(Table table, ByteView lo, ByteView hi, Order order, std::uint32_t limit,
                         const RowSink& sink) {
    return transaction_.scan(table, lo, hi, order, limit, sink);
}

Result<void> Draft::put(Table table, ByteView key, ByteView value) {
    if (key.empty() || key.size() > key_bytes_max) return fail(Fault::bad_size, "key");
    if (value.size() > value_bytes_max) return fail(Fault::bad_size, "value");
    writes_.push_back(
        {table, Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()), {}});
    return {};
}

Result<void> Draft::del(Table table, ByteView key) {
    writes_.push_back({table, Bytes(key.begin(), key.end()), std::nullopt, {}});
    return {};
}

void Draft::then(Step step) { writes_.push_back({{}, {}, {}, std::move(step)}); }

Result<void> Draft::apply() {
    applied_ = applied_ || !writes_.empty();
    for (auto& write : writes_) {
        Result<void> written;
        if (write.step)
            written = write.step(transaction_);
        else if (write.value)
            written = transaction_.put(write.table, write.key, *write.value);
        else
            written = transaction_.del(write.table, write.key);
        if (!written) return written;
    }
    writes_.clear();
    return {};
}

}  // namespace sanad::store
