#include "plugins/desks/console/settings.h"

#include <sanad/message.hpp>

namespace sanad::console {

using plugin::view_of;

Settings read_settings(Config::Reader config) {
    Settings settings;
    settings.listen_address = view_of(config.getListenAddress());
    settings.listen_port = config.getListenPort();
    settings.certificate_file = view_of(config.getCertificateFile());
    settings.key_file = view_of(config.getCertificateKeyFile());
    if (settings.certificate_file.empty() != settings.key_file.empty())
        throw plugin::Error(SANAD_E_INVALID, "console.config.certificate_key_file");
    settings.behind_proxy = config.getBehindProxy();
    for (const auto origin : config.getOrigins()) settings.origins.emplace_back(view_of(origin));
    return settings;
}

}  // namespace sanad::console
