#include "plugins/storage/postgres/cells.h"

#include <vector>

namespace sanad::postgres {

namespace {

constexpr std::size_t statement_rows_max = 4096;
constexpr std::size_t statement_bytes_max = 8U << 20;

constexpr const char* put_sql =
    "INSERT INTO kv (t, k, v) SELECT * FROM unnest($1::int4[], $2::bytea[], $3::bytea[])"
    " ON CONFLICT (t, k) DO UPDATE SET v = excluded.v";
constexpr const char* del_sql =
    "DELETE FROM kv USING unnest($1::int4[], $2::bytea[]) AS gone(t, k)"
    " WHERE kv.t = gone.t AND kv.k = gone.k";

// Rows on their way into one statement after the other.
class Collected {
public:
    explicit Collected(Batch& batch) : batch_(batch) {}

    void add(std::uint32_t table, std::string_view key, const std::optional<std::string>& value) {
        auto& into = value ? puts_ : dels_;
        into.tables.push_back(static_cast<std::int32_t>(table));
        into.keys.emplace_back(span_of(key));
        if (value) into.values.emplace_back(span_of(*value));
        into.bytes += key.size() + (value ? value->size() : 0);
        if (into.tables.size() >= statement_rows_max || into.bytes >= statement_bytes_max) flush();
    }
    void flush() {
        if (!puts_.tables.empty())
            batch_.add(put_sql,
                       Parameters().int4s(puts_.tables).byteas(puts_.keys).byteas(puts_.values));
        if (!dels_.tables.empty())
            batch_.add(del_sql, Parameters().int4s(dels_.tables).byteas(dels_.keys));
        puts_ = dels_ = {};
    }

private:
    struct Lists {
        std::vector<std::int32_t> tables;
        std::vector<std::optional<sanad_span>> keys, values;
        std::size_t bytes = 0;
    };
    Batch& batch_;
    Lists puts_, dels_;
};

}  // namespace

const std::optional<std::string>* Cells::find(std::uint32_t table, sanad_span key) const {
    const auto found = cells_.find(Before::View{table, view_of(key)});
    return found == cells_.end() ? nullptr : &found->second.value;
}

const std::optional<std::string>& Cells::remember(std::uint32_t table, sanad_span key,
                                                  std::optional<std::string> value) {
    Cell cell{std::move(value), false};
    return cells_.try_emplace(Key{table, std::string(view_of(key))}, std::move(cell))
        .first->second.value;
}

void Cells::write(std::uint32_t table, sanad_span key, std::optional<std::string> value) {
    Cell& cell = cells_[Key{table, std::string(view_of(key))}];
    cell.value = std::move(value);
    if (!cell.is_written) ++written_[table];
    cell.is_written = true;
}

bool Cells::has_writes(std::uint32_t table) const {
    const auto found = written_.find(table);
    return found != written_.end() && found->second > 0;
}

void Cells::add_writes(Batch& batch) {
    Collected collected(batch);
    for (const auto& [table, count] : written_) {
        if (count == 0) continue;
        for (auto at = cells_.lower_bound(Before::View{table, {}});
             at != cells_.end() && at->first.table == table; ++at) {
            if (!at->second.is_written) continue;
            at->second.is_written = false;
            collected.add(table, at->first.key, at->second.value);
        }
    }
    collected.flush();
    written_.clear();
}

}  // namespace sanad::postgres
