#pragma once

#include "core/store/store.h"

#include <sanad/store.h>

#include <memory>

namespace sanad::plugins {

/// Whether the table has every function of sanad.store/1: to be asked before adapt.
bool is_complete(const sanad_store_v1& table);

/// A storage plugin's table of functions as the store that the core works on. Keys and values are
/// checked against the store's limits here, so that a plugin never sees a wrong size; a value
/// longer than value_bytes_max that the plugin hands out is Fault::io. A row sink runs on the
/// plugin's stack: it must not throw and must not write in its own transaction.
///
/// table    complete; must outlive the store and everything opened from it, as must the plugin
/// threads  as core/store/store.h says
std::unique_ptr<store::Store> adapt(const sanad_store_v1& table);

}  // namespace sanad::plugins
