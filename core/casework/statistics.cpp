#include "core/casework/statistics.h"

#include "core/base/time_text.h"

#include <algorithm>
#include <array>
#include <set>

namespace sanad::casework {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t hour_ms = 3'600'000;

constexpr std::array<std::string_view, 16> dimensions{
    "day",  "hour",  "channel", "language", "urgency", "end",    "outcome",   "action",
    "wait", "group", "reason",  "harm",     "age",     "gender", "requester", "service"};

struct WaitStep {
    std::chrono::minutes under;
    std::string_view key;
};
constexpr std::array<WaitStep, 5> wait_steps{{{std::chrono::minutes(1), "under_1"},
                                              {std::chrono::minutes(2), "under_2"},
                                              {std::chrono::minutes(5), "under_5"},
                                              {std::chrono::minutes(15), "under_15"},
                                              {std::chrono::minutes(60), "under_60"}}};
constexpr std::string_view wait_longest = "longer";

std::string cell(std::initializer_list<std::string_view> words) {
    std::string text;
    for (const auto word : words) {
        if (!text.empty()) text += '|';
        text += word;
    }
    return text;
}

std::string or_none(std::string_view word) {
    return std::string(word.empty() ? not_written_down : word);
}

std::string of_list(const Taxonomies& taxonomies, std::string_view list, std::string_view word) {
    if (word.empty()) return std::string(not_written_down);
    return std::string(taxonomies.contains(list, word) ? word : in_no_list);
}

std::string answer_to(std::span<const FormAnswer> answers, std::string_view field) {
    const auto found = std::ranges::find(answers, field, &FormAnswer::field);
    return found == answers.end() || found->values.empty() ? std::string() : found->values.front();
}

// The case's word, else the contact's.
const std::string& rather(const std::string& of_case, const std::string& of_contact) {
    return of_case.empty() ? of_contact : of_case;
}

struct Reasons {
    std::set<std::string> groups, reasons, harms;
};

Reasons sort_reasons(const std::vector<std::string>& given, const Taxonomies& taxonomies) {
    Reasons sorted;
    const Taxonomy* chi = taxonomies.find("chi-reasons");
    const Taxonomy* harms = taxonomies.find("online-harm");
    if (chi == nullptr || harms == nullptr) return sorted;
    const auto add = [&](std::string_view id) {
        const Term* term = chi->find(id);
        if (term == nullptr) return;
        sorted.reasons.insert(term->id);
        sorted.groups.insert(term->parent.empty() ? term->id : term->parent);
    };
    for (const auto& id : given) {
        add(id);
        const Term* harm = harms->find(id);
        if (harm == nullptr) continue;
        sorted.harms.insert(harm->id);
        constexpr std::string_view names_reason = "chi:";
        for (const std::string_view flag : harm->flags)
            if (flag.starts_with(names_reason)) add(flag.substr(names_reason.size()));
    }
    if (sorted.reasons.empty()) {
        sorted.reasons.emplace(not_written_down);
        sorted.groups.emplace(not_written_down);
    }
    return sorted;
}

}  // namespace

std::span<const std::string_view> statistics_dimensions() { return dimensions; }

bool is_statistics_dimension(std::string_view name) {
    return std::ranges::find(dimensions, name) != dimensions.end();
}

bool counts(const Contact& contact) { return contact.channel != "drill"; }

std::string_view wait_key(Duration waited) {
    for (const auto& step : wait_steps)
        if (waited < step.under) return step.key;
    return wait_longest;
}

std::string_view waited(const Contact& contact, std::span<const ContactEvent> events) {
    const auto picked_up = picked_up_at(events);
    return picked_up ? wait_key(*picked_up - contact.created_at) : wait_never;
}

CountedAt counted_at(Time arrived, Duration ahead_of_utc) {
    const std::int64_t local = std::max<std::int64_t>((arrived + ahead_of_utc).ms, 0);
    return {day_of({local}), static_cast<std::uint8_t>(local % day_ms / hour_ms)};
}

