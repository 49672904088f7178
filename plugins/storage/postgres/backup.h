#pragma once

#include "plugins/storage/postgres/connection.h"
#include "plugins/storage/postgres/transaction.h"

#include <functional>
#include <string>
#include <vector>

// The file that a backup of this plugin is. Numbers are big-endian.
//
//     "sanad-rows/v1\n"
//     'T' u8 size of the name, name           a table; its number is how many came before it, plus
//     1 'R' u16 size of the key, u32 of the value, key, value     a row of the table named last 'E'
//     u64 rows                            the end
namespace sanad::postgres {

/// Writes all tables as `view` has them, and syncs where the file can be synced.
/// names  of the tables, by number from 1 on
sanad_status back_up(View& view, const std::vector<std::string>& names, int fd);

/// Reads a file of that form and gives statements that insert it, a few MiB at a time.
/// throws  sanad::plugin::Error: postgres.no_backup, postgres.damaged_backup
void restore(const std::string& file, const std::function<void(const Batch&)>& insert);

}  // namespace sanad::postgres
