#pragma once

#include "plugins/storage/postgres/connection.h"
#include "plugins/storage/postgres/settings.h"
#include "plugins/storage/postgres/writer.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// What is in the store's schema:
//
//     store   one row: the form of all this, the epoch of who has it open, how many commits it had
//     tables  number and name of each table
//     kv      the rows of all tables: number, key, value
namespace sanad::postgres {

inline constexpr std::size_t tables_max = 256;
inline constexpr std::size_t table_name_bytes_max = 63;

bool is_table_name(std::string_view name);

/// Makes an empty store, or one with the rows of a backup, in one transaction: there is a whole
/// store or none. An empty schema of that name is used.
/// throws  sanad::plugin::Error: those of Connection; postgres.exists, postgres.denied,
///         postgres.no_room; those of Restore
void create_store(const Settings& settings);

/// The tables of an open store. threads  any, where not said otherwise
class Catalogue {
public:
    /// throws  sanad::plugin::Error: postgres.unreachable
    explicit Catalogue(Writer& writer);

    bool has(std::uint32_t table) const;
    /// Names by number, from 1 on.
    std::vector<std::string> names() const;
    /// Makes the table when it is not there. threads  that of the writer, outside of a transaction
    sanad_status open(Writer& writer, std::string_view name, std::uint32_t* table);

private:
    sanad_status read(Writer& writer);

    mutable std::mutex mutex_;  // guards names_
    std::vector<std::string> names_;
};

}  // namespace sanad::postgres
