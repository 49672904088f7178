#pragma once

#include "core/base/clock.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// How a plugin instance is, and how it came to that: for people.
namespace sanad::plugins {

inline constexpr std::size_t transitions_kept = 10;

enum class InstanceState : std::uint8_t {
    loaded,
    configured,
    running,
    draining,
    stopped,
    hung,
    crashed,     // isolated only: its process has ended
    restarting,  // supervised only: its process has ended, and the next one comes soon
    quarantined  // supervised only: it ended too often, or did what it must not; a person decides
};
/// As in the log and for programs: "running".
const char* name(InstanceState state);

/// Why an instance is in another state than before.
enum class EndReason : std::uint8_t {
    requested,    // somebody wanted it
    automatic,    // the next try after a pause
    crash,        // its process ended by itself: a signal, or an exit
    hang,         // it did not answer in time, and was killed
    bad_message,  // it broke the rules of the conversation with the node, and was killed
    forbidden,    // it asked the system for what no plugin may, and was killed
    check_failed  // it could not be loaded, configured or started
};
/// As in the log and for programs: "bad_message".
const char* name(EndReason reason);

struct Transition {
    std::uint64_t number = 0;  // from 1
    Time at{};
    InstanceState to{};
    EndReason reason{};
    std::string how;  // "SIGSEGV", "exit 3", "kind of frame"; may be empty
};

struct Health {
    enum class State : std::uint8_t { unknown, ok, degraded, failed } state = State::unknown;
    std::string reason;  // the plugin's code
    std::uint32_t queued = 0;
};
const char* name(Health::State state);

struct Standing {
    InstanceState state{};
    bool isolated = false;
    Health health{};
    int crashes = 0;                        // lately: those that count towards a quarantine
    std::string sandbox_lacks{};            // "landlock,seccomp"; empty: nothing, or not isolated
    std::vector<Transition> transitions{};  // the newest last, at most transitions_kept
};

}  // namespace sanad::plugins
