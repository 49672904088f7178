#pragma once

#include "core/casework/lexicon.h"

#include <unordered_map>
#include <unordered_set>

// How a lexicon keeps its phrases: for lexicon.cpp, which makes it, and triage.cpp, which reads it.
namespace sanad::casework {

/// One way to write one word of a phrase.
struct PhraseChoice {
    enum class How : std::uint8_t { key, beginning, skeleton, letters };
    How how = How::key;
    std::string text;  // the key, its beginning, the skeleton, or the letters themselves
};

struct PhraseWord {
    std::vector<PhraseChoice> choices;
    bool gap_before = false;  // `...` stands before it
    bool optional = false;
};

struct Phrase {
    static constexpr std::size_t harmless = SIZE_MAX;
    std::size_t kind = harmless;  // place in kinds
    std::vector<PhraseWord> words;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

struct Lexicon::Phrases {
    /// Phrases by how their first word may be written.
    using Places =
        std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>;

    std::vector<HintKind> kinds;
    std::vector<Phrase> phrases;
    Places by_key, by_skeleton;
    Places by_beginning;  // its first beginning_letters_min letters
    std::unordered_set<std::string, TextHash, std::equal_to<>> negations;  // in small letters
};

}  // namespace sanad::casework
