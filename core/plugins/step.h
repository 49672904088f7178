#pragma once

#include <sanad/plugin.h>

#include <cstdint>

namespace sanad::plugins {

/// The steps of an instance's life, in their order; the numbers cross to the host process.
enum class Step : std::uint32_t { create = 1, configure, start, drain, stop, destroy };

/// As in the log: "create".
constexpr const char* name(Step step) {
    constexpr const char* names[] = {"",      "create", "configure", "start",
                                     "drain", "stop",   "destroy"};
    return names[static_cast<std::uint32_t>(step)];
}

/// Calls the plugin's function of a step from configure to stop.
///
/// config       of configure: a flat message, 8-byte aligned
/// deadline_ns  of drain
inline sanad_status carry_out(const sanad_plugin& plugin, Step step, sanad_span config,
                              std::uint64_t deadline_ns) {
    switch (step) {
        case Step::configure:
            return plugin.configure(plugin.self, config);
        case Step::start:
            return plugin.start(plugin.self);
        case Step::drain:
            return plugin.drain(plugin.self, deadline_ns);
        case Step::stop:
            return plugin.stop(plugin.self);
        default:
            return SANAD_E_UNSUPPORTED;
    }
}

}  // namespace sanad::plugins
