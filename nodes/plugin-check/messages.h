#pragma once

#include "core/base/bytes.h"
#include "core/plugins/manifest.h"

#include <cstdint>
#include <string>
#include <string_view>

// What a node would give to a plugin of a kind, made up for a check.
namespace sanad::plugin_check {

struct Given {
    std::uint32_t method = 0;  // SANAD_M_…
    Bytes request;
};

/// The helpline's message, or the partner's matter, number `number` of one conversation or matter.
/// Kinds that are given nothing are asked for their health.
///
/// about  which conversation or matter: 16 bytes are made of it
Given given_to(plugins::Kind kind, std::string_view about, std::uint64_t number,
               std::string_view text);

/// The same, as a node of a later version would send it: every struct longer by fields that nobody
/// knows yet, and `unknown_choice` says whether an enumeration has a value of then, too.
Given given_by_newer_node(plugins::Kind kind, std::string_view about, bool unknown_choice);

/// What a partner's matter is withdrawn with.
Given withdrawal(std::string_view about, std::uint64_t number);

/// The 16 bytes that stand for `about` in messages.
std::string handle_of(std::string_view about);

/// What is wrong with a plugin's answer; empty: nothing. The answer of SANAD_OK.
std::string objection_to_reply(std::uint32_t method, ByteView reply);

/// Whether the answer takes the message out of the outbox: accepted or rejected, and no retry.
bool is_final(std::uint32_t method, ByteView reply);

}  // namespace sanad::plugin_check
