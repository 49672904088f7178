#pragma once

#include "core/federation/policies.h"
#include "core/node/configuration.h"

#include <filesystem>
#include <string>
#include <string_view>

// Where a node's policy packs are: those that came with the installation in share/policy, and those
// that an administrator installed in the data folder's policy/, which take the place of the former.
namespace sanad::node {

/// All packs. A folder that is not there has none.
/// errors  those of open_policy(), the detail naming the file · conflict: two packs for a country
Result<federation::PolicySet> load_policies(const Configuration& configuration,
                                            const casework::Taxonomies& taxonomies);

/// Checks a pack and puts it into the data folder.
///
/// current  what is in force: the pack must not be older than the one of its name there
/// errors   those of open_policy() · untrusted: the node names a signer, and it has not signed ·
///          denied: an older version than the one in force, or another text of the same version
Result<federation::SignedPolicy> install_policy(const Configuration& configuration,
                                                const federation::PolicySet& current,
                                                std::string_view text_or_note,
                                                const casework::Taxonomies& taxonomies);

/// The lists of words of an installation. errors  those of load_taxonomies
Result<casework::Taxonomies> load_taxonomies(const std::filesystem::path& share);

/// A pack's text with `reviewed by REVIEWER`, signed with a key that `sanad directory steward-key`
/// made. errors  those of with_reviewer(), parse_policy() and sign_note_with()
Result<std::string> sign_policy(std::string_view text_or_note, std::string_view reviewer,
                                const std::filesystem::path& key_file,
                                const casework::Taxonomies& taxonomies);

}  // namespace sanad::node
