#include "core/casework/taxonomy.h"

#include "core/base/split.h"
#include "core/base/text.h"

#include <algorithm>

namespace sanad::casework {
namespace {

bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= term_id_bytes_max && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

Result<Term> parse_term(std::string_view line, const std::string& where) {
    const auto columns = split(line, '\t');
    if (columns.size() != 5 && columns.size() != 6)
        return fail(Fault::malformed, where + ": columns");
    if (!is_id(columns[0])) return fail(Fault::malformed, where + ": id");
    for (std::size_t label = 2; label < 5; ++label)
        if (!check_label(columns[label], term_label_bytes_max))
            return fail(Fault::malformed, where + ": label");
    Term term{.id = std::string(columns[0]),
              .parent = std::string(columns[1]),
              .english = std::string(columns[2]),
              .french = std::string(columns[3]),
              .arabic = std::string(columns[4]),
              .flags = {}};
    if (columns.size() == 6)
        for (const auto flag : split(columns[5], ' '))
            if (!flag.empty()) term.flags.emplace_back(flag);
    return term;
}

bool speaks(std::string_view tag, std::string_view language) {
    return tag.starts_with(language) &&
           (tag.size() == language.size() || tag[language.size()] == '-');
}

}  // namespace

Result<Taxonomy> Taxonomy::parse(std::string_view text) {
    if (text.empty() || text.size() > taxonomy_bytes_max) return fail(Fault::bad_size, "taxonomy");
    Taxonomy taxonomy;
    std::size_t number = 0;
    for (const auto line : split(text, '\n')) {
        const auto where = "line " + std::to_string(++number);
        if (line.empty() || line.front() == '#') continue;
        auto term = parse_term(line, where);
        if (!term) return std::unexpected(term.error());
        if (taxonomy.terms_.size() == taxonomy_terms_max) return fail(Fault::bad_size, "terms");
        if (!term->parent.empty() && !taxonomy.contains(term->parent))
            return fail(Fault::not_found, where + ": parent");
        if (!taxonomy.places_.emplace(term->id, taxonomy.terms_.size()).second)
            return fail(Fault::conflict, where + ": id");
        taxonomy.terms_.push_back(std::move(*term));
    }
    if (taxonomy.terms_.empty()) return fail(Fault::bad_size, "terms");
    return taxonomy;
}

const Term* Taxonomy::find(std::string_view id) const {
    const auto place = places_.find(id);
    return place == places_.end() ? nullptr : &terms_[place->second];
}

std::string_view Taxonomy::label(std::string_view id, std::string_view language) const {
    const Term* term = find(id);
    if (term == nullptr) return id;
    // Darija and the other Arabic vernaculars have no labels of their own yet; in Arabic letters a
    // reader of theirs reads the standard ones.
    const bool arabic = speaks(language, "ar") || language.find("-Arab") != std::string_view::npos;
    if (arabic) return term->arabic;
    return speaks(language, "fr") ? term->french : term->english;
}

Result<void> Taxonomies::add(std::string name, std::string_view text) {
    if (lists_.contains(name)) return fail(Fault::conflict, name);
    auto taxonomy = Taxonomy::parse(text);
    if (!taxonomy) return fail(taxonomy.error().fault, name + ": " + taxonomy.error().detail);
    lists_.emplace(std::move(name), std::move(*taxonomy));
    return {};
}

Taxonomies Taxonomies::of_any_time() {
    Taxonomies any;
    any.any_ = true;
    return any;
}

bool Taxonomies::contains(std::string_view taxonomy, std::string_view id) const {
    if (any_) return is_id(id);
    const Taxonomy* list = find(taxonomy);
    return list != nullptr && list->contains(id);
}

const Taxonomy* Taxonomies::find(std::string_view taxonomy) const {
    const auto list = lists_.find(taxonomy);
    return list == lists_.end() ? nullptr : &list->second;
}

std::span<const std::string_view> required_taxonomies() {
    static constexpr std::array<std::string_view, 32> names{
        "age-band",       "case-close",         "case-status",      "channel",
        "chi-reasons",    "consent-by",         "contact-action",   "contact-end",
        "contact-result", "cover-texts",        "decline-reasons",  "escalation-states",
        "gender",         "language",           "legal-hold",       "living",
        "message-kinds",  "offender",           "online-harm",      "referral-events",
        "referral-items", "referral-outcome",   "referral-states",  "requester",
        "service",        "services-requested", "settlement",       "transfer-basis",
        "urgency",        "vulnerable",         "withdraw-reasons", "withheld-reasons"};
    return names;
}

}  // namespace sanad::casework
