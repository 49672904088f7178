#pragma once

namespace sanad::plugin_check {

/// From now on this process may use memory and clocks, write to what it has open, and end. Any
/// other system call comes back as one that does not exist, and is noted. returns  false: the
/// kernel does not let us
bool allow_only_memory();

/// The first system call that was refused since then; empty: none was. threads  main
const char* refused_call();

}  // namespace sanad::plugin_check
