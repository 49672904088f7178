#pragma once

#include "core/base/result.h"
#include "core/casework/urgency.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Words that may mean danger, and what kind of it: data, in config/lexicon. Whoever loads a file
// hands its text over; nothing here opens one. How a phrase is written stands in the README there.
namespace sanad::casework {

inline constexpr std::size_t lexicon_bytes_max = 256 << 10;  // of one file
inline constexpr std::size_t hint_kinds_max = 64;
inline constexpr std::size_t hint_kind_bytes_max = 40;
inline constexpr std::size_t hint_label_bytes_max = 200;
inline constexpr std::size_t phrases_max = 8'000;
inline constexpr std::size_t phrase_words_max = 10;
inline constexpr std::size_t phrase_gaps_max = 3;
inline constexpr std::size_t phrase_choices_max = 24;  // of one word
inline constexpr std::size_t gap_words_max = 3;        // that `...` steps over
inline constexpr std::size_t beginning_letters_min = 3;
inline constexpr std::size_t skeleton_letters_min = 4;

/// What a phrase points to, such as "sextortion".
struct HintKind {
    std::string id;                       // [a-z_], never changes
    Urgency level = Urgency::none;        // u0..u2: a hint raises or says nothing
    std::string english, french, arabic;  // labels
    bool severe = false;                  // hard to read, day after day, for who answers
    bool operator==(const HintKind&) const = default;
};

class Lexicon {
public:
    struct File {
        std::string name;  // for errors
        std::string text;
    };

    Lexicon();  // knows no kind and no phrase
    Lexicon(Lexicon&&) noexcept;
    Lexicon& operator=(Lexicon&&) noexcept;
    ~Lexicon();

    /// kinds    `id TAB level TAB en TAB fr TAB ar`, a kind a line; behind a TAB more, `severe`
    /// phrases  `kind TAB phrase`, or `-` TAB a harmless phrase, or `no` TAB a word that negates.
    ///          Empty lines and lines that begin with `#` are skipped, in both
    /// errors   bad_size, malformed, unsupported (a level), conflict (a kind twice), not_found (a
    ///          phrase of no kind); detail: name of the file, line, what is wrong
    /// threads  any
    static Result<Lexicon> parse(const File& kinds, std::span<const File> phrases);

    /// In the order of the file.
    std::span<const HintKind> kinds() const;
    /// Valid as long as the lexicon; nullptr when there is none.
    const HintKind* find(std::string_view id) const;
    std::size_t phrase_count() const;

    /// What triage.cpp looks through.
    struct Phrases;
    const Phrases& phrases() const { return *phrases_; }

private:
    std::unique_ptr<Phrases> phrases_;
};

}  // namespace sanad::casework
