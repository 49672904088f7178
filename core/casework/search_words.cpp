#include "core/casework/search_words.h"

#include <algorithm>

namespace sanad::casework {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t letters_of(std::string_view key) {
    return std::size_t(std::ranges::count_if(key, [](char c) { return !continues(c); }));
}

// Kinds of forms, so that a beginning is not taken for a word.
std::string whole(std::string_view key) {
    auto bones = skeleton_of(key);
    if (letters_of(bones) >= search_skeleton_min) return "s" + bones;
    return "k" + std::string(key);
}

/// The first `letters` letters; the key itself when it has no more.
std::string_view front(std::string_view key, std::size_t letters) {
    const auto beginning = beginning_of(key, letters);
    return beginning.empty() ? key : beginning;
}

void add_forms(std::string_view key, std::set<std::string>& forms) {
    forms.insert(whole(key));
    const auto letters = letters_of(key);
    for (auto count = beginning_min; count <= std::min(beginning_max, letters); ++count)
        forms.insert("p" + std::string(front(key, count)));
}

void add_forms(const FoldedWord& word, std::set<std::string>& forms) {
    add_forms(word.key, forms);
    if (!word.arabic) return;
    if (const auto stem = stem_of(word.key); !stem.empty()) add_forms(stem, forms);
}

bool fits(const FoldedWord& word, const std::set<std::string>& forms,
          const SearchQuery::Term& term) {
    const bool any = std::ranges::any_of(
        term.forms, [&](const std::string& form) { return forms.contains(form); });
    if (!any || term.beginning.empty()) return any;
    return forms.contains(term.forms.front()) || word.key.starts_with(term.beginning) ||
           (word.arabic && stem_of(word.key).starts_with(term.beginning));
}

}  // namespace

void add_search_forms(std::string_view text, std::set<std::string>& forms) {
    for (const auto& word : fold_words(text)) add_forms(word, forms);
}

Result<SearchQuery> SearchQuery::parse(std::string_view words) {
    if (words.empty() || words.size() > search_bytes_max) return fail(Fault::bad_size, "words");
    SearchQuery query;
    const auto folded = fold_words(words);
    for (std::size_t i = 0; i < folded.size(); ++i) {
        const auto& word = folded[i];
        std::string key = word.key;
        if (word.arabic && key.starts_with("ال"))
            if (auto stem = stem_of(key); !stem.empty()) key = std::move(stem);
        Term term{.forms = {whole(key)}, .beginning = {}};
        if (const auto letters = letters_of(key);
            i + 1 == folded.size() && letters >= beginning_min) {
            term.forms.push_back("p" + std::string(front(key, std::min(letters, beginning_max))));
            if (letters > beginning_max) term.beginning = key;
        }
        const bool again = std::ranges::any_of(
            query.terms_, [&](const Term& one) { return one.forms == term.forms; });
        if (!again) query.terms_.push_back(std::move(term));
    }
    if (query.terms_.empty() || query.terms_.size() > search_terms_max)
        return fail(Fault::invalid, "words");
    return query;
}

std::optional<FoldedWord> SearchQuery::first_in(std::string_view text) const {
    std::set<std::string> forms;
    for (auto& word : fold_words(text)) {
        forms.clear();
        add_forms(word, forms);
        if (std::ranges::any_of(terms_, [&](const Term& term) { return fits(word, forms, term); }))
            return std::move(word);
    }
    return std::nullopt;
}

void SearchQuery::mark(std::string_view text, std::vector<bool>& terms) const {
    std::set<std::string> forms;
    for (const auto& word : fold_words(text)) {
        forms.clear();
        add_forms(word, forms);
        for (std::size_t i = 0; i < terms_.size(); ++i)
            if (!terms[i] && fits(word, forms, terms_[i])) terms[i] = true;
    }
}

std::string around(std::string_view text, std::size_t first, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string(text);
    std::size_t begin = first > bytes_max / 3 ? first - bytes_max / 3 : 0;
    begin = std::min(begin, text.size() - bytes_max);
    std::size_t end = begin + bytes_max;
    while (begin < end && continues(text[begin])) ++begin;
    while (end > begin && end < text.size() && continues(text[end])) --end;
    return std::string(text.substr(begin, end - begin));
}

}  // namespace sanad::casework
