#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The lists of words that a helpline works with: data, in config/taxonomy, with a label in each
// language. Whoever loads a file hands its text over; nothing here opens one.
namespace sanad::casework {

inline constexpr std::size_t taxonomy_bytes_max = 256 << 10;
inline constexpr std::size_t taxonomy_terms_max = 2000;
inline constexpr std::size_t term_id_bytes_max = 64;
inline constexpr std::size_t term_label_bytes_max = 400;

struct Term {
    std::string id;
    std::string parent;  // empty: top
    std::string english, french, arabic;
    std::vector<std::string> flags;  // such as "hidden" or "national"
    bool operator==(const Term&) const = default;
};

class Taxonomy {
public:
    /// Reads `id TAB parent TAB en TAB fr TAB ar TAB flags`, a term a line; flags are divided by
    /// spaces and may be missing with their tab. Empty lines and lines that begin with `#` are
    /// skipped. A parent stands before its children.
    ///
    /// errors   bad_size, malformed (columns, id not of [A-Za-z0-9._-], label empty or not NFC),
    ///          conflict (an id twice), not_found (a parent that is not there); detail: line
    ///          number
    /// threads  any
    static Result<Taxonomy> parse(std::string_view text);

    bool contains(std::string_view id) const { return find(id) != nullptr; }
    /// The term, valid as long as the taxonomy; nullptr when there is none.
    const Term* find(std::string_view id) const;
    /// The label in the language whose BCP 47 tag begins with "ar", "fr" or "en"; any other:
    /// English. An id that is not there is its own label, so that old records stay readable.
    std::string_view label(std::string_view id, std::string_view language) const;
    /// In the order of the file.
    std::span<const Term> terms() const { return terms_; }

private:
    std::vector<Term> terms_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

/// All lists of a node by name, the file's name without its ending.
class Taxonomies {
public:
    /// Knows every list and every well-formed id, and no label: to read evidence that was written
    /// with the lists of another time.
    static Taxonomies of_any_time();

    /// errors  those of Taxonomy::parse, conflict (a name twice)
    Result<void> add(std::string name, std::string_view text);
    /// False when there is no such list or no such id in it.
    bool contains(std::string_view taxonomy, std::string_view id) const;
    const Taxonomy* find(std::string_view taxonomy) const;

private:
    std::map<std::string, Taxonomy, std::less<>> lists_;
    bool any_ = false;
};

/// The lists that the rules ask for; a node does not start without one of them.
std::span<const std::string_view> required_taxonomies();

}  // namespace sanad::casework
