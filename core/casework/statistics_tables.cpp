#include "core/casework/statistics_tables.h"

#include "core/base/split.h"

#include <vector>

namespace sanad::casework {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view hidden_word = "hidden";
constexpr std::string_view non_counselling = "NC";

void add_row(std::string& csv, const std::vector<std::string_view>& fields) {
    bool first = true;
    for (const auto field : fields) {
        if (!first) csv += ',';
        first = false;
        csv += csv_field(field);
    }
    csv += line_end;
}

std::string count_field(const CountCell& cell, std::uint64_t smallest) {
    if (cell.told == Told::count) return std::to_string(cell.count);
    if (cell.told == Told::small) return "<" + std::to_string(smallest);
    return std::string(hidden_word);
}

std::string_view label_of(const Taxonomies& taxonomies, std::string_view list,
                          std::string_view id) {
    if (id == not_written_down) return "Not written down";
    const Taxonomy* words = taxonomies.find(list);
    return words == nullptr ? id : words->label(id, "en");
}

/// The cells `table|of|key` of one table by `of`: what is told of each adds up to a number that
/// others may know.
using Blocks = std::map<std::string, std::vector<CountCell>>;

Blocks blocks_of(std::string_view table, std::size_t words_of_block, const CountsByCell& counts) {
    Blocks blocks;
    for (const auto& [cell, count] : counts) {
        const auto words = split(cell, '|');
        if (words.front() != table || words.size() <= words_of_block + 1 || count == 0) continue;
        std::string block, key;
        for (std::size_t i = 1; i < words.size(); ++i) {
            std::string& to = i <= words_of_block ? block : key;
            if (!to.empty()) to += '|';
            to += words[i];
        }
        blocks[block].push_back({std::move(key), count, Told::count});
    }
    return blocks;
}

}  // namespace

std::string csv_field(std::string_view text) {
    std::string field(text);
    // A quotation mark before it: a spreadsheet then takes it for text.
    constexpr std::string_view begins_formula = "=+-@\t\r";
    if (!field.empty() && begins_formula.contains(field.front())) field.insert(0, 1, '\'');
    if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
    std::string quoted = "\"";
    for (const char c : field) {
        if (c == '"') quoted += c;
        quoted += c;
    }
    return quoted + '"';
}

std::string chi_year(std::string_view year, const CountsByCell& counts, std::uint64_t smallest,
                     const Taxonomies& taxonomies) {
    std::string csv;
    add_row(csv, {"year", "part", "group", "group_label", "reason", "reason_label", "gender",
                  "gender_label", "age_band", "age_band_label", "contacts"});
    const Taxonomy* reasons = taxonomies.find("chi-reasons");
    for (auto& [reason, cells] : blocks_of("chi", 1, counts)) {
        const Term* term = reasons == nullptr ? nullptr : reasons->find(reason);
        const std::string_view group =
            term == nullptr || term->parent.empty() ? std::string_view(reason) : term->parent;
        const std::string_view part = group == non_counselling    ? "non_counselling"
                                      : group == not_written_down ? "not_written_down"
                                                                  : "counselling";
        const auto row = [&](std::string_view gender, std::string_view age,
                             std::string_view count) {
            add_row(csv, {year, part, group, label_of(taxonomies, "chi-reasons", group), reason,
                          label_of(taxonomies, "chi-reasons", reason), gender,
                          gender.empty() ? "" : label_of(taxonomies, "gender", gender), age,
                          age.empty() ? "" : label_of(taxonomies, "age-band", age), count});
        };
        auto block = cells;
        hide_small(block, smallest);
        if (block.empty()) row("", "", hidden_word);
        for (const auto& cell : block) {
            const auto words = split(cell.key, '|');
            if (words.size() == 2) row(words[0], words[1], count_field(cell, smallest));
        }
    }
    return csv;
}

std::string bik_quarter(std::string_view quarter, const CountsByCell& counts,
                        std::uint64_t smallest, const Taxonomies& taxonomies) {
    constexpr std::pair<std::string_view, std::string_view> lists[] = {{"channel", "channel"},
                                                                       {"age", "age-band"},
                                                                       {"gender", "gender"},
                                                                       {"requester", "requester"},
                                                                       {"service", "service"}};
    std::string csv;
    add_row(csv, {"quarter", "topic", "topic_label", "by", "key", "key_label", "contacts"});
    for (auto& [name, cells] : blocks_of("bik", 2, counts)) {
        const auto words = split(name, '|');
        const auto topic = words[0];
        const auto by = words[1];
        std::string_view list;
        for (const auto& [dimension, words_of] : lists)
            if (dimension == by) list = words_of;
        const auto row = [&](std::string_view key, std::string_view count) {
            add_row(csv, {quarter, topic, label_of(taxonomies, "online-harm", topic), by, key,
                          key.empty() ? "" : label_of(taxonomies, list, key), count});
        };
        auto block = cells;
        hide_small(block, smallest);
        if (block.empty()) row("", hidden_word);
        for (const auto& cell : block) row(cell.key, count_field(cell, smallest));
    }
    return csv;
}

}  // namespace sanad::casework
