#include "core/node/settings.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

namespace sanad::node {
namespace {

struct Unit {
    std::string_view name;
    Duration length;
};
constexpr std::array<Unit, 5> units{{{"d", std::chrono::days(1)},
                                     {"h", std::chrono::hours(1)},
                                     {"min", std::chrono::minutes(1)},
                                     {"s", std::chrono::seconds(1)},
                                     {"ms", Duration(1)}}};
constexpr Duration duration_longest = std::chrono::days(10'000);

std::string in_ticks(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string list_of(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

// `: did you mean x?` or what there is instead.
std::string suggestion(std::string_view word, std::vector<std::string> known) {
    if (known.empty()) return ": remove it";
    const auto nearest =
        std::min_element(known.begin(), known.end(), [&](const auto& left, const auto& right) {
            return edit_distance(word, left) < edit_distance(word, right);
        });
    if (edit_distance(word, *nearest) <= std::max<std::size_t>(2, word.size() / 3))
        return ": did you mean " + in_ticks(*nearest) + "?";
    std::sort(known.begin(), known.end());
    return ": use one of " + list_of(known);
}

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t change = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

void Problems::add(Place place, std::string what) { found_.emplace_back(place, std::move(what)); }

std::string Problems::text() const {
    auto sorted = found_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& left, const auto& right) { return left.first < right.first; });
    std::string text;
    for (std::size_t i = 0; i < std::min(sorted.size(), problems_max); ++i) {
        const auto& [place, what] = sorted[i];
        text += (text.empty() ? "" : "\n") + file_ + ":" + std::to_string(place.line) + ":" +
                std::to_string(place.column) + ": " + what;
    }
    return text;
}

Result<Duration> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault == std::errc::result_out_of_range) return fail(Fault::invalid, "duration");
    if (fault != std::errc{} || text.starts_with('-')) return fail(Fault::malformed, "duration");
    std::string_view rest = text.substr(std::size_t(end - text.data()));
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    for (const Unit& unit : units) {
        if (rest != unit.name) continue;
        if (count > duration_longest / unit.length) return fail(Fault::invalid, "duration");
        return count * unit.length;
    }
    return fail(Fault::malformed, "duration");
}

std::string format(Duration duration) {
    for (const Unit& unit : units)
        if (duration.count() != 0 && duration % unit.length == Duration(0))
            return std::to_string(duration / unit.length) + " " + std::string(unit.name);
    return "0 s";
}

std::string Settings::path_to(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Place Settings::place_of(std::string_view key) const {
    if (table_ != nullptr)
        for (const TomlEntry& entry : table_->entries)
            if (entry.key == key) return entry.value.place;
    return place_;
}

void Settings::complain(std::string_view key, std::string_view what) {
    const std::string path = key.empty() ? path_ : path_to(key);
    problems_.add(place_of(key), path + ": " + std::string(what));
}

const TomlValue* Settings::ask(std::string_view key, TomlValue::Kind kind,
                               std::string_view wanted) {
    asked_.emplace_back(key);
    problems_.asked.insert(path_to(key));
    const TomlValue* value = table_ == nullptr ? nullptr : table_->find(key);
    if (value == nullptr || value->kind == kind) return value;
    complain(key, "write " + std::string(wanted));
    return nullptr;
}

std::string Settings::checked_text(std::string_view key, const TomlValue& value) {
    if (check_label(value.text, setting_text_bytes_max)) return value.text;
    problems_.add(value.place, path_to(key) +
                                   ": write 1 to 1,024 bytes in one line, in normal "
                                   "form C and without invisible characters");
    return {};
}

std::string Settings::text(std::string_view key, std::string_view otherwise) {
    const TomlValue* value = ask(key, TomlValue::Kind::text, "text in quotes");
    return value == nullptr ? std::string(otherwise) : checked_text(key, *value);
}

std::string Settings::prose(std::string_view key, std::string_view otherwise) {
    const TomlValue* value = ask(key, TomlValue::Kind::text, "text in quotes");
    if (value == nullptr) return std::string(otherwise);
    if (check_prose(value->text, setting_text_bytes_max)) return value->text;
    complain(key, "write 1 to 1,024 bytes without control characters other than line breaks");
    return {};
}

std::string Settings::required(std::string_view key, std::string_view example) {
    if (!has(key) && !problems_.list_keys)
        complain(key, "is missing: write for example " + std::string(key) + " = " +
                          json_string(example));
    return text(key);
}

std::vector<std::string> Settings::texts(std::string_view key, std::size_t count_max) {
    std::vector<std::string> texts;
    const TomlValue* value = ask(key, TomlValue::Kind::array, "a list of texts in [ ]");
    if (value == nullptr) return texts;
    if (value->items.size() > count_max)
        complain(key, "write at most " + std::to_string(count_max));
    for (const TomlValue& item : value->items) {
        if (item.kind == TomlValue::Kind::text)
            texts.push_back(checked_text(key, item));
        else
            problems_.add(item.place, path_to(key) + ": write text in quotes");
    }
    return texts;
}

bool Settings::truth(std::string_view key, bool otherwise) {
    const TomlValue* value = ask(key, TomlValue::Kind::truth, "true or false, without quotes");
    return value == nullptr ? otherwise : value->truth;
}

std::int64_t Settings::number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                              std::int64_t most) {
    const std::string range =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const TomlValue* value = ask(key, TomlValue::Kind::whole, range);
    if (value == nullptr) return otherwise;
    if (value->whole >= least && value->whole <= most) return value->whole;
    complain(key, "write " + range);
    return otherwise;
}

Duration Settings::duration(std::string_view key, Duration otherwise, Duration least,
                            Duration most) {
    const std::string wanted = "a duration from \"" + format(least) + "\" to \"" + format(most) +
                               "\", in quotes, with ms, s, min, h or d";
    const TomlValue* value = ask(key, TomlValue::Kind::text, wanted);
    if (value == nullptr) return otherwise;
    const auto duration = parse_duration(value->text);
    if (duration && *duration >= least && *duration <= most) return *duration;
    complain(key, "write " + wanted);
    return otherwise;
}

std::size_t Settings::choice(std::string_view key, std::span<const std::string_view> choices,
                             std::size_t otherwise) {
    const TomlValue* value = ask(key, TomlValue::Kind::text, "text in quotes");
    if (value == nullptr) return otherwise;
    const auto found = std::find(choices.begin(), choices.end(), value->text);
    if (found != choices.end()) return std::size_t(found - choices.begin());
    complain(key, json_string(value->text) + " is not known" +
                      suggestion(value->text, {choices.begin(), choices.end()}));
    return otherwise;
}

std::string Settings::json(std::string_view key) {
    const TomlValue* value = ask(key, TomlValue::Kind::table, "a table");
    if (value == nullptr) return "{}";
    if (auto json = to_json(*value)) return std::move(*json);
    complain(key, "holds a date, a time or no finite number: write it as text");
    return "{}";
}

Settings Settings::table(std::string_view key) {
    const TomlValue* value = ask(key, TomlValue::Kind::table, "a table");
    return {value, value == nullptr ? place_ : value->place, path_to(key), problems_};
}

void Settings::tables(std::string_view key, std::size_t count_max,
                      const std::function<void(Settings&)>& read) {
    const std::string wanted = "tables, each with [[" + path_to(key) + "]]";
    const TomlValue* value = ask(key, TomlValue::Kind::array, wanted);
    const auto read_one = [&](const TomlValue* item, Place place) {
        Settings settings(item, place, path_to(key) + "[]", problems_);
        read(settings);
        settings.finish();
    };
    if (problems_.list_keys) read_one(nullptr, place_);
    if (value == nullptr) return;
    if (value->items.size() > count_max)
        return complain(key, "write at most " + std::to_string(count_max));
    for (const TomlValue& item : value->items) {
        if (item.kind == TomlValue::Kind::table)
            read_one(&item, item.place);
        else
            problems_.add(item.place, path_to(key) + ": write " + wanted);
    }
}

void Settings::finish() {
    if (table_ == nullptr) return;
    for (const TomlEntry& entry : table_->entries)
        if (std::find(asked_.begin(), asked_.end(), entry.key) == asked_.end())
            problems_.add(entry.place,
                          path_to(entry.key) + ": no such setting" + suggestion(entry.key, asked_));
}

}  // namespace sanad::node
