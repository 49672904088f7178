#pragma once

#include "nodes/cli/door_call.h"

#include <string>

namespace sanad::cli {

/// The limits of one thing, a line each, under a heading; nothing when none runs.
std::string clocks_text(capnp::List<door::ClockView>::Reader clocks);

/// The nodes that could help, the best first, with why or why not.
std::string choices_text(capnp::List<door::ChoiceView>::Reader choices);

}  // namespace sanad::cli
