#include "plugins/storage/postgres/transaction.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sanad::postgres {

namespace {

// The first pages of a scan are small: most scans want one row, or a few.
constexpr std::uint32_t page_rows_first = 64, page_rows_max = 1024;
constexpr std::size_t page_bytes_wanted = 4U << 20;
constexpr std::size_t fetch_keys_max = 256;

constexpr const char* get_sql = "SELECT v FROM kv WHERE t = $1::int4 AND k = $2::bytea";
constexpr const char* fetch_sql =
    "SELECT w.k, kv.v FROM unnest($2::bytea[]) AS w(k) LEFT JOIN kv ON kv.t = $1::int4 AND kv.k = "
    "w.k";
constexpr const char* scan_up_sql =
    "SELECT k, v FROM kv WHERE t = $1::int4 AND k >= $2::bytea AND k < $3::bytea"
    " ORDER BY t, k LIMIT $4::int4";
constexpr const char* scan_down_sql =
    "SELECT k, v FROM kv WHERE t = $1::int4 AND k >= $2::bytea AND k < $3::bytea"
    " ORDER BY t DESC, k DESC LIMIT $4::int4";
// The view begins with the first statement that looks at a table; the lock on kv makes a compaction
// wait for it.
constexpr const char* begin_sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* look_sql = "SELECT 1 FROM kv LIMIT 0";
constexpr const char* end_sql = "COMMIT";

std::optional<std::string> value_of(const Rows& rows, std::size_t row, int column) {
    const sanad_span found = rows.bytes(row, column);
    if (found.data == nullptr) return std::nullopt;
    return std::string(view_of(found));
}

// Above every key.
std::string ceiling() { return std::string(SANAD_STORE_KEY_MAX + 1, '\xff'); }

std::uint32_t next_page(const Rows& rows, std::uint32_t page) {
    std::size_t bytes = 1;
    for (std::size_t row = 0; row < rows.count(); ++row) bytes += rows.bytes(row, 1).size;
    const std::size_t fitting = page_bytes_wanted / (bytes / rows.count() + 1) + 1;
    const auto most = static_cast<std::uint32_t>(std::min<std::size_t>(fitting, page_rows_max));
    return std::min(most, page * 4);
}

}  // namespace

sanad_status View::get(std::uint32_t table, sanad_span key, sanad_span* value) {
    const auto* known = cells_.find(table, key);
    if (known == nullptr) {
        Batch batch;
        batch.add(get_sql, Parameters().int4(static_cast<std::int32_t>(table)).bytea(key));
        const Answers answers = ask(std::move(batch));
        if (answers.status != SANAD_OK) return answers.status;
        const Rows& rows = answers.rows.back();
        known =
            &cells_.remember(table, key, rows.count() == 0 ? std::nullopt : value_of(rows, 0, 0));
    }
    if (!*known) return SANAD_E_NOT_FOUND;
    *value = span_of(**known);
    return SANAD_OK;
}

sanad_status View::fetch(std::uint32_t table, const sanad_span* keys, std::size_t n) {
    std::vector<std::optional<sanad_span>> unknown;
    for (std::size_t i = 0; i < n; ++i)
        if (cells_.find(table, keys[i]) == nullptr) unknown.emplace_back(keys[i]);
    if (unknown.empty()) return SANAD_OK;
    Batch batch;
    batch.add(fetch_sql, Parameters().int4(static_cast<std::int32_t>(table)).byteas(unknown));
    const Answers answers = ask(std::move(batch));
    if (answers.status != SANAD_OK) return answers.status;
    const Rows& rows = answers.rows.back();
    for (std::size_t row = 0; row < rows.count(); ++row)
        cells_.remember(table, rows.bytes(row, 0), value_of(rows, row, 1));
    return SANAD_OK;
}

sanad_status View::get_many(std::uint32_t table, const sanad_span* keys, std::size_t n,
                            sanad_row_fn fn, void* ctx) {
    RowGiver giver(fn, ctx);
    for (std::size_t at = 0; at < n; at += fetch_keys_max) {
        const std::size_t count = std::min(fetch_keys_max, n - at);
        if (const auto fetched = fetch(table, keys + at, count); fetched != SANAD_OK)
            return fetched;
        for (std::size_t i = at; i < at + count; ++i) {
            const auto& value = *cells_.find(table, keys[i]);
            if (!giver.give({keys[i], value ? span_of(*value) : sanad_span{nullptr, 0}}))
                return SANAD_OK;
        }
    }
    giver.flush();
    return SANAD_OK;
}

