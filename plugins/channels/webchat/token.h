#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sanad::webchat {

/// A new key to a conversation: 32 random bytes as 43 characters of base64url. It is known to the
/// person's page alone and kept nowhere here.
std::string make_token();

/// The same form for a key that is made otherwise. key  32 bytes
std::string token_of_key(std::string_view key);

/// A name for a message that nobody else gives, for a page whose browser cannot make one.
std::string make_message_name();

/// The node's name for the conversation of `token`: SHA-256 of its 32 bytes. Nothing: no token.
std::optional<std::string> conversation_of(std::string_view token);

}  // namespace sanad::webchat
