// The part of Service that is about counts: never about a person.
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/casework/statistics_tables.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sanad::api {

using casework::CountCell;
using casework::Told;

namespace {

constexpr std::uint32_t days_max = 400;
constexpr std::size_t file_bytes_max = 900 << 10;

/// The cells of each dimension. A reason's block is its group's: the group is told as well.
using Blocks = std::map<std::string, std::vector<CountCell>>;

Blocks blocks_of(const Statistics::Counts& counts, const casework::Taxonomies& taxonomies) {
    Blocks blocks;
    const auto* reasons = taxonomies.find("chi-reasons");
    for (const auto& [cell, count] : counts) {
        const auto end = cell.find('|');
        if (end == std::string::npos || count == 0) continue;
        const std::string by = cell.substr(0, end);
        std::string block = by;
        const std::string key = cell.substr(end + 1);
        if (by == "reason") {
            const auto* term = reasons == nullptr ? nullptr : reasons->find(key);
            block += "|" + (term == nullptr || term->parent.empty() ? key : term->parent);
        }
        blocks[block].push_back({key, count, Told::count});
    }
    return blocks;
}

Result<std::uint32_t> whole_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size())
        return fail(Fault::malformed, "period");
    return number;
}

/// The first month of `2026`, or of `2026-Q1`, as Statistics::months() counts.
Result<std::uint32_t> first_month(std::string_view period, bool of_quarter) {
    constexpr std::size_t year_length = 4;
    const auto year = whole_number(period.substr(0, year_length));
    if (!year || *year < 1970) return fail(Fault::malformed, "period");
    if (!of_quarter) {
        if (period.size() != year_length) return fail(Fault::malformed, "period");
        return *year * 12;
    }
    const auto rest = period.substr(year_length);
    if (rest.size() != 3 || !rest.starts_with("-Q") || rest[2] < '1' || rest[2] > '4')
        return fail(Fault::malformed, "period");
    return *year * 12 + 3 * static_cast<std::uint32_t>(rest[2] - '1');
}

}  // namespace

Result<void> Service::statistics_show(Context& context, In request, Out reply) {
    const auto in = request.getStatisticsShow();
    const auto first = casework::day_from(from_text(in.getFrom()));
    const auto last = casework::day_from(from_text(in.getUntil()));
    if (!first || !last) return fail(Fault::malformed, "day");
    if (*last < *first) return fail(Fault::denied, "period_backwards");
    if (*last - *first >= days_max) return fail(Fault::denied, "period_too_long");
    const auto by = texts_from(in.getBy());
    if (!by) return std::unexpected(by.error());
    if (!std::ranges::all_of(*by, casework::is_statistics_dimension))
        return fail(Fault::unsupported, "by");
    const auto wanted = [&](std::string_view name) {
        return by->empty() || std::ranges::find(*by, name) != by->end();
    };

    const auto days = parts_.statistics.days(context.from, *first, *last);
    if (!days) return std::unexpected(days.error());
    Statistics::Counts sum;
    std::uint64_t contacts = 0;
    for (const auto& [day, counts] : *days) {
        std::uint64_t of_day = 0;
        for (const auto& [cell, count] : counts) {
            sum[cell] += count;
            if (cell.starts_with("hour|")) of_day += count;
        }
        contacts += of_day;
        sum["day|" + casework::day_text(day)] = of_day;
    }
    const std::uint64_t smallest = parts_.statistics.smallest();
    struct Row {
        std::string by;
        CountCell cell;
    };
    std::vector<Row> rows;
    for (auto& [block, cells] : blocks_of(sum, parts_.taxonomies)) {
        const std::string name = block.substr(0, block.find('|'));
        if (!wanted(name)) continue;
        auto told = cells;
        casework::hide_small(told, smallest);
        for (auto& cell : told) rows.push_back({name, std::move(cell)});
    }
    auto out = reply.initStatistics();
    out.setSmallest(static_cast<std::uint32_t>(smallest));
    out.setHidden(contacts > 0 && contacts < smallest);
    out.setContacts(out.getHidden() ? 0 : contacts);
    auto list = out.initRows(static_cast<unsigned>(rows.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        const auto& [name, cell] = rows[i];
        list[i].setBy(text(name));
        list[i].setKey(text(cell.key));
        list[i].setHidden(cell.told != Told::count);
        list[i].setBeside(cell.told == Told::together);
        if (cell.told == Told::count) list[i].setCount(cell.count);
    }
    return {};
}

Result<void> Service::statistics_export(Context& context, In request, Out reply) {
    const auto in = request.getStatisticsExport();
    const std::string table = from_text(in.getTable());
    const std::string period = from_text(in.getPeriod());
    const bool of_quarter = table == "bik_quarter";
    if (!of_quarter && table != "chi_year") return fail(Fault::unsupported, "table");
    const auto first = first_month(period, of_quarter);
    if (!first) return std::unexpected(first.error());
    context.reason = table + " " + period;
    const auto counts = parts_.statistics.months(context.from, *first, of_quarter ? 3 : 12);
    if (!counts) return std::unexpected(counts.error());
    const auto make = of_quarter ? casework::bik_quarter : casework::chi_year;
    const std::string csv = make(period, *counts, parts_.statistics.smallest(), parts_.taxonomies);
    if (csv.size() > file_bytes_max) return fail(Fault::exhausted, "table");
    auto out = reply.initFile();
    out.setName(text((of_quarter ? "bik-" : "chi-") + period + ".csv"));
    out.setMediaType("text/csv; charset=utf-8");
    out.setText(text(csv));
    return {};
}

}  // namespace sanad::api
