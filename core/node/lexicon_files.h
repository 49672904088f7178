#pragma once

#include "core/base/result.h"
#include "core/casework/lexicon.h"

#include <filesystem>

namespace sanad::node {

/// The phrases of an installation, in share/lexicon: kinds.tsv, and every other .tsv of phrases.
/// Without such a folder: no phrase.
/// errors  those of Lexicon::parse and of read_file, the detail naming file and line
Result<casework::Lexicon> load_lexicon(const std::filesystem::path& share);

}  // namespace sanad::node
