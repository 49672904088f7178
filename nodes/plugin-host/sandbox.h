#pragma once

#include "core/base/descriptor.h"

#include <string>
#include <vector>

// What a plugin's process may ask of the system, taken away in two stages, because loading a
// library runs its constructors already. Each stage can only narrow what the one before it left.
namespace sanad::plugin_host {

inline constexpr unsigned long address_space_bytes_max = 512UL << 20;
inline constexpr unsigned long descriptors_max = 64;
inline constexpr unsigned long descriptors_with_network_max = 12'544;  // 12,000 chats and more

enum class Network : unsigned char {
    none,
    brokered,  // the node hands sockets over: it may use them, and wait for callers
    own        // and it makes UDP and TCP sockets of its own
};

/// What could not be done, a word each, such as "landlock"; nothing: all of it was.
using Lacking = std::vector<std::string>;

/// Before the library is loaded. From then on: no capability, no new privilege, no core file, no
/// file written, limits on memory and descriptors; files are opened to be read, and only the
/// system's libraries and `library`; no socket is made; asking for another program, a process or
/// another one's memory ends this process (SIGSYS).
///
/// library  an open file
Lacking enter_stage_1(const Descriptor& library, Network network);

/// Before the plugin is created. From then on no file at all, and no memory becomes program, for
/// every thread that is there. What is left is in the tables of system_calls.cpp.
Lacking enter_stage_2(Network network);

}  // namespace sanad::plugin_host
