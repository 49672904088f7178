// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/storage.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A store's table of functions for the suite's own use: strings in and out, transactions that end.
namespace sanad::conformance {

using Rows = std::vector<std::pair<std::string, std::string>>;
using Model = std::map<std::string, std::string>;  // compares as memcmp does

inline void require(bool truth, const char* what, int line = __builtin_LINE()) {
    if (!truth) throw Failure("line " + std::to_string(line) + ": " + what);
}
inline void require_status(sanad_status got, sanad_status wanted, const char* what,
                           int line = __builtin_LINE()) {
    if (got != wanted)
        throw Failure("line " + std::to_string(line) + ": " + what + ": status " +
                      std::to_string(got) + " instead of " + std::to_string(wanted));
}

inline sanad_span span_of(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string string_of(sanad_span span) {
    return span.size == 0 ? std::string()
                          : std::string(static_cast<const char*>(span.data), span.size);
}

class Txn {
public:
    Txn(const sanad_store_v1& store, std::uint32_t mode) : store_(store) {
        require_status(store.begin(store.self, mode, &txn_), SANAD_OK, "begin");
    }
    ~Txn() {
        if (txn_) store_.abort(txn_);
    }
    Txn(const Txn&) = delete;
    Txn& operator=(const Txn&) = delete;

    sanad_txn* raw() const { return txn_; }
    sanad_status put(std::uint32_t table, std::string_view key, std::string_view value,
                     std::uint32_t flags = 0) {
        return store_.put(txn_, table, span_of(key), span_of(value), flags);
    }
    sanad_status del(std::uint32_t table, std::string_view key) {
        return store_.del(txn_, table, span_of(key));
    }
    sanad_status get(std::uint32_t table, std::string_view key,
                     std::string* value = nullptr) const {
        sanad_span found{};
        const sanad_status status = store_.get(txn_, table, span_of(key), &found);
        if (status == SANAD_OK && value) *value = string_of(found);
        return status;
    }
    Rows scan(std::uint32_t table, std::string_view lo = {}, std::string_view hi = {},
              std::uint32_t flags = 0, std::uint32_t limit = 0) const {
        Rows rows;
        require_status(
            store_.scan(txn_, table, span_of(lo), span_of(hi), flags, limit, take, &rows), SANAD_OK,
            "scan");
        return rows;
    }
    sanad_status commit() { return store_.commit(std::exchange(txn_, nullptr)); }

    static int take(void* rows, const sanad_row* batch, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i)
            static_cast<Rows*>(rows)->emplace_back(string_of(batch[i].key),
                                                   string_of(batch[i].value));
        return 0;
    }

private:
    const sanad_store_v1& store_;
    sanad_txn* txn_ = nullptr;
};

inline const sanad_store_v1& opened(StoreLab& lab) {
    const sanad_store_v1* store = lab.open();
    require(store != nullptr, "the store opens");
    require(SANAD_HAS(store, backup), "the table is complete");  // what came later may be absent
    return *store;
}
inline std::uint32_t table_of(const sanad_store_v1& store, const char* name) {
    std::uint32_t table = 0;
    require_status(store.open_table(store.self, name, &table), SANAD_OK, "open_table");
    return table;
}
inline void put_one(const sanad_store_v1& store, std::uint32_t table, std::string_view key,
                    std::string_view value) {
    Txn txn(store, SANAD_TXN_WRITE);
    require_status(txn.put(table, key, value), SANAD_OK, "put");
    require_status(txn.commit(), SANAD_OK, "commit");
}

}  // namespace sanad::conformance
