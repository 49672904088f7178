#include "core/node/standby.h"

#include "core/node/plugin_store.h"
#include "core/plugins/store_plugin.h"

namespace sanad::node {

Result<void> await_store(const Configuration& configuration,
                         const std::function<bool()>& keep_waiting) {
    const auto file = trusted_library(configuration, configuration.store);
    if (!file) return std::unexpected(file.error());
    for (;;) {
        const auto looked =
            plugins::probe_store(*file, configuration.store.config, {}, plugins::ProbeDepth::edges);
        if (looked || looked.error().fault != Fault::busy) return {};
        if (!keep_waiting()) return looked;
    }
}

}  // namespace sanad::node
