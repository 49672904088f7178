#pragma once

#include "core/base/result.h"

#include <sanad/plugin.h>

#include <string_view>

namespace sanad::plugins {

/// What a plugin's answer means to the core. Anything but the codes of sanad/plugin.h, and
/// SANAD_OK itself, which is no error, is Fault::io: the plugin broke its contract.
Fault fault_of(sanad_status status);

/// The other way, for what the core answers to a plugin.
sanad_status status_of(Fault fault);

/// The status's name as it stands in logs, such as "busy".
const char* name_of(sanad_status status);

/// The error of a plugin's call: `what` says which call, such as "store.commit".
[[nodiscard]] std::unexpected<Error> fail_with(sanad_status status, std::string_view what);

}  // namespace sanad::plugins
