#pragma once

#include "core/base/fold.h"
#include "core/base/result.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Words as they are looked for: the forms of core/base/fold.h. A word of four consonants or more is
// found however its vowels are spelt, in Arabic or in Latin letters; a shorter one as its key.
namespace sanad::casework {

inline constexpr std::size_t search_bytes_max = 200;
inline constexpr std::size_t search_terms_max = 8;
inline constexpr std::size_t beginning_min = 3, beginning_max = 6;  // letters of a key: ph is one
inline constexpr std::size_t search_skeleton_min = 4;

/// Adds every form under which the words of a text are found: each word, also without the article
/// and what Arabic writes before it, and its beginnings of 3 to 6 letters. threads  any
void add_search_forms(std::string_view text, std::set<std::string>& forms);

/// What somebody looks for.
class SearchQuery {
public:
    /// One word of it: found under any of these forms.
    struct Term {
        std::vector<std::string> forms;
        std::string beginning;  // longer than the forms know; else empty
    };

    /// 1..search_bytes_max bytes with 1..search_terms_max words; the last one is also a beginning,
    /// from 3 letters on. A word twice is one.
    /// errors  bad_size · invalid: no word, or too many
    static Result<SearchQuery> parse(std::string_view words);

    const std::vector<Term>& terms() const { return terms_; }

    /// The first word of `text` that fits any term.
    std::optional<FoldedWord> first_in(std::string_view text) const;
    /// Marks the terms that `text` has.
    void mark(std::string_view text, std::vector<bool>& terms) const;

private:
    std::vector<Term> terms_;
};

/// At most `bytes_max` bytes of `text` around what stands at `first`, on borders of UTF-8.
std::string around(std::string_view text, std::size_t first, std::size_t bytes_max);

}  // namespace sanad::casework
