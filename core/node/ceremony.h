#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/federation/directory.h"
#include "core/node/configuration.h"
#include "core/node/node_keys.h"
#include "core/node/trust_file.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// How a federation makes its directory: stewards make their keys, one of them writes a draft and
// adds the nodes, each signs it on a machine of its own, the signatures are put together, and every
// node installs the result. All of it works on texts; `sanad directory` brings them from and to
// files. Every error's detail says how to mend it. threads  any
namespace sanad::node {

inline constexpr std::size_t steward_file_bytes_max = 512;
inline constexpr Duration directory_life_default = std::chrono::days(90);
inline constexpr Duration directory_life_max = std::chrono::days(400);

/// Makes a steward's key in a new file with mode 0600: `sanad-steward/v1`, `name ...`, `seed
/// <hex>`. returns  the public half, whose text the others need errors   malformed, bad_size: no
/// name for a key · those of create_file()
Result<trust::Verifier> create_steward_key(const std::filesystem::path& file, std::string_view name,
                                           Entropy& entropy);

/// The directory's text without its signatures. `draft_or_note` is either.
/// errors  those of parse_note() and parse_directory()
Result<federation::Directory> read_directory(std::string_view draft_or_note);

/// Whether it is a note, with signatures of any kind, and no draft.
bool is_signed(std::string_view draft_or_note);

struct DirectoryPlan {
    std::string federation;
    std::vector<trust::Verifier> stewards;
    std::uint32_t threshold = 0;
    Duration life = directory_life_default;
};

/// The first draft: version 1, no nodes.
/// errors  those of write_directory() · invalid: a life of less than a day or too long
Result<std::string> create_directory(const DirectoryPlan& plan, Time now);

/// The draft with one node more, or with new keys and values for a node of the same identity key.
/// A note becomes the draft of the next version, and needs to be signed again.
///
/// node_line  what `sanad node bundle` prints
/// errors     malformed, bad_signature, invalid: of the line · conflict: that node has another
///            identity key
Result<std::string> add_node(std::string_view draft_or_note, std::string_view node_line,
                             Duration life, Time now);

/// The draft in which that node is revoked: it stays there, so that its keys never return.
/// errors  not_found
Result<std::string> revoke_node(std::string_view draft_or_note, const NodeId& node, Duration life,
                                Time now);

/// A revocation notice by a steward, which acts at once (core/federation/revocation.h).
/// errors  those of read_directory(), read_file(), federation::verify_revocation()
Result<std::string> write_revocation(std::string_view directory, const NodeId& node,
                                     std::string_view reason,
                                     const std::filesystem::path& steward_file, Time now);

/// The draft, or the note with one signature more, as a note.
/// errors  untrusted: the key is no steward's of this directory · those of read_file() and
///         read_directory()
Result<std::string> sign_directory(std::string_view draft_or_note,
                                   const std::filesystem::path& steward_file);

/// `text_or_note` signed with a steward's key, as a note, whatever it is about.
/// errors  those of read_file() and of trust::sign_note()
Result<std::string> sign_note_with(std::string_view text_or_note,
                                   const std::filesystem::path& steward_file);

/// One note with the signatures of both, which must be of the same directory.
/// errors  those of federation::merge_signatures() and read_directory() · bad_signature: a
/// steward's
///         is bad, and would spoil the whole note
Result<std::string> merge_directories(std::string_view left, std::string_view right);

/// Whether the note is signed as the trust file's text wants it. returns  the directory
/// errors  those of parse_trust() and federation::verify_directory()
Result<federation::Directory> judge_directory(std::string_view note, std::string_view trust);

/// What an administrator believes who trusts the stewards of this directory.
Result<TrustedStewards> trust_of(std::string_view draft_or_note);

/// Puts a directory into a node's data folder while the node does not run: checks it against the
/// directory there, or against the trusted stewards when there is none yet.
///
/// trust   the text of a trust file to install first; empty: the node has one already
/// errors  those of verify_directory(), verify_successor(), parse_trust() · conflict: the node
///         trusts others already · denied: older than the one there
Result<federation::Directory> install_directory(const Configuration& configuration,
                                                std::string_view note, std::string_view trust);

/// The node's line for the directory: who it is, where it is reached, and its keys, those to come
/// where there are any, which its identity key signs anew.
/// errors  not_found: the identity key lies elsewhere · those of parse_node_line()
Result<std::string> node_line(const Configuration& configuration, const NodeKeys& keys, Time now);

}  // namespace sanad::node
