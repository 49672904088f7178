#include "core/plugins/store_adapter.h"

#include "core/plugins/span.h"
#include "core/plugins/status.h"

#include <cassert>
#include <string>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr std::size_t table_name_max = 63;

sanad_span span_of(ByteView bytes) { return {bytes.data(), bytes.size()}; }

std::unexpected<Error> bad_key() {
    return fail(Fault::bad_size, "store: key of 0 or over 480 bytes");
}

bool is_key(ByteView key) { return !key.empty() && key.size() <= store::key_bytes_max; }

// Stands between a row sink and the plugin's batches: nothing but bytes crosses.
struct Rows {
    const store::RowSink& sink;

    static int take(void* ctx, const sanad_row* rows, std::size_t n) noexcept {
        const store::RowSink& sink = static_cast<Rows*>(ctx)->sink;
        for (std::size_t i = 0; i < n; ++i)
            if (!sink({view_of(rows[i].key), view_of(rows[i].value)})) return 1;
        return 0;
    }
};

// What snapshots and transactions have in common. Base is store::Snapshot or store::Transaction.
template <typename Base>
class Reading : public Base {
public:
    Reading(const sanad_store_v1& calls, sanad_txn* txn) : calls_(calls), txn_(txn) {}
    ~Reading() override {
        if (txn_) calls_.abort(txn_);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    Result<std::optional<ByteView>> get(store::Table table, ByteView key) override {
        assert(txn_);
        if (!is_key(key)) [[unlikely]]
            return bad_key();
        sanad_span value{};
        const sanad_status status = calls_.get(txn_, table.number, span_of(key), &value);
        if (status == SANAD_E_NOT_FOUND) return std::nullopt;
        if (status != SANAD_OK) [[unlikely]]
            return fail_with(status, "store.get");
        if (value.size > store::value_bytes_max) [[unlikely]]
            return fail(Fault::io, "store.get: value over its limit");
        return view_of(value);
    }

    Result<void> scan(store::Table table, ByteView lo, ByteView hi, store::Order order,
                      std::uint32_t limit, const store::RowSink& sink) override {
        assert(txn_);
        if (lo.size() > store::key_bytes_max || hi.size() > store::key_bytes_max) return bad_key();
        if (limit == 0) return {};  // to the plugin 0 would mean all of them
        Rows rows{sink};
        const std::uint32_t flags = order == store::Order::descending ? +SANAD_SCAN_DESCENDING : 0;
        const sanad_status status = calls_.scan(txn_, table.number, span_of(lo), span_of(hi), flags,
                                                limit, Rows::take, &rows);
        if (status != SANAD_OK) return fail_with(status, "store.scan");
        return {};
    }

protected:
    const sanad_store_v1& calls_;  // the plugin's
    sanad_txn* txn_;               // ours until commit or abort
};

class SnapshotAdapter final : public Reading<store::Snapshot> {
public:
    using Reading::Reading;
};

class TransactionAdapter final : public Reading<store::Transaction> {
public:
    using Reading::Reading;

    Result<void> put(store::Table table, ByteView key, ByteView value) override {
        assert(txn_);
        if (!is_key(key)) return bad_key();
        if (value.size() > store::value_bytes_max)
            return fail(Fault::bad_size, "store: value over 1 MiB");
        const sanad_status status = calls_.put(txn_, table.number, span_of(key), span_of(value), 0);
        if (status != SANAD_OK) return fail_with(status, "store.put");
        return {};
    }

    Result<void> del(store::Table table, ByteView key) override {
        assert(txn_);
        if (!is_key(key)) return bad_key();
        const sanad_status status = calls_.del(txn_, table.number, span_of(key));
        if (status != SANAD_OK) return fail_with(status, "store.del");
        return {};
    }

    Result<void> commit() override {
        assert(txn_);
        const sanad_status status = calls_.commit(std::exchange(txn_, nullptr));
        if (status != SANAD_OK) return fail_with(status, "store.commit");
        return {};
    }
};

class StoreAdapter final : public store::Store {
public:
    explicit StoreAdapter(const sanad_store_v1& calls) : calls_(calls) {}

    Result<store::Table> open_table(std::string_view name) override {
        if (name.empty() || name.size() > table_name_max)
            return fail(Fault::bad_size, "store: table name of 0 or over 63 bytes");
        store::Table table;
        const sanad_status status =
            calls_.open_table(calls_.self, std::string(name).c_str(), &table.number);
        if (status != SANAD_OK) return fail_with(status, "store.open_table");
        return table;
    }

    Result<std::unique_ptr<store::Snapshot>> snapshot() override {
        return begin_as<SnapshotAdapter, store::Snapshot>(SANAD_TXN_READ);
    }

    Result<std::unique_ptr<store::Transaction>> begin() override {
        return begin_as<TransactionAdapter, store::Transaction>(SANAD_TXN_WRITE);
    }

    Result<void> backup(int file_descriptor) override {
        const sanad_status status = calls_.backup(calls_.self, file_descriptor);
        if (status != SANAD_OK) return fail_with(status, "store.backup");
        return {};
    }

    Result<void> compact() override {
        if (!SANAD_HAS(&calls_, compact) || calls_.compact == nullptr)
            return fail(Fault::unsupported, "store.compact");
        const sanad_status status = calls_.compact(calls_.self);
        if (status != SANAD_OK) return fail_with(status, "store.compact");
        return {};
    }

private:
    template <typename Adapter, typename Interface>
    Result<std::unique_ptr<Interface>> begin_as(std::uint32_t mode) {
        sanad_txn* txn = nullptr;
        const sanad_status status = calls_.begin(calls_.self, mode, &txn);
        if (status != SANAD_OK) return fail_with(status, "store.begin");
        if (!txn) return fail(Fault::io, "store.begin: no transaction");
        return std::make_unique<Adapter>(calls_, txn);
    }

    const sanad_store_v1& calls_;
};

}  // namespace

bool is_complete(const sanad_store_v1& table) {
    return SANAD_HAS(&table, backup) && table.open_table && table.begin && table.get &&
           table.get_many && table.put && table.del && table.scan && table.commit && table.abort &&
           table.apply && table.backup;
}

std::unique_ptr<store::Store> adapt(const sanad_store_v1& table) {
    assert(is_complete(table));
    return std::make_unique<StoreAdapter>(table);
}

}  // namespace sanad::plugins
