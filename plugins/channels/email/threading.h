#pragma once

#include "plugins/channels/email/mail.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which conversation a mail belongs to. Nothing is remembered for it: the token of a conversation
// is made from where its thread began and a key of the plugin, and comes back in our own
// Message-IDs and addresses. So a crash can lose no thread, and nobody can guess a token.
namespace sanad::email {

inline constexpr std::size_t key_bytes = 32;
inline constexpr std::size_t token_characters = 16;  // 10 bytes as base32, lower case

/// The helpline's address: mail to local+TOKEN@domain reaches the same mailbox.
struct OwnAddress {
    std::string local, domain;

    std::string plain() const { return local + '@' + domain; }
    std::string plus(std::string_view token) const {
        return local + '+' + std::string(token) + '@' + domain;
    }
};
/// "help@example.org"; nothing: it is no address, or has a plus sign.
std::optional<OwnAddress> read_own_address(std::string_view text);

/// Where the thread of `mail` began: the first of References, else In-Reply-To, else its own
/// Message-ID, else its hash.
std::string root_of(const Mail& mail);

/// key   key_bytes bytes, the same as long as threads shall hold
/// root  as root_of() gives it
std::string token_of_root(std::string_view key, std::string_view root);

/// The node's name for the conversation of a token: 32 bytes. token  upper or lower case
std::string conversation_of(std::string_view token);

struct Candidate {
    enum class How : std::uint8_t {
        address,    // mail to local+TOKEN@domain
        reference,  // an answer to a Message-ID of ours
        root,       // where the thread began
    };
    How how = How::root;
    std::string token;         // lower case
    std::string conversation;  // 32 bytes
};

/// The conversations that `mail` may belong to, the surest first; each once, the last one always
/// How::root. The first that the node knows is it; if it knows none, the mail begins one as the
/// last says. Never by subject or sender. A token only says where a mail belongs, not who wrote it:
/// compare the sender with the conversation's return address.
std::vector<Candidate> candidates(const Mail& mail, const OwnAddress& own, std::string_view key);

/// A Message-ID of ours: `<random.TOKEN@domain>`.
///
/// random  16 random bytes
std::string make_message_id(std::string_view random, std::string_view token,
                            std::string_view domain);

/// The token in a Message-ID of ours; nothing: it is not one.
std::optional<std::string> token_of_message_id(std::string_view id, std::string_view domain);

/// RFC 4648 base32, lower case, without padding.
std::string base32(std::string_view bytes);

}  // namespace sanad::email