sanad_status View::scan(std::uint32_t table, sanad_span lo, sanad_span hi, bool descending,
                        std::uint32_t limit, sanad_row_fn fn, void* ctx) {
    std::string from(view_of(lo)), to(hi.size == 0 ? ceiling() : std::string(view_of(hi)));
    std::uint64_t left = limit == 0 ? ~std::uint64_t{0} : limit;
    std::uint32_t page = page_rows_first;
    for (;;) {
        page = static_cast<std::uint32_t>(std::min<std::uint64_t>(page, left));
        Batch batch;
        add_unsent(table, batch);
        batch.add(descending ? scan_down_sql : scan_up_sql,
                  Parameters()
                      .int4(static_cast<std::int32_t>(table))
                      .bytea(span_of(from))
                      .bytea(span_of(to))
                      .int4(static_cast<std::int32_t>(page)));
        const Answers answers = ask(std::move(batch));
        if (answers.status != SANAD_OK) return answers.status;
        const Rows& rows = answers.rows.back();
        const std::size_t count = rows.count();
        RowGiver giver(fn, ctx);
        for (std::size_t row = 0; row < count; ++row)
            if (!giver.give({rows.bytes(row, 0), rows.bytes(row, 1)})) return SANAD_OK;
        if (!giver.flush()) return SANAD_OK;
        left -= count;
        if (count < page || left == 0) return SANAD_OK;
        const std::string_view last = view_of(rows.bytes(count - 1, 0));
        if (descending)
            to = last;
        else
            from = std::string(last) + '\0';
        page = next_page(rows, page);
    }
}

sanad_status Snapshot::begin() {
    Batch batch;
    batch.add(begin_sql);
    batch.add(look_sql);
    return connection_->run(batch, limit_).status;
}

std::unique_ptr<Connection> Snapshot::end() {
    Batch batch;
    batch.add(end_sql);
    if (!connection_->is_alive() || connection_->run(batch, limit_).status != SANAD_OK)
        return nullptr;
    return std::move(connection_);
}

Answers Snapshot::ask(Batch batch) {
    Answers answers = connection_->run(batch, limit_);
    answers.status = answers.status == SANAD_E_CLOSED ? SANAD_E_IO : while_open(answers.status);
    return answers;
}

Answers WriteTransaction::ask(Batch batch) {
    Answers answers;
    answers.status = failed_;
    if (failed_ != SANAD_OK) return answers;
    Batch whole;
    if (!begun_) whole.add(begin_write_sql);
    whole.add(std::move(batch));
    begun_ = true;
    answers = writer_.run(whole);
    failed_ = answers.status;
    return answers;
}

void WriteTransaction::add_unsent(std::uint32_t table, Batch& batch) {
    if (!cells_.has_writes(table)) return;
    cells_.add_writes(batch);
    has_sent_ = true;
}

sanad_status WriteTransaction::put(std::uint32_t table, sanad_span key, sanad_span value,
                                   bool only_new) {
    if (failed_ != SANAD_OK) return failed_;
    if (only_new) {
        sanad_span found{};
        const sanad_status got = get(table, key, &found);
        if (got == SANAD_OK) return SANAD_E_CONFLICT;
        if (got != SANAD_E_NOT_FOUND) return got;
    }
    cells_.write(table, key, std::string(view_of(value)));
    return SANAD_OK;
}

sanad_status WriteTransaction::del(std::uint32_t table, sanad_span key) {
    if (failed_ != SANAD_OK) return failed_;
    cells_.write(table, key, std::nullopt);
    return SANAD_OK;
}

sanad_status WriteTransaction::commit(Batch preconditions) {
    if (failed_ != SANAD_OK) {
        abort();
        return failed_;
    }
    cells_.add_writes(preconditions);
    if (preconditions.size() == 0 && !has_sent_) {
        abort();  // it has only read
        return SANAD_OK;
    }
    return writer_.commit(std::move(preconditions),
                          begun_ ? Writer::Transaction::is_open : Writer::Transaction::is_not_open);
}

void WriteTransaction::abort() {
    if (begun_) writer_.roll_back();
}

}  // namespace sanad::postgres
