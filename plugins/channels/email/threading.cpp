#include "plugins/channels/email/threading.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cassert>

namespace sanad::email {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t token_bytes = 10;
constexpr std::string_view conversation_prefix = "sanad email";
constexpr std::string_view root_prefix = "sanad email root ";

bool is_token(std::string_view text) {
    return text.size() == token_characters && text.find_first_not_of(alphabet) == text.npos;
}

std::optional<std::string> token_in(std::string_view text) {
    auto token = lower(text);
    return is_token(token) ? std::optional(std::move(token)) : std::nullopt;
}

// local+TOKEN@domain, the case of all of it as mail systems like it.
std::optional<std::string> token_of_address(std::string_view mailbox, const OwnAddress& own) {
    const auto sign = mailbox.rfind('@');
    if (sign == mailbox.npos || !same_ignoring_case(mailbox.substr(sign + 1), own.domain))
        return {};
    const auto local = mailbox.substr(0, sign);
    if (local.size() <= own.local.size() || local[own.local.size()] != '+' ||
        !begins_ignoring_case(local, own.local))
        return {};
    return token_in(local.substr(own.local.size() + 1));
}

class Candidates {
public:
    void add(Candidate::How how, std::string token) {
        const bool known = std::ranges::find(found_, token, &Candidate::token) != found_.end();
        if (known && how != Candidate::How::root) return;
        auto conversation = conversation_of(token);
        found_.push_back({how, std::move(token), std::move(conversation)});
    }
    std::vector<Candidate> take() { return std::move(found_); }

private:
    std::vector<Candidate> found_;
};

}  // namespace

std::optional<OwnAddress> read_own_address(std::string_view text) {
    const auto sign = text.rfind('@');
    if (!is_mailbox(text) || text.find('+') != text.npos) return {};
    return OwnAddress{std::string(text.substr(0, sign)), lower(text.substr(sign + 1))};
}

std::string root_of(const Mail& mail) {
    if (!mail.references.empty()) return mail.references.front();
    if (!mail.in_reply_to.empty()) return mail.in_reply_to.front();
    return mail.message_id.empty() ? mail.hash : mail.message_id;
}

std::string token_of_root(std::string_view key, std::string_view root) {
    assert(key.size() == key_bytes);
    const std::string message = std::string(root_prefix) + std::string(root);
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const auto* done =
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), code, &size);
    assert(done && size >= token_bytes);
    return base32({reinterpret_cast<const char*>(code), token_bytes});
}

std::string conversation_of(std::string_view token) {
    return sha256(std::string(conversation_prefix) + lower(token));
}

std::vector<Candidate> candidates(const Mail& mail, const OwnAddress& own, std::string_view key) {
    Candidates found;
    for (const auto& mailbox : mail.delivered_to)
        if (auto token = token_of_address(mailbox, own))
            found.add(Candidate::How::address, std::move(*token));
    for (const auto& address : mail.to)
        if (auto token = token_of_address(address.mailbox, own))
            found.add(Candidate::How::address, std::move(*token));
    for (const auto* ids : {&mail.in_reply_to, &mail.references})
        for (auto id = ids->rbegin(); id != ids->rend(); ++id)  // the newest is the nearest
            if (auto token = token_of_message_id(*id, own.domain))
                found.add(Candidate::How::reference, std::move(*token));
    found.add(Candidate::How::root, token_of_root(key, root_of(mail)));
    return found.take();
}

std::string make_message_id(std::string_view random, std::string_view token,
                            std::string_view domain) {
    return '<' + base32(random) + '.' + std::string(token) + '@' + std::string(domain) + '>';
}

std::optional<std::string> token_of_message_id(std::string_view id, std::string_view domain) {
    if (!id.starts_with('<') || !id.ends_with('>')) return {};
    id = id.substr(1, id.size() - 2);
    const auto sign = id.rfind('@');
    if (sign == id.npos || !same_ignoring_case(id.substr(sign + 1), domain)) return {};
    const auto point = id.rfind('.', sign);
    return point == id.npos ? std::nullopt : token_in(id.substr(point + 1, sign - point - 1));
}

std::string base32(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 5; count -= 5) text += alphabet[bits >> (count - 5) & 31];
    }
    if (count > 0) text += alphabet[bits << (5 - count) & 31];
    return text;
}

}  // namespace sanad::email
