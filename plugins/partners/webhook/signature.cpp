#include "plugins/partners/webhook/signature.h"

#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/crypto.h"

#include <algorithm>
#include <charconv>

namespace sanad::webhook {
namespace {

std::optional<std::string> parse_key(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return {};
    return from_base64(text.substr(prefix.size()));
}

std::string signed_content(std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    content.append(id).append(".").append(timestamp).append(".").append(body);
    return content;
}

/// Only digits: what was signed is then exactly what we compared with the clock.
std::optional<std::int64_t> parse_timestamp(std::string_view text) {
    constexpr std::size_t digits_max = 12;
    std::int64_t seconds = 0;
    const bool digits = !text.empty() && text.size() <= digits_max &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return {};
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

bool is_of_partner(const PartnerKeys& keys, std::string_view signature, std::string_view content) {
    const auto comma = signature.find(',');
    if (comma == std::string_view::npos) return false;
    const std::string_view version = signature.substr(0, comma);
    const auto bytes = from_base64(signature.substr(comma + 1));
    if (!bytes) return false;
    if (version == "v1a")
        return std::ranges::any_of(keys.public_keys, [&](const std::string& key) {
            return ed25519_verify(key, content, *bytes);
        });
    if (version == "v1")
        return std::ranges::any_of(keys.shared_secrets, [&](const std::string& secret) {
            return equal_secrets(hmac_sha256(secret, content), *bytes);
        });
    return false;
}

bool any_is_of_partner(const PartnerKeys& keys, std::string_view signatures,
                       std::string_view content) {
    for (std::size_t seen = 0; seen < signatures_max && !signatures.empty(); ++seen) {
        const auto space = std::min(signatures.find(' '), signatures.size());
        if (is_of_partner(keys, signatures.substr(0, space), content)) return true;
        signatures.remove_prefix(std::min(space + 1, signatures.size()));
    }
    return false;
}

}  // namespace

std::optional<std::string> parse_secret_key(std::string_view text) {
    auto seed = parse_key(text, secret_key_prefix);
    return seed && seed->size() == ed25519_seed_bytes ? seed : std::nullopt;
}

std::optional<std::string> parse_public_key(std::string_view text) {
    auto key = parse_key(text, public_key_prefix);
    return key && key->size() == ed25519_key_bytes ? key : std::nullopt;
}

std::optional<std::string> parse_shared_secret(std::string_view text) {
    auto secret = parse_key(text, shared_secret_prefix);
    const bool sized = secret && secret->size() >= shared_secret_bytes_min &&
                       secret->size() <= shared_secret_bytes_max;
    return sized ? secret : std::nullopt;
}

std::string format_public_key(std::string_view key) {
    return std::string(public_key_prefix) + to_base64(key);
}

bool is_webhook_id(std::string_view id) {
    return !id.empty() && id.size() <= webhook_id_bytes_max && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

std::string sign(std::string_view seed, std::string_view id, std::int64_t timestamp_s,
                 std::string_view body) {
    return "v1a," +
           to_base64(ed25519_sign(seed, signed_content(id, std::to_string(timestamp_s), body)));
}

std::string_view name(SignatureFault fault) {
    switch (fault) {
        case SignatureFault::headers_missing:
            return "headers_missing";
        case SignatureFault::id_malformed:
            return "id_malformed";
        case SignatureFault::timestamp_malformed:
            return "timestamp_malformed";
        case SignatureFault::timestamp_too_old:
            return "timestamp_too_old";
        case SignatureFault::timestamp_too_new:
            return "timestamp_too_new";
        case SignatureFault::signature_unknown:
            return "signature_unknown";
    }
    return "unknown";
}

std::expected<void, SignatureFault> verify(const PartnerKeys& keys, const SignedHeaders& headers,
                                           std::string_view body, std::int64_t now_s) {
    using enum SignatureFault;
    if (headers.id.empty() || headers.timestamp.empty() || headers.signature.empty())
        return std::unexpected(headers_missing);
    if (!is_webhook_id(headers.id)) return std::unexpected(id_malformed);
    const auto timestamp_s = parse_timestamp(headers.timestamp);
    if (!timestamp_s) return std::unexpected(timestamp_malformed);
    if (*timestamp_s < now_s - timestamp_tolerance_s) return std::unexpected(timestamp_too_old);
    if (*timestamp_s > now_s + timestamp_tolerance_s) return std::unexpected(timestamp_too_new);
    const std::string content = signed_content(headers.id, headers.timestamp, body);
    if (!any_is_of_partner(keys, headers.signature, content))
        return std::unexpected(signature_unknown);
    return {};
}

}  // namespace sanad::webhook
