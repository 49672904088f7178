#pragma once

#include "core/base/clock.h"
#include "core/node/toml_document.h"

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reading settings so that every mistake is found in one go and named with its place.
namespace sanad::node {

inline constexpr std::size_t problems_max = 20;  // reported at a time
inline constexpr std::size_t setting_text_bytes_max = 1024;

/// How many letters differ (Levenshtein): for a hint to who mistypes a word. threads  any
std::size_t edit_distance(std::string_view left, std::string_view right);

/// What is wrong with a file, each line `file:line:column: what is wrong: how to mend it`.
class Problems {
public:
    explicit Problems(std::string file) : file_(std::move(file)) {}

    void add(Place place, std::string what);
    bool none() const { return found_.empty(); }
    /// By place, one a line, at most problems_max.
    std::string text() const;

    /// Every key that was asked for, such as `federation.bind` or `staff[].name`.
    std::set<std::string> asked;
    /// Set to walk through all that can be asked: each array of tables then shows one empty table.
    bool list_keys = false;

private:
    std::string file_;
    std::vector<std::pair<Place, std::string>> found_;
};

/// `text` as a duration, such as `90 s`, `15 min`, `4 h`, `2 d`: a whole number and a unit.
/// errors  malformed · invalid: longer than 10,000 days
Result<Duration> parse_duration(std::string_view text);
/// With the largest unit that leaves a whole number.
std::string format(Duration duration);

/// One table of a file. What is missing or wrong is a problem, and then the value is `otherwise`,
/// or empty: reading goes on. A key that is there and was never asked for is a problem too, at
/// finish().
class Settings {
public:
    /// table  null: an empty one, at `place`
    Settings(const TomlValue* table, Place place, std::string path, Problems& problems)
        : table_(table), place_(place), path_(std::move(path)), problems_(problems) {}

    bool has(std::string_view key) const { return table_ != nullptr && table_->find(key); }
    Place place_of(std::string_view key) const;

    /// Text of one line, 1..setting_text_bytes_max bytes; an empty `otherwise` stands for none.
    std::string text(std::string_view key, std::string_view otherwise = {});
    /// The same of several lines.
    std::string prose(std::string_view key, std::string_view otherwise);
    /// The same, and a problem when there is none. `example` shows what to write.
    std::string required(std::string_view key, std::string_view example);
    std::vector<std::string> texts(std::string_view key, std::size_t count_max);
    bool truth(std::string_view key, bool otherwise);
    std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                        std::int64_t most);
    Duration duration(std::string_view key, Duration otherwise, Duration least, Duration most);
    /// Which of `choices` it is.
    std::size_t choice(std::string_view key, std::span<const std::string_view> choices,
                       std::size_t otherwise);
    /// The table there as JSON; `{}` when there is none.
    std::string json(std::string_view key);

    Settings table(std::string_view key);
    /// Each table of an array of tables, and then finishes it; see also Problems::list_keys.
    void tables(std::string_view key, std::size_t count_max,
                const std::function<void(Settings&)>& read);

    /// A problem with the value of `key`, or with the table when it is not there.
    void complain(std::string_view key, std::string_view what);
    /// Keys that nobody asked for. Once, at the end.
    void finish();

private:
    const TomlValue* ask(std::string_view key, TomlValue::Kind kind, std::string_view wanted);
    std::string path_to(std::string_view key) const;
    std::string checked_text(std::string_view key, const TomlValue& value);
    const TomlValue* table_;
    Place place_;
    std::string path_;
    Problems& problems_;
    std::vector<std::string> asked_;
};

}  // namespace sanad::node
