#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/federation/directory.h"

#include <string>
#include <string_view>

// Directories in plain words, for people who are about to sign or to install one. threads  any
namespace sanad::node {

/// The directory in plain words, a line each, with the key words of every identity and steward, and
/// with who signed it, when it is a note. errors  those of read_directory()
Result<std::string> describe_directory(std::string_view draft_or_note, Time now);

/// What is different in `after`, a line each, in the order: federation, times, stewards, nodes;
/// says so when nothing is. errors  those of read_directory()
Result<std::string> compare_directories(std::string_view before, std::string_view after);

/// The key words of each steward and each node's identity.
std::string describe_keys(const federation::Directory& directory);

/// The same of the identity in a node line, as `sanad node bundle` prints it; empty for no such
/// line.
std::string identity_words(std::string_view node_line);

/// Two lines with a key as words and as digits (core/trust/key_words.h), for people to compare.
std::string key_line(const std::array<std::uint8_t, 32>& key);

}  // namespace sanad::node
