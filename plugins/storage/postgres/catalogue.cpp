#include "plugins/storage/postgres/catalogue.h"

#include "plugins/storage/postgres/backup.h"

#include <sanad/message.hpp>

#include <algorithm>

namespace sanad::postgres {

namespace {

using plugin::Error;

constexpr int tries_max = 8;
// To make the store's tables, and to fill them from a backup of any size.
constexpr std::chrono::hours create_limit{24};

constexpr const char* begin_sql = "BEGIN";
constexpr const char* commit_sql = "COMMIT";
constexpr const char* there_sql =
    "SELECT n.oid IS NOT NULL, EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = n.oid)"
    " FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = $1::text";
// The values are sealed: compressing them is in vain.
constexpr const char* create_sqls[] = {
    "CREATE TABLE store (one bool PRIMARY KEY DEFAULT true CHECK (one), form int4 NOT NULL,"
    " epoch int8 NOT NULL, commits int8 NOT NULL)",
    "CREATE TABLE tables (t int4 PRIMARY KEY, name text NOT NULL UNIQUE)",
    "CREATE TABLE kv (t int4 NOT NULL, k bytea NOT NULL, v bytea NOT NULL, PRIMARY KEY (t, k))",
    "ALTER TABLE kv ALTER COLUMN v SET STORAGE EXTERNAL",
    "INSERT INTO store (form, epoch, commits) VALUES (1, 0, 0)"};
constexpr const char* read_sql = "SELECT t, name FROM tables ORDER BY t";
constexpr const char* add_sql = "INSERT INTO tables (t, name) VALUES ($1::int4, $2::text)";

[[noreturn]] void refuse(const Answers& answers) {
    for (const char* there : {"42P06", "42P07", "23505"})  // made by another at the same time
        if (answers.state == there) throw Error(SANAD_E_CONFLICT, "postgres.exists");
    switch (answers.status) {
        case SANAD_E_DENIED:
            throw Error(SANAD_E_DENIED, "postgres.denied");
        case SANAD_E_FULL:
            throw Error(SANAD_E_FULL, "postgres.no_room");
        default:
            throw Error(SANAD_E_IO, "postgres.not_created");
    }
}

Answers must(Connection& connection, const Batch& batch) {
    Answers answers = connection.run(batch, create_limit);
    if (answers.status != SANAD_OK) refuse(answers);
    return answers;
}

}  // namespace

bool is_table_name(std::string_view name) {
    return !name.empty() && name.size() <= table_name_bytes_max &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == name.npos;
}

void create_store(const Settings& settings) {
    const auto connection =
        connect_within(settings, "sanad-create:" + settings.schema, settings.reconnect);
    Batch begin;
    begin.add(begin_sql);
    begin.add(there_sql, Parameters().text(settings.schema));
    const Answers there = must(*connection, begin);
    if (there.rows[1].truth(0, 1)) throw Error(SANAD_E_CONFLICT, "postgres.exists");
    if (!there.rows[1].truth(0, 0)) {
        const std::string sql = "CREATE SCHEMA " + settings.schema;
        if (const auto made = connection->run_alone(sql.c_str(), create_limit);
            made.status != SANAD_OK)
            refuse(made);
    }
    // One after the other: a statement is prepared only where its tables are there.
    for (const char* sql : create_sqls) {
        Batch step;
        step.add(sql);
        must(*connection, step);
    }
    if (!settings.from.empty())
        restore(settings.from, [&](const Batch& rows) { must(*connection, rows); });
    Batch end;
    end.add(commit_sql);
    must(*connection, end);
}

Catalogue::Catalogue(Writer& writer) {
    if (read(writer) != SANAD_OK) throw Error(SANAD_E_IO, "postgres.unreachable");
}

sanad_status Catalogue::read(Writer& writer) {
    Batch batch;
    batch.add(read_sql);
    const Answers answers = writer.run(batch);
    if (answers.status != SANAD_OK) return answers.status;
    const std::lock_guard lock(mutex_);
    names_.clear();
    const Rows& rows = answers.rows[0];
    for (std::size_t row = 0; row < rows.count(); ++row) {
        if (rows.int4(row, 0) != static_cast<std::int32_t>(row) + 1) return SANAD_E_INVALID;
        names_.emplace_back(view_of(rows.bytes(row, 1)));
    }
    return SANAD_OK;
}

bool Catalogue::has(std::uint32_t table) const {
    const std::lock_guard lock(mutex_);
    return table >= 1 && table <= names_.size();
}

std::vector<std::string> Catalogue::names() const {
    const std::lock_guard lock(mutex_);
    return names_;
}

sanad_status Catalogue::open(Writer& writer, std::string_view name, std::uint32_t* table) {
    if (!is_table_name(name)) return SANAD_E_INVALID;
    sanad_status status = SANAD_E_CONFLICT;
    for (int tries = 0; tries < tries_max && status == SANAD_E_CONFLICT; ++tries) {
        const auto known = names();
        const auto found = std::ranges::find(known, name);
        *table = static_cast<std::uint32_t>(found - known.begin()) + 1;
        if (found != known.end()) return SANAD_OK;
        if (known.size() >= tables_max) return SANAD_E_FULL;
        if (const sanad_status ready = writer.make_ready(); ready != SANAD_OK) return ready;
        Batch batch;
        batch.add(add_sql, Parameters().int4(static_cast<std::int32_t>(*table)).text(name));
        status = writer.commit(std::move(batch), Writer::Transaction::is_not_open);
        if (status == SANAD_OK) {
            const std::lock_guard lock(mutex_);
            names_.emplace_back(name);
        } else if (status == SANAD_E_CONFLICT && writer.make_ready() == SANAD_OK) {
            read(writer);  // another program may have added it
        }
    }
    return status;
}

}  // namespace sanad::postgres
