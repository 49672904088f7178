#pragma once

#include "plugins/channels/email/imap_reader.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What single responses mean. Pure, and nothing a server says is believed beyond its form.
namespace sanad::email {

inline constexpr std::size_t uids_max = 100'000;  // of one search; those beyond come with the next

enum class ImapStatus : std::uint8_t { ok, no, bad, bye, preauth };

struct ImapCondition {
    ImapStatus status;
    std::string code;   // upper case, "UIDVALIDITY", "AUTHENTICATIONFAILED"; may be empty
    std::string value;  // what follows the code in its brackets
};
/// `OK [UIDVALIDITY 12] words`; nothing: it is something else.
std::optional<ImapCondition> read_condition(std::string_view text);

/// The words of `CAPABILITY IMAP4rev1 IDLE MOVE`, upper case; nothing: it is something else.
std::optional<std::set<std::string>> read_capabilities(std::string_view text);

/// `23 EXISTS`, `5 EXPUNGE`: the number before `word`.
std::optional<std::uint32_t> read_count(std::string_view text, std::string_view word);

/// `SEARCH 2 3 5`; nothing: it is something else. Numbers out of range are left out.
std::optional<std::vector<std::uint32_t>> read_search(std::string_view text);

struct Fetched {
    std::uint32_t uid = 0;
    std::optional<std::uint32_t> size;
    std::optional<std::string> body;
};
/// `7 FETCH (UID 5 RFC822.SIZE 100 BODY[]<0> {100}...)`; nothing: it is something else or has no
/// UID.
std::optional<Fetched> read_fetch(ImapResponse response);

/// A positive number of 32 bits.
std::optional<std::uint32_t> read_number(std::string_view text);

/// `text` between quotes, for a command; nothing: it has to be a literal, or cannot be sent.
std::optional<std::string> quoted(std::string_view text);

}  // namespace sanad::email
