#include "plugins/partners/webhook/form.h"

#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/crypto.h"

#include <algorithm>

namespace sanad::webhook {
namespace {

constexpr std::size_t time_bytes = 8;
constexpr std::size_t nonce_bytes = 8;
constexpr std::size_t tag_bytes = 16;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decode(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+') {
            result += ' ';
        } else if (text[at] != '%') {
            result += text[at];
        } else {
            if (text.size() - at < 3) return {};
            const int high = hex_digit(text[at + 1]);
            const int low = hex_digit(text[at + 2]);
            if (high < 0 || low < 0) return {};
            result += static_cast<char>(high * 16 + low);
            at += 2;
        }
    }
    return result;
}

std::string tag_of(std::string_view key, std::string_view reference, std::string_view head) {
    std::string message = "sanad/webhook/form/v1";
    message.append(reference).append(head);
    return hmac_sha256(key, message).substr(0, tag_bytes);
}

}  // namespace

std::optional<std::map<std::string, std::string>> parse_form(std::string_view body) {
    std::map<std::string, std::string> fields;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const std::string_view pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto field = decode(pair.substr(0, equals));
        const auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!field || !value || fields.size() == form_fields_max) return {};
        if (!fields.emplace(*field, *value).second) return {};
    }
    return fields;
}

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
