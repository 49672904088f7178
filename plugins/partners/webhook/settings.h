#pragma once

#include "plugins/partners/webhook/config.capnp.h"
#include "plugins/partners/webhook/language.h"
#include "plugins/partners/webhook/secret_file.h"
#include "plugins/partners/webhook/signature.h"
#include "plugins/shared/http/client.h"
#include "plugins/shared/http/server.h"

#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::webhook {

inline constexpr std::size_t display_name_bytes_max = 120;
inline constexpr std::size_t public_url_bytes_max = 512;
inline constexpr std::size_t callback_keys_max = 4;

/// What config.capnp says, checked and with the secrets read.
struct Settings {
    std::string partner;
    http::Url endpoint;
    http::ClientOptions client;
    std::string seed;  // ours, Ed25519
    http::Options server;
    std::string public_base;  // without a slash at its end; empty: made from the bound port
    PartnerKeys partner_keys;
    std::vector<Language> languages;  // at least one, none twice
    InLanguages helpline;

    bool takes_callbacks() const {
        return !partner_keys.public_keys.empty() || !partner_keys.shared_secrets.empty();
    }
};

/// Reads the secret of a field of the configuration, which names the file `path`.
using ReadSecret = std::function<std::expected<std::string, SecretFileFault>(
    const char* field, const std::string& path)>;
std::expected<std::string, SecretFileFault> read_named_file(const char* field,
                                                            const std::string& path);

/// What is wrong, for the node's log: the name of the field and a code, never its value.
struct SettingsFault {
    std::string_view field;
    std::string_view code;
};

/// errors  name_malformed, url_malformed, url_not_private (http to another machine), url_missing,
///         address_malformed, tls_missing (another machine could connect, and nothing encrypts),
///         key_malformed, too_many, same_as_ours (the partner's key is our own), language_unknown,
///         language_missing, out_of_range, and those of read_secret_file
///
/// read_secret  gives what the file of a field holds, as read_secret_file() does
std::expected<Settings, SettingsFault> check(Config::Reader config,
                                             const ReadSecret& read_secret = read_named_file);

}  // namespace sanad::webhook
