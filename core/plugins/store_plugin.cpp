#include "core/plugins/store_plugin.h"

#include "core/plugins/configuration.h"
#include "core/plugins/library.h"
#include "core/plugins/store_adapter.h"

#include <sanad/store.h>

#include <utility>

namespace sanad::plugins {

namespace {

// A storage plugin has nothing to ask of the node; HostTable refuses before it comes here.
class NoServices final : public HostServices {
public:
    sanad_status call(std::string_view, std::uint32_t, ByteView, Reply&) override {
        return SANAD_E_DENIED;
    }
};

// Outlives every instance, and keeps no state.
NoServices& no_services() {
    static NoServices none;
    return none;
}

}  // namespace

Result<OpenStore> open_store(const std::filesystem::path& file, std::string_view settings, Log& log,
                             const Clock& clock) {
    const auto library = Library::load(file);
    if (!library) return std::unexpected(library.error());
    const Manifest& manifest = (*library)->manifest();
    if (manifest.kind != Kind::storage)
        return fail(Fault::unsupported, manifest.id + " is a plugin for a " + name(manifest.kind) +
                                            ", not for storage");
    const auto configuration = Configuration::load((*library)->config_schema());
    if (!configuration) return std::unexpected(configuration.error());
    const auto config = (*configuration)->from_json(settings);
    if (!config) return fail(config.error().fault, manifest.id + ": " + config.error().detail);

    auto instance = run_in_process(*library, manifest.id, no_services(), log, clock);
    if (!instance) return std::unexpected(instance.error());
    if (const auto done = (*instance)->configure(*config); !done)
        return std::unexpected(done.error());
    if (const auto done = (*instance)->start(); !done) return std::unexpected(done.error());
    const auto* table = static_cast<const sanad_store_v1*>((*instance)->extension(SANAD_EXT_STORE));
    if (!table || !is_complete(*table))
        return fail(Fault::unsupported, manifest.id + ": it lacks functions of " SANAD_EXT_STORE);
    return OpenStore{std::move(*instance), adapt(*table)};
}

}  // namespace sanad::plugins
