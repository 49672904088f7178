#include "plugins/channels/phone/settings.h"

#include <sanad/plugin.hpp>

namespace sanad::phone {

namespace {

using plugin::Error;
using plugin::view_of;

std::vector<std::string> texts(capnp::List<capnp::Text>::Reader list) {
    std::vector<std::string> all;
    for (const auto text : list) all.emplace_back(view_of(text));
    return all;
}

void need(bool holds, const char* field) {
    if (!holds) throw Error(SANAD_E_INVALID, field);
}

}  // namespace

Settings read_settings(Config::Reader config) {
    Settings settings;
    settings.listen_address = view_of(config.getListenAddress());
    settings.media_address = view_of(config.getMediaAddress());
    if (settings.media_address.empty()) settings.media_address = settings.listen_address;
    settings.udp_port = config.getUdpPort();
    settings.tcp_port = config.getTcpPort();
    settings.tls_port = config.getTlsPort();
    settings.first_media_port = config.getFirstMediaPort();
    settings.last_media_port = config.getLastMediaPort();
    settings.numbers = texts(config.getNumbers());
    settings.trunks = texts(config.getTrunks());
    settings.trunk_address = view_of(config.getTrunkAddress());
    settings.trunk_user = view_of(config.getTrunkUser());
    settings.calls_max = config.getCallsMax();
    settings.ring = std::chrono::seconds(config.getRingSeconds());
    settings.realm = view_of(config.getRealm());
    settings.call_back_prefixes = texts(config.getCallBackPrefixes());
    settings.call_back_refused = texts(config.getCallBackRefused());
    settings.call_backs_per_hour = config.getCallBacksPerHour();
    settings.call_backs_per_day = config.getCallBacksPerDay();
    settings.call_back_from = view_of(config.getCallBackFrom());
    settings.devices_in_clear = config.getDevicesInClear();

    const bool listens = settings.udp_port || settings.tcp_port || settings.tls_port;
    need(listens, "phone.config.udp_port");
    const bool has_certificate =
        config.getCertificateFile().size() > 0 && config.getCertificateKeyFile().size() > 0;
    need(settings.tls_port == 0 || has_certificate, "phone.config.certificate_file");
    // Four ports a call: two telephones, each with voices and their reports.
    const int ports = int{settings.last_media_port} - int{settings.first_media_port} + 1;
    need(ports >= static_cast<int>(4 * settings.calls_max), "phone.config.last_media_port");
    need(settings.trunk_user.empty() || config.getTrunkPasswordFile().size() > 0,
         "phone.config.trunk_password_file");
    return settings;
}

}  // namespace sanad::phone
