#include "plugins/partners/webhook/settings.h"

#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/json.h"

#include <algorithm>

namespace sanad::webhook {
namespace {

using Checked = std::expected<void, SettingsFault>;

std::unexpected<SettingsFault> fault(std::string_view field, std::string_view code) {
    return std::unexpected(SettingsFault{field, code});
}

std::string_view text_of(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

/// One line that is shown to people.
bool is_display_name(std::string_view name) {
    return !name.empty() && name.size() <= display_name_bytes_max && is_utf8(name) &&
           std::ranges::all_of(name, [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte >= 0x20 && byte != 0x7f;
           });
}

Checked read_names(Config::Reader config, Settings& settings) {
    settings.partner = text_of(config.getPartner());
    if (!is_display_name(settings.partner)) return fault("partner", "name_malformed");
    const auto helpline = config.getHelpline();
    settings.helpline[index_of(Language::ar)] = text_of(helpline.getAr());
    settings.helpline[index_of(Language::fr)] = text_of(helpline.getFr());
    settings.helpline[index_of(Language::en)] = text_of(helpline.getEn());
    if (!std::ranges::all_of(settings.helpline, is_display_name))
        return fault("helpline", "name_malformed");
    return {};
}

Checked read_languages(Config::Reader config, Settings& settings) {
    for (const auto text : config.getLanguages()) {
        const auto language = parse_language(text_of(text));
        if (!language || std::ranges::count(settings.languages, *language) > 0)
            return fault("languages", "language_unknown");
        settings.languages.push_back(*language);
    }
    if (settings.languages.empty()) return fault("languages", "language_missing");
    return {};
}

Checked read_endpoint(Config::Reader config, Settings& settings) {
    const auto url = http::parse_url(text_of(config.getEndpoint()));
    if (!url) return fault("endpoint", "url_malformed");
    if (!url->tls && !http::names_this_machine(url->host))
        return fault("endpoint", "url_not_private");
    settings.endpoint = *url;
    settings.client.ca_file = text_of(config.getCaFile());
    const auto connect = config.getConnectTimeoutMs();
    const auto answer = config.getAnswerTimeoutMs();
    if (connect < 100 || connect > 30'000) return fault("connectTimeoutMs", "out_of_range");
    if (answer < 100 || answer > 60'000) return fault("answerTimeoutMs", "out_of_range");
    settings.client.connect_wait = std::chrono::milliseconds(connect);
    settings.client.answer_wait = std::chrono::milliseconds(answer);
    return {};
}

Checked read_door(Config::Reader config, Settings& settings) {
    auto& server = settings.server;
    server.address = text_of(config.getListenAddress());
    server.port = config.getListenPort();
    server.tls.certificate_file = text_of(config.getCertificateFile());
    server.tls.key_file = text_of(config.getCertificateKeyFile());
    server.limits.body_bytes = 64 * 1024;
    const bool local = server.address != "localhost" && http::names_this_machine(server.address);
    if (!local && server.tls.certificate_file.empty())
        return fault("certificateFile", "tls_missing");
    if (server.tls.certificate_file.empty() != server.tls.key_file.empty())
        return fault("certificateKeyFile", "tls_missing");

    std::string_view base = text_of(config.getPublicUrl());
    if (base.empty()) return local ? Checked() : fault("publicUrl", "url_missing");
    const auto url = http::parse_url(base);
    if (!url || base.size() > public_url_bytes_max || base.find('?') != std::string_view::npos)
        return fault("publicUrl", "url_malformed");
    if (!url->tls && !http::names_this_machine(url->host))
        return fault("publicUrl", "url_not_private");
    while (base.ends_with('/')) base.remove_suffix(1);
    settings.public_base = base;
    return {};
}

Checked read_our_key(Config::Reader config, const ReadSecret& read, Settings& settings) {
    auto text = read("signingKeyFile", std::string(text_of(config.getSigningKeyFile())));
    if (!text) return fault("signingKeyFile", name(text.error()));
    const auto seed = parse_secret_key(*text);
    wipe(*text);
    if (!seed) return fault("signingKeyFile", "key_malformed");
    settings.seed = *seed;
    return {};
}

Checked read_partner_keys(Config::Reader config, const ReadSecret& read, Settings& settings) {
    if (config.getCallbackKeys().size() > callback_keys_max)
        return fault("callbackKeys", "too_many");
    for (const auto text : config.getCallbackKeys()) {
        const auto key = parse_public_key(text_of(text));
        if (!key) return fault("callbackKeys", "key_malformed");
        if (*key == ed25519_public_key(settings.seed)) return fault("callbackKeys", "same_as_ours");
        settings.partner_keys.public_keys.push_back(*key);
    }
    const std::string path(text_of(config.getCallbackSecretFile()));
    if (path.empty()) return {};
    auto text = read("callbackSecretFile", path);
    if (!text) return fault("callbackSecretFile", name(text.error()));
    const auto secret = parse_shared_secret(*text);
    wipe(*text);
    if (!secret) return fault("callbackSecretFile", "key_malformed");
    settings.partner_keys.shared_secrets.push_back(*secret);
    return {};
}

}  // namespace

std::expected<std::string, SecretFileFault> read_named_file(const char*, const std::string& path) {
    return read_secret_file(path);
}

std::expected<Settings, SettingsFault> check(Config::Reader config, const ReadSecret& read_secret) {
    Settings settings;
    for (const auto read : {read_names, read_languages, read_endpoint, read_door})
        if (const auto fine = read(config, settings); !fine) return std::unexpected(fine.error());
    // The order matters: the partner's keys are compared with ours.
    for (const auto read : {read_our_key, read_partner_keys})
        if (const auto fine = read(config, read_secret, settings); !fine)
            return std::unexpected(fine.error());
    return settings;
}

}  // namespace sanad::webhook