Result<std::uint32_t> day_from(std::string_view text) {
    constexpr std::size_t length = std::string_view("2026-01-31").size();
    if (text.size() != length) return fail(Fault::malformed, "day");
    const auto midnight = parse_time(std::string(text) + "T00:00:00Z");
    if (!midnight || midnight->ms < 0) return fail(Fault::malformed, "day");
    return day_of(*midnight);
}

std::string day_text(std::uint32_t day) {
    return format_time(Time{std::int64_t(day) * day_ms})
        .substr(0, std::string_view("2026-01-31").size());
}

CountedAs counted_as(const ToCount& what, const Taxonomies& taxonomies) {
    const Contact& contact = what.contact;
    const CaseFile none;
    const CaseFile& file = what.file == nullptr ? none : *what.file;
    const auto in = [&](std::string_view list, std::string_view word) {
        return of_list(taxonomies, list, word);
    };
    const auto& languages = contact.languages.empty() ? file.languages : contact.languages;
    const auto channel = in("channel", contact.channel);
    const auto age = in("age-band", rather(file.age_band, contact.age_band));
    const auto gender = in("gender", file.gender);
    const auto requester =
        in("requester", rather(answer_to(what.answers, "requester"), contact.requester));
    const auto service = in("service", answer_to(what.answers, "service"));
    const auto urgency =
        or_none(name(contact.urgency == Urgency::none ? file.urgency : contact.urgency));
    const auto sorted =
        sort_reasons(file.reasons.empty() ? contact.topics : file.reasons, taxonomies);

    CountedAs as;
    const auto count = [&](std::string_view by, std::string_view key) {
        as.of_day.push_back(cell({by, key}));
    };
    const std::string hour = std::to_string(what.at.hour);
    count("hour", hour.size() == 1 ? "0" + hour : hour);
    count("channel", channel);
    count("language", in("language", languages.empty() ? std::string_view() : languages.front()));
    count("urgency", urgency);
    count("end", in("contact-end", contact.end_reason));
    count("outcome", in("contact-result", contact.result));
    count("wait", what.wait);
    count("age", age);
    count("gender", gender);
    count("requester", requester);
    if (service != not_written_down) count("service", service);
    for (const auto& action : std::set<std::string>(what.actions.begin(), what.actions.end()))
        count("action", in("contact-action", action));
    for (const auto& group : sorted.groups) count("group", group);
    for (const auto& reason : sorted.reasons) {
        count("reason", reason);
        as.of_month.push_back(cell({"chi", reason, gender, age}));
    }
    for (const auto& harm : sorted.harms) {
        count("harm", harm);
        const std::array<std::pair<std::string_view, std::string_view>, 5> beside{
            {{"channel", channel},
             {"age", age},
             {"gender", gender},
             {"requester", requester},
             {"service", service}}};
        for (const auto& [by, key] : beside) as.of_month.push_back(cell({"bik", harm, by, key}));
    }
    return as;
}

void hide_small(std::vector<CountCell>& block, std::uint64_t smallest) {
    std::ranges::stable_sort(block, {}, &CountCell::count);
    const auto small = static_cast<std::size_t>(
        std::ranges::count_if(block, [&](const CountCell& each) { return each.count < smallest; }));
    std::uint64_t total = 0;
    for (const auto& each : block) total += each.count;
    if (total < smallest) {
        for (auto& each : block) each.told = Told::small;
    } else if (small > 0) {
        std::size_t hidden = small;
        // The counts of these follow from their sum: one, or all the least or all the most that
        // a hidden one can be.
        const auto plain = [&] {
            const auto first = block.front().count;
            const bool same = first == block[hidden - 1].count;
            return hidden < 2 || (same && (first == 1 || first + 1 == smallest));
        };
        while (hidden < block.size() && plain()) ++hidden;
        if (plain()) return block.clear();
        if (hidden > small)
            while (hidden < block.size() && block[hidden].count == block[hidden - 1].count)
                ++hidden;
        for (std::size_t i = 0; i < hidden; ++i)
            block[i].told = hidden == small ? Told::small : Told::together;
    }
    std::ranges::sort(block, {}, &CountCell::key);
}

}  // namespace sanad::casework
