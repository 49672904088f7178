#include "core/casework/lexicon.h"

#include "core/base/fold.h"
#include "core/base/split.h"
#include "core/base/text.h"
#include "core/casework/lexicon_phrases.h"

#include <algorithm>
#include <optional>

namespace sanad::casework {
namespace {

bool is_kind_id(std::string_view id) {
    return !id.empty() && id.size() <= hint_kind_bytes_max && id != "no" &&
           std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Result<HintKind> parse_kind(std::string_view line) {
    const auto columns = split(line, '\t');
    if (columns.size() != 5 && columns.size() != 6)
        return fail(Fault::malformed, "five columns are wanted");
    if (!is_kind_id(columns[0])) return fail(Fault::malformed, "an id is of a-z and _");
    const auto level = urgency_from(columns[1]);
    if (!level || *level > Urgency::u2) return fail(Fault::unsupported, "a level is U0, U1 or U2");
    for (std::size_t label = 2; label < 5; ++label)
        if (!check_label(columns[label], hint_label_bytes_max))
            return fail(Fault::malformed, "a label is empty, too long or not in form C");
    if (columns.size() == 6 && columns[5] != "severe")
        return fail(Fault::unsupported, "the sixth column says severe, or is not there");
    return HintKind{.id = std::string(columns[0]),
                    .level = *level,
                    .english = std::string(columns[2]),
                    .french = std::string(columns[3]),
                    .arabic = std::string(columns[4]),
                    .severe = columns.size() == 6};
}

/// A word of a phrase as a key. errors  malformed: none, or several
Result<std::string> key_of(std::string_view word) {
    auto words = fold_words(word);
    if (words.size() != 1 || words.front().first != 0 || words.front().length != word.size())
        return fail(Fault::malformed, "not one word: " + std::string(word));
    return std::move(words.front().key);
}

std::size_t letters_of(std::string_view key) {
    return std::size_t(std::ranges::count_if(
        key, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Result<PhraseChoice> parse_choice(std::string_view text) {
    const bool skeleton = text.starts_with('~'), letters = text.starts_with('=');
    if (skeleton || letters) text.remove_prefix(1);
    const bool beginning = text.ends_with('*');
    if (beginning) text.remove_suffix(1);
    if (beginning && (skeleton || letters))
        return fail(Fault::malformed, "* goes with neither ~ nor =");
    auto key = key_of(text);
    if (!key) return std::unexpected(key.error());
    if (letters) {
        if (std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }))
            return fail(Fault::malformed, "= wants small letters");
        return PhraseChoice{PhraseChoice::How::letters, std::string(text)};
    }
    if (beginning) {
        if (letters_of(*key) < beginning_letters_min)
            return fail(Fault::malformed, "* wants 3 letters before it");
        return PhraseChoice{PhraseChoice::How::beginning, std::move(*key)};
    }
    if (!skeleton) return PhraseChoice{PhraseChoice::How::key, std::move(*key)};
    auto bones = skeleton_of(*key);
    if (letters_of(bones) < skeleton_letters_min)
        return fail(Fault::malformed, "~ wants 4 letters beside the vowels: " + std::string(text));
    return PhraseChoice{PhraseChoice::How::skeleton, std::move(bones)};
}

Result<PhraseWord> parse_word(std::string_view text) {
    PhraseWord word;
    word.optional = text.ends_with('?');
    if (word.optional) text.remove_suffix(1);
    for (const auto part : split(text, '|')) {
        auto choice = parse_choice(part);
        if (!choice) return std::unexpected(choice.error());
        word.choices.push_back(std::move(*choice));
    }
    if (word.choices.size() > phrase_choices_max)
        return fail(Fault::bad_size, "too many choices for one word");
    return word;
}

Result<Phrase> parse_phrase(std::string_view text, std::size_t kind) {
    Phrase phrase{.kind = kind, .words = {}};
    bool gap = false;
    std::size_t gaps = 0;
    for (const auto part : split(text, ' ')) {
        if (part.empty()) return fail(Fault::malformed, "one space between words");
        if (part == "...") {
            if (gap || phrase.words.empty() || ++gaps > phrase_gaps_max)
                return fail(Fault::malformed, "... stands between words, at most 3 times");
            gap = true;
            continue;
        }
        auto word = parse_word(part);
        if (!word) return std::unexpected(word.error());
        if (word->optional && phrase.words.empty())
            return fail(Fault::malformed, "the first word is needed");
        word->gap_before = std::exchange(gap, false);
        phrase.words.push_back(std::move(*word));
    }
    if (gap) return fail(Fault::malformed, "... stands between words, at most 3 times");
    if (phrase.words.empty() || phrase.words.size() > phrase_words_max)
        return fail(Fault::bad_size, "1 to 10 words are wanted");
    return phrase;
}

class Reading {
public:
    explicit Reading(Lexicon::Phrases& into) : into_(into) {}

    Result<void> kind_line(std::string_view line) {
        auto kind = parse_kind(line);
        if (!kind) return std::unexpected(kind.error());
        if (into_.kinds.size() == hint_kinds_max) return fail(Fault::bad_size, "too many kinds");
        if (place_of(kind->id)) return fail(Fault::conflict, "this id stands there twice");
        into_.kinds.push_back(std::move(*kind));
        return {};
    }

    Result<void> phrase_line(std::string_view line) {
        const auto columns = split(line, '\t');
        if (columns.size() != 2) return fail(Fault::malformed, "two columns are wanted");
        if (columns[0] == "no") return negation(columns[1]);
        std::optional<std::size_t> kind = Phrase::harmless;
        if (columns[0] != "-") kind = place_of(columns[0]);
        if (!kind) return fail(Fault::not_found, "no such kind: " + std::string(columns[0]));
        auto phrase = parse_phrase(columns[1], *kind);
        if (!phrase) return std::unexpected(phrase.error());
        if (into_.phrases.size() == phrases_max) return fail(Fault::bad_size, "too many phrases");
        place(phrase->words.front(), static_cast<std::uint32_t>(into_.phrases.size()));
        into_.phrases.push_back(std::move(*phrase));
        return {};
    }

private:
    // As it is written: folded, the لا of one language is the la of another.
    Result<void> negation(std::string_view word) {
        if (const auto key = key_of(word); !key) return std::unexpected(key.error());
        into_.negations.emplace(word);
        return {};
    }

    void place(const PhraseWord& first, std::uint32_t number) {
        for (const auto& choice : first.choices) {
            if (choice.how == PhraseChoice::How::skeleton)
                into_.by_skeleton[choice.text].push_back(number);
            else if (choice.how == PhraseChoice::How::letters)
                into_.by_key[*key_of(choice.text)].push_back(number);
            else if (choice.how == PhraseChoice::How::key)
                into_.by_key[choice.text].push_back(number);
            else
                into_
                    .by_beginning[std::string(
                        letters_of(choice.text) == beginning_letters_min
                            ? choice.text
                            : beginning_of(choice.text, beginning_letters_min))]
                    .push_back(number);
        }
    }

    std::optional<std::size_t> place_of(std::string_view kind) const {
        const auto found = std::ranges::find(into_.kinds, kind, &HintKind::id);
        if (found == into_.kinds.end()) return std::nullopt;
        return std::size_t(found - into_.kinds.begin());
    }

    Lexicon::Phrases& into_;
};

template <typename Read>
Result<void> for_lines(const Lexicon::File& file, const Read& read) {
    if (file.text.empty() || file.text.size() > lexicon_bytes_max)
        return fail(Fault::bad_size, file.name + ": is empty or too large");
    std::size_t number = 0;
    for (const auto line : split(file.text, '\n')) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        if (const auto done = read(line); !done)
            return fail(done.error().fault, file.name + ": line " + std::to_string(number) + ": " +
                                                done.error().detail);
    }
    return {};
}

}  // namespace

Lexicon::Lexicon() : phrases_(std::make_unique<Phrases>()) {}
Lexicon::Lexicon(Lexicon&&) noexcept = default;
Lexicon& Lexicon::operator=(Lexicon&&) noexcept = default;
Lexicon::~Lexicon() = default;

Result<Lexicon> Lexicon::parse(const File& kinds, std::span<const File> phrases) {
    Lexicon lexicon;
    Reading reading(*lexicon.phrases_);
    if (const auto read =
            for_lines(kinds, [&](std::string_view line) { return reading.kind_line(line); });
        !read)
        return std::unexpected(read.error());
    for (const auto& file : phrases)
        if (const auto read =
                for_lines(file, [&](std::string_view line) { return reading.phrase_line(line); });
            !read)
            return std::unexpected(read.error());
    return lexicon;
}

std::span<const HintKind> Lexicon::kinds() const { return phrases_->kinds; }

const HintKind* Lexicon::find(std::string_view id) const {
    const auto found = std::ranges::find(phrases_->kinds, id, &HintKind::id);
    return found == phrases_->kinds.end() ? nullptr : &*found;
}

std::size_t Lexicon::phrase_count() const { return phrases_->phrases.size(); }

}  // namespace sanad::casework
