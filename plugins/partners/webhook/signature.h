#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Signatures of Standard Webhooks 1.0.0 over `id.timestamp.body`: Ed25519 ("v1a") both ways, and
// HMAC-SHA256 ("v1") for what comes in from an organisation whose software knows nothing better.
//
// source  github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md
// threads  any; keeps no state
namespace sanad::webhook {

inline constexpr std::string_view secret_key_prefix = "whsk_";  // an Ed25519 seed
inline constexpr std::string_view public_key_prefix = "whpk_";  // an Ed25519 public key
inline constexpr std::string_view shared_secret_prefix = "whsec_";

inline constexpr std::size_t shared_secret_bytes_min = 24;
inline constexpr std::size_t shared_secret_bytes_max = 64;
inline constexpr std::size_t webhook_id_bytes_max = 128;
inline constexpr std::size_t signatures_max = 8;  // in one header; more are not looked at
inline constexpr std::int64_t timestamp_tolerance_s = 5 * 60;

/// Keys as people exchange them: the prefix, then base64. Nothing when `text` is no such key.
std::optional<std::string> parse_secret_key(std::string_view text);     // 32 bytes
std::optional<std::string> parse_public_key(std::string_view text);     // 32 bytes
std::optional<std::string> parse_shared_secret(std::string_view text);  // 24..64 bytes
std::string format_public_key(std::string_view key);

/// True for 1..webhook_id_bytes_max bytes of [A-Za-z0-9_-]: no full stop, so that the three signed
/// parts cannot be shifted against each other.
bool is_webhook_id(std::string_view id);

/// The value of `webhook-signature` for what we send.
///
/// seed         32 bytes
/// id           as is_webhook_id
/// timestamp_s  of this try, UTC seconds since 1970
std::string sign(std::string_view seed, std::string_view id, std::int64_t timestamp_s,
                 std::string_view body);

/// What a partner may sign with; several of a kind while a key changes.
struct PartnerKeys {
    std::vector<std::string> public_keys;     // Ed25519, 32 bytes each
    std::vector<std::string> shared_secrets;  // HMAC
};

/// The three headers as they came; an absent one is empty.
struct SignedHeaders {
    std::string_view id;
    std::string_view timestamp;
    std::string_view signature;
};

enum class SignatureFault {
    headers_missing,
    id_malformed,
    timestamp_malformed,
    timestamp_too_old,
    timestamp_too_new,
    signature_unknown  // none of the signatures is one of the partner's
};

/// A code for an answer, such as "timestamp_too_old".
std::string_view name(SignatureFault fault);

/// Checks that the partner signed `body`, within timestamp_tolerance_s of `now_s`.
std::expected<void, SignatureFault> verify(const PartnerKeys& keys, const SignedHeaders& headers,
                                           std::string_view body, std::int64_t now_s);

}  // namespace sanad::webhook
