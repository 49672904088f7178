#pragma once

#include "core/federation/directory_book.h"
#include "schemas/api.capnp.h"

#include <vector>

// What the door says of the directory. threads  any
namespace sanad::api {

/// none, valid, expired_soft, expired_hard.
const char* directory_state_name(const federation::DirectoryState& state, Duration grace, Time now);

void fill_directory_status(schema::api::NodeStatus::Builder out,
                           const federation::DirectoryState& state, Duration grace, Time now);

void fill_directory(schema::api::DirectoryView::Builder out,
                    const federation::DirectoryState& state,
                    const std::vector<federation::DirectoryBook::Alarm>& alarms, Duration grace,
                    Time now);

}  // namespace sanad::api
