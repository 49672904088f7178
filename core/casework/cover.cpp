#include "core/casework/cover.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>

namespace sanad::casework {
namespace {

using enum CoverReason;

struct ReasonText {
    std::string_view name, words;
};
constexpr std::array<ReasonText, 13> texts{{
    {"open", "is open now"},
    {"language", "speaks the child's language"},
    {"service", "offers what is asked for"},
    {"age", "helps children of this age"},
    {"room", "has room"},
    {"preferred", "is one of the fallback nodes"},
    {"closed", "is closed now"},
    {"no_roster", "has published no roster that is in force"},
    {"other_language", "does not speak the child's language"},
    {"other_service", "does not offer what is asked for"},
    {"other_age", "does not help children of this age"},
    {"other_kind", "does not take this kind of request"},
    {"full", "is full: all it can take at once is taken"},
}};

bool is_objection(CoverReason reason) { return reason >= closed; }

std::string_view first_part(std::string_view tag) { return tag.substr(0, tag.find('-')); }

bool speaks(const std::vector<std::string>& spoken, const std::vector<std::string>& wanted) {
    return std::ranges::any_of(wanted, [&](const std::string& tag) {
        return std::ranges::any_of(
            spoken, [&](const std::string& each) { return first_part(each) == first_part(tag); });
    });
}

bool share_one(const std::vector<std::string>& offered, const std::vector<std::string>& wanted) {
    return std::ranges::any_of(wanted, [&](const std::string& word) {
        return std::ranges::find(offered, word) != offered.end();
    });
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
    return std::ranges::find(words, word) != words.end();
}

/// What the roster says; without one only overflow minds.
void judge_roster(const Helper& helper, const Need& need, Choice& choice) {
    const bool in_force = helper.roster && need.now < helper.roster->valid_until;
    if (!in_force) {
        if (need.kind == "overflow") choice.reasons.push_back(no_roster);
        return;
    }
    const Roster& roster = *helper.roster;
    choice.hours = hours_at(roster, need.now);
    if (choice.hours)
        choice.reasons.push_back(open);
    else if (need.kind == "overflow")
        choice.reasons.push_back(closed);
    if (!need.kind.empty() && !holds(roster.kinds, need.kind)) choice.reasons.push_back(other_kind);
    if (!need.age_band.empty() && !roster.age_bands.empty())
        choice.reasons.push_back(holds(roster.age_bands, need.age_band) ? age : other_age);
    choice.room = roster.capacity - std::min(roster.capacity, helper.open_offers);
    if (need.kind == "overflow") choice.reasons.push_back(choice.room > 0 ? room : full);
}

Choice judge(const Helper& helper, const Need& need) {
    Choice choice{.node = helper.node, .fits = false, .reasons = {}, .room = 0, .hours = {}};
    if (helper.is_preferred) choice.reasons.push_back(preferred);
    judge_roster(helper, need, choice);
    const auto& spoken = helper.roster ? helper.roster->languages : helper.languages;
    if (!need.languages.empty())
        choice.reasons.push_back(speaks(spoken, need.languages) ? language : other_language);
    if (!need.services.empty() && !helper.services.empty())
        choice.reasons.push_back(share_one(helper.services, need.services) ? service
                                                                           : other_service);
    choice.fits = std::ranges::none_of(choice.reasons, is_objection);
    return choice;
}

/// Per mille of what the helper can take at once that is free; one without a roster counts as half.
std::uint64_t free_share(const Helper& helper, const Choice& choice) {
    if (!helper.roster) return 500;
    return std::uint64_t(choice.room) * 1000 / std::max(helper.roster->capacity, 1U);
}

std::string clock_text(std::uint16_t minute) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%02u:%02u", minute / 60U % 25U, minute % 60U);
    return text.data();
}

}  // namespace

std::string_view name(CoverReason reason) {
    const auto place = static_cast<std::size_t>(reason);
    return place < texts.size() ? texts[place].name : std::string_view{};
}

std::string_view words(CoverReason reason) {
    const auto place = static_cast<std::size_t>(reason);
    return place < texts.size() ? texts[place].words : std::string_view{};
}

std::vector<Choice> rank(std::span<const Helper> helpers, const Need& need) {
    struct Place {
        Choice choice;
        std::int64_t objections;
        bool is_last;  // not preferred
        std::uint64_t taken_share;
        std::int64_t asked_last;
    };
    std::vector<Place> places;
    for (const Helper& helper : helpers) {
        auto choice = judge(helper, need);
        const auto objections = std::ranges::count_if(choice.reasons, is_objection);
        const auto taken = 1000 - free_share(helper, choice);
        places.push_back({std::move(choice), objections, !helper.is_preferred, taken,
                          helper.asked_last ? helper.asked_last->ms : INT64_MIN});
    }
    std::ranges::sort(places, {}, [](const Place& place) {
        return std::tie(place.objections, place.is_last, place.taken_share, place.asked_last,
                        place.choice.node.text);
    });
    std::vector<Choice> ranked;
    for (Place& place : places) ranked.push_back(std::move(place.choice));
    return ranked;
}

std::string explain(const Choice& choice) {
    std::string text = choice.node.text;
    bool first = true;
    for (const CoverReason reason : choice.reasons) {
        if (!choice.fits && !is_objection(reason)) continue;
        text += (first ? " " : ", ") + std::string(words(reason));
        first = false;
        if (reason == open && choice.hours) text += " until " + clock_text(choice.hours->until);
        if (reason == room) text += " for " + std::to_string(choice.room);
    }
    return text + (first ? " can be asked." : ".");
}

}  // namespace sanad::casework
