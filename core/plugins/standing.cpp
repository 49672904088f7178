#include "core/plugins/standing.h"

namespace sanad::plugins {

const char* name(InstanceState state) {
    constexpr const char* names[] = {"loaded", "configured", "running",    "draining",   "stopped",
                                     "hung",   "crashed",    "restarting", "quarantined"};
    return names[static_cast<std::size_t>(state)];
}

const char* name(EndReason reason) {
    constexpr const char* names[] = {"requested",   "automatic", "crash",       "hang",
                                     "bad_message", "forbidden", "check_failed"};
    return names[static_cast<std::size_t>(reason)];
}

const char* name(Health::State state) {
    constexpr const char* names[] = {"unknown", "ok", "degraded", "failed"};
    return names[static_cast<std::size_t>(state)];
}

}  // namespace sanad::plugins
