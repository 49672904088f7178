#pragma once

#include <string>

// What no plugin has any business to ask of the system.
namespace sanad::hostile {

[[noreturn]] void wait_for_the_end();

/// Does what `act` says, and returns what came of it: "done", the name of an error such as "EPERM",
/// or a count. "well behaved" when it is no such act.
std::string ask_system(const std::string& act);

}  // namespace sanad::hostile
