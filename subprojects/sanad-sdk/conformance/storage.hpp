// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/store.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

// What every storage plugin must do, as cases that any test program can run. C++17, no test
// library:
//
//     for (const auto& storage_case : sanad::conformance::storage_cases())
//         storage_case.run(*make_lab());      // throws Failure
namespace sanad::conformance {

/// What a provider gives the suite: one store that can be closed and opened again.
class StoreLab {
public:
    virtual ~StoreLab() = default;
    /// Opens the store, the first time a new and empty one. Null: it could not be opened.
    virtual const sanad_store_v1* open() = 0;
    /// Ends what `open` gave; what was committed stays.
    virtual void close() = 0;
    /// While the store is open: whether a second opening of it is refused.
    virtual bool refuses_second_opening() = 0;
    /// Opens a store of its own from the copy that `backup` wrote to this file, beside the open
    /// one. It is closed with the lab.
    virtual const sanad_store_v1* open_backup(int fd) = 0;
};

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct StorageCase {
    const char* name;        // a true sentence about a store
    void (*run)(StoreLab&);  // on a fresh lab; throws Failure
};

const std::vector<StorageCase>& storage_cases();

/// Runs all cases, each in a lab of its own.
/// returns  one line for each case that failed; empty when the store conforms
std::vector<std::string> check_storage(const std::function<std::unique_ptr<StoreLab>()>& make_lab);

}  // namespace sanad::conformance
