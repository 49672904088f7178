#pragma once

#include "plugins/storage/postgres/catalogue.h"
#include "plugins/storage/postgres/sessions.h"
#include "plugins/storage/postgres/settings.h"
#include "plugins/storage/postgres/writer.h"

#include <sanad/store.h>

#include <atomic>

// The table of sanad/store.h over a schema of a PostgreSQL database.
namespace sanad::postgres {

/// How long a compaction waits for open views to end; then it is refused as busy.
inline constexpr std::chrono::seconds compaction_wait{10};

/// Every transaction must be ended before the store is destroyed.
///
/// Where the server is away, a transaction that has begun is SANAD_E_CONFLICT, to be run again, and
/// the next one waits for the server. When it does not come back in time, when it came back without
/// what was committed, or when another node took the store, writes are SANAD_E_IO and views
/// SANAD_E_CLOSED until the store is opened again. threads  views any, each on one thread at a
/// time; the rest one at a time
class Store {
public:
    /// throws  sanad::plugin::Error as Writer does
    Store(const Settings& settings, Report report);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    const sanad_store_v1& interface() const { return interface_; }

private:
    friend struct Calls;

    sanad_status compact();

    Writer writer_;
    Catalogue catalogue_;
    Sessions sessions_;
    std::atomic<bool> writing_ = false;
    sanad_store_v1 interface_;
};

}  // namespace sanad::postgres
