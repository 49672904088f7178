#pragma once

#include "nodes/plugin-host/sandbox.h"

// The seccomp filters of the two stages.
namespace sanad::plugin_host {

enum class Stage : unsigned char { loading, running };

/// Installs the filter of a stage for every thread of this process.
/// returns  false: the kernel, or who started us, does not let us
bool filter_system_calls(Stage stage, Network network);

}  // namespace sanad::plugin_host
