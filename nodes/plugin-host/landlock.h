#pragma once

#include "core/base/descriptor.h"

// Landlock by its system calls: Debian 12 has no library for it, and headers of its second version.
namespace sanad::plugin_host {

/// This process and its future threads may read files below the system's folders of libraries, and
/// `library`; nothing else of the file system.
/// returns  false: the kernel has no Landlock
bool allow_only_libraries(const Descriptor& library);

/// This process may not touch the file system at all, as far as Landlock knows how to forbid it.
bool allow_no_files();

}  // namespace sanad::plugin_host
