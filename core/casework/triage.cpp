#include "core/casework/triage.h"

#include "core/base/fold.h"
#include "core/casework/lexicon_phrases.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace sanad::casework {
namespace {

/// A word of the text in every form that a phrase may ask for.
struct Word {
    std::string key, stem, skeleton;
    std::string_view letters;
    std::uint32_t first, end;
};

struct Found {
    std::size_t kind;
    std::uint32_t first, end;
};

std::vector<Word> read(std::string_view text) {
    std::vector<Word> words;
    for (auto& word : fold_words(text)) {
        if (words.size() == triage_words_max) break;
        Word out{.key = std::move(word.key),
                 .stem = {},
                 .skeleton = {},
                 .letters = text.substr(word.first, word.length),
                 .first = word.first,
                 .end = word.first + word.length};
        if (word.arabic) out.stem = stem_of(out.key);
        out.skeleton = skeleton_of(out.key);
        words.push_back(std::move(out));
    }
    return words;
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool fits(const Word& word, const PhraseChoice& choice) {
    switch (choice.how) {
        case PhraseChoice::How::key:
            return word.key == choice.text || word.stem == choice.text;
        case PhraseChoice::How::beginning:
            return word.key.starts_with(choice.text) || word.stem.starts_with(choice.text);
        case PhraseChoice::How::skeleton:
            return word.skeleton == choice.text;
        case PhraseChoice::How::letters:
            return std::ranges::equal(word.letters, choice.text, {}, small);
    }
    return false;
}

bool fits(const Word& word, const PhraseWord& wanted) {
    return std::ranges::any_of(wanted.choices,
                               [&](const auto& choice) { return fits(word, choice); });
}

class Search {
public:
    Search(const std::vector<Word>& words, const Lexicon::Phrases& lexicon)
        : words_(words), lexicon_(lexicon) {}

    /// What points somewhere, and the ranges of harmless phrases.
    struct Outcome {
        std::vector<Found> found, harmless;
    };

    Outcome run() {
        for (at_ = 0; at_ < words_.size(); ++at_) {
            const auto& word = words_[at_];
            look(lexicon_.by_key, word.key);
            look(lexicon_.by_key, word.stem);
            look(lexicon_.by_skeleton, word.skeleton);
            look_by_beginning(word.key);
            look_by_beginning(word.stem);
        }
        return std::move(outcome_);
    }

private:
    void look_by_beginning(std::string_view key) {
        // Three letters are three, six or more bytes; a word of exactly three is its own beginning.
        const auto beginning = beginning_of(key, beginning_letters_min);
        look(lexicon_.by_beginning, beginning.empty() ? key : beginning);
    }

    void look(const Lexicon::Phrases::Places& places, std::string_view form) {
        if (form.empty()) return;
        const auto entry = places.find(form);
        if (entry == places.end()) return;
        for (const auto number : entry->second) {
            const auto& phrase = lexicon_.phrases[number];
            if (!fits(words_[at_], phrase.words.front())) continue;
            const auto last = rest(phrase, 1, at_ + 1, false);
            if (!last) continue;
            auto& into = phrase.kind == Phrase::harmless ? outcome_.harmless : outcome_.found;
            into.push_back({phrase.kind, words_[at_].first, words_[*last].end});
        }
    }

    /// Whether the words of `phrase` from `wanted` on stand at `at`; the place of the last one.
    /// `gap`: an optional word that is not there had a gap before it.
    std::optional<std::size_t> rest(const Phrase& phrase, std::size_t wanted, std::size_t at,
                                    bool gap) {
        if (wanted == phrase.words.size()) return at - 1;
        if (++steps_ > triage_steps_max) return std::nullopt;
        const auto& word = phrase.words[wanted];
        gap |= word.gap_before;
        const std::size_t steps = gap ? gap_words_max : 0;
        for (std::size_t step = 0; step <= steps && at + step < words_.size(); ++step) {
            if (fits(words_[at + step], word))
                if (const auto last = rest(phrase, wanted + 1, at + step + 1, false)) return last;
            // What is denied in between is not what the phrase says.
            if (negates(words_[at + step])) break;
        }
        if (word.optional) return rest(phrase, wanted + 1, at, gap);
        return std::nullopt;
    }

    bool negates(const Word& word) const {
        std::string letters(word.letters);
        std::ranges::transform(letters, letters.begin(), small);
        return lexicon_.negations.contains(letters);
    }

    const std::vector<Word>& words_;
    const Lexicon::Phrases& lexicon_;
    std::size_t at_ = 0, steps_ = 0;
    Outcome outcome_;
};

/// Ranges that do not touch one another, in order.
std::vector<Found> joined(std::vector<Found> ranges) {
    std::ranges::sort(ranges, {}, &Found::first);
    std::vector<Found> out;
    for (const auto& range : ranges) {
        if (!out.empty() && range.first < out.back().end)
            out.back().end = std::max(out.back().end, range.end);
        else
            out.push_back(range);
    }
    return out;
}

bool touches(const Found& one, const std::vector<Found>& ranges) {
    const auto behind = std::ranges::upper_bound(ranges, one.first, {}, &Found::end);
    return behind != ranges.end() && behind->first < one.end;
}

}  // namespace

std::vector<Hint> hints(std::string_view text, const Lexicon& lexicon) {
    const auto& phrases = lexicon.phrases();
    const auto words = read(text);
    auto [found, harmless] = Search(words, phrases).run();
    harmless = joined(std::move(harmless));
    std::vector<const Found*> first(phrases.kinds.size());
    for (const auto& one : found) {
        if (touches(one, harmless)) continue;
        auto& kept = first[one.kind];
        if (kept == nullptr || one.first < kept->first ||
            (one.first == kept->first && one.end > kept->end))
            kept = &one;
    }
    std::vector<Hint> out;
    for (const auto* one : first)
        if (one != nullptr)
            out.push_back({.kind = phrases.kinds[one->kind].id,
                           .level = phrases.kinds[one->kind].level,
                           .first = one->first,
                           .length = one->end - one->first});
    std::ranges::stable_sort(out, [](const Hint& a, const Hint& b) {
        return std::tie(a.level, a.first) < std::tie(b.level, b.first);
    });
    if (out.size() > hints_per_text_max) out.resize(hints_per_text_max);
    return out;
}

Urgency more_urgent(Urgency one, Urgency other) {
    if (one == Urgency::none) return other;
    if (other == Urgency::none) return one;
    return std::min(one, other);
}

}  // namespace sanad::casework
