#pragma once

#include "core/plugins/instance.h"

#include <filesystem>
#include <functional>

// An instance in a process of its own: the program sanad-plugin-host, which loads the same library
// and talks to the node in frames (frame.h). What the plugin breaks, it breaks there.
namespace sanad::plugins {

/// Why an isolated plugin's process is no more.
struct Ending {
    EndReason reason = EndReason::requested;
    std::string how;  // "SIGSEGV", "exit 3"; what it broke: "kind of frame"
};

inline constexpr int denials_max = 3;  // calls that the plugin's kind may not make; then it is bad
inline constexpr int log_frames_per_minute_max = 10'000;  // above: it is bad; the host sends fewer

enum class Sandbox : std::uint8_t {
    required,     // or it does not run
    if_possible,  // it runs with whatever part of the sandbox this kernel has
};

struct Isolation {
    std::filesystem::path program;  // sanad-plugin-host
    Sandbox sandbox = Sandbox::required;
    Broker* broker = nullptr;  // what is opened for it; outlives the instance; null: nothing
    InstanceLimits limits{};
    Duration load{10'000};  // from the start of the process until the library is loaded
    Duration send{5'000};   // how long the process may leave what it is sent unread
    /// The process has ended without being asked to. Called once, on a thread that must not be kept
    /// and must not destroy the instance.
    std::function<void(const Ending&)> on_end{};
};

/// Starts a process for the plugin in `file`. Its calls reach `services` on threads of the node.
///
/// instance  1..64 bytes, unique in the node
/// errors    those of read_plugin() and HostProcess::spawn(); malformed: it cannot be loaded, or
///           its entry says another thing than its manifest · expired · closed: the process ended ·
///           denied: this kernel lacks a part of the sandbox; the detail says which
///
/// Of the instance: call() waits at most its limit for its turn (busy), and then that long for the
/// answer; closed: the process ended with the call in hand; expired: it did not answer, and is
/// killed. A status of the plugin's is neither.
Result<std::unique_ptr<Instance>> run_isolated(const std::filesystem::path& file,
                                               std::string instance, HostServices& services,
                                               Log& log, const Clock& clock, Isolation isolation);

}  // namespace sanad::plugins
