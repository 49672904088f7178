#include "plugins/partners/webhook/form.h"

#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/crypto.h"

namespace sanad::webhook {
namespace {

constexpr std::size_t time_bytes = 8;
constexpr std::size_t nonce_bytes = 8;
constexpr std::size_t tag_bytes = 16;

std::string tag_of(std::string_view key, std::string_view reference, std::string_view head) {
    std::string message = "sanad/webhook/form/v1";
    message.append(reference).append(head);
    return hmac_sha256(key, message).substr(0, tag_bytes);
}

}  // namespace

std::string make_form_token(std::string_view key, std::string_view reference, std::int64_t now_s) {
    std::string head;
    for (std::size_t at = 0; at < time_bytes; ++at)
        head += static_cast<char>(now_s >> (8 * (time_bytes - 1 - at)) & 0xff);
    head += random_bytes(nonce_bytes);
    return to_base64url(head + tag_of(key, reference, head));
}

bool check_form_token(std::string_view key, std::string_view reference, std::string_view token,
                      std::int64_t now_s) {
    const auto bytes = from_base64url(token);
    if (!bytes || bytes->size() != time_bytes + nonce_bytes + tag_bytes) return false;
    const std::string_view head = std::string_view(*bytes).substr(0, time_bytes + nonce_bytes);
    const std::string_view tag = std::string_view(*bytes).substr(head.size());
    if (!equal_secrets(tag_of(key, reference, head), tag)) return false;
    std::uint64_t made_s = 0;
    for (const char byte : head.substr(0, time_bytes))
        made_s = made_s << 8 | static_cast<unsigned char>(byte);
    const auto age_s = now_s - static_cast<std::int64_t>(made_s);
    return age_s >= -form_clock_slack_s && age_s <= form_lifetime_s;
}

}  // namespace sanad::webhook
