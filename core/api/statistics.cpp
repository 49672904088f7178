#include "core/api/statistics.h"

#include "core/base/time_zone.h"

#include <algorithm>
#include <chrono>

namespace sanad::api {

using casework::CaseEventKind;
using casework::Contact;
using casework::ContactEventKind;
using casework::ContactState;
using casework::CountedAs;

namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint32_t events_read_max = 200;  // to find when somebody first came
constexpr std::string_view action_cell = "action|";
constexpr std::string_view wait_cell = "wait|";

Bytes row_key(std::uint32_t row) {
    Bytes key;
    append_big_endian(key, row);
    return key;
}

std::uint32_t month_of(std::uint32_t day) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    return static_cast<std::uint32_t>(int(date.year())) * 12 + (unsigned(date.month()) - 1);
}

// A cell is at most four ids of lists, so its length fits two bytes.
void write_cell(Bytes& to, const std::string& cell) {
    append_big_endian(to, static_cast<std::uint16_t>(cell.size()));
    append(to, bytes_of(cell));
}

Result<std::string> read_cell(ByteView& from) {
    if (from.size() < 2) return fail(Fault::malformed, "cell");
    const std::size_t size = read_big_endian<std::uint16_t>(from);
    if (from.size() < 2 + size) return fail(Fault::malformed, "cell");
    const auto text = from.subspan(2, size);
    from = from.subspan(2 + size);
    return std::string(text.begin(), text.end());
}

Bytes write_counts(const Statistics::Counts& counts) {
    Bytes bytes{version};
    for (const auto& [cell, count] : counts) {
        write_cell(bytes, cell);
        append_big_endian(bytes, count);
    }
    return bytes;
}

Result<Statistics::Counts> read_counts(ByteView bytes) {
    if (bytes.empty() || bytes[0] != version) return fail(Fault::malformed, "counts");
    Statistics::Counts counts;
    for (auto rest = bytes.subspan(1); !rest.empty();) {
        auto cell = read_cell(rest);
        if (!cell) return std::unexpected(cell.error());
        if (rest.size() < 8) return fail(Fault::malformed, "counts");
        counts.emplace_hint(counts.end(), std::move(*cell), read_big_endian<std::uint64_t>(rest));
        rest = rest.subspan(8);
    }
    return counts;
}

std::vector<std::string> without(std::span<const std::string> cells,
                                 std::span<const std::string> others) {
    std::vector<std::string> left;
    for (const auto& cell : cells)
        if (std::ranges::find(others, cell) == others.end()) left.push_back(cell);
    return left;
}

}  // namespace

std::vector<std::string> Statistics::Remembered::actions() const {
    std::vector<std::string> found;
    for (const auto& cell : as.of_day)
        if (cell.starts_with(action_cell)) found.push_back(cell.substr(action_cell.size()));
    return found;
}

std::string_view Statistics::Remembered::wait() const {
    for (const std::string_view cell : as.of_day)
        if (cell.starts_with(wait_cell)) return cell.substr(wait_cell.size());
    return casework::wait_never;
}

Bytes Statistics::Remembered::write() const {
    Bytes bytes{version, std::uint8_t(counted ? 1 : 0)};
    append_big_endian(bytes, day);
    append_big_endian(bytes, static_cast<std::uint16_t>(as.of_day.size()));
    for (const auto& cell : as.of_day) write_cell(bytes, cell);
    for (const auto& cell : as.of_month) write_cell(bytes, cell);
    return bytes;
}

Result<Statistics::Remembered> Statistics::Remembered::read(ByteView bytes) {
    if (bytes.size() < 8 || bytes[0] != version) return fail(Fault::malformed, "counted");
    Remembered what;
    what.counted = bytes[1] != 0;
    what.day = read_big_endian<std::uint32_t>(bytes.subspan(2));
    const std::size_t of_day = read_big_endian<std::uint16_t>(bytes.subspan(6));
    for (auto rest = bytes.subspan(8); !rest.empty();) {
        auto cell = read_cell(rest);
        if (!cell) return std::unexpected(cell.error());
        auto& to = what.as.of_day.size() < of_day ? what.as.of_day : what.as.of_month;
        to.push_back(std::move(*cell));
    }
    return what;
}

Result<std::unique_ptr<Statistics>> Statistics::open(store::Store& store, Parts parts) {
    if (const auto known = check_time_zone(parts.zone); !known)
        return std::unexpected(known.error());
    auto statistics = std::make_unique<Statistics>(std::move(parts));
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&statistics->days_, "statistics.day"},
        {&statistics->months_, "statistics.month"},
        {&statistics->counted_, "statistics.counted"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return statistics;
}

Result<void> Statistics::contact_changed(store::Draft& draft, const Contact& contact,
                                         ContactEventKind kind) {
    if (!casework::counts(contact)) return {};
    const bool ends = kind == ContactEventKind::ended;
    const bool changes = kind == ContactEventKind::result ||
                         kind == ContactEventKind::linked_to_case ||
                         kind == ContactEventKind::urgency;
    if (!ends && !changes) return {};
    auto before = remembered(draft, contact.id);
    if (!before) return std::unexpected(before.error());
    if (!ends && !before->counted) return {};
    const auto wait = ends ? waited(draft, contact) : Result<std::string_view>(before->wait());
    if (!wait) return std::unexpected(wait.error());
    const std::string kept(*wait);
    const auto actions = before->actions();
    if (contact.case_id.empty())
        return count(draft, contact, nullptr, std::move(*before), actions, kept);
    const auto file = parts_.cases.find(draft, contact.case_id);
    if (!file) return std::unexpected(file.error());
    return count(draft, contact, &*file, std::move(*before), actions, kept);
}

Result<void> Statistics::case_changed(store::Draft& draft, const casework::CaseFile& file,
                                      const casework::CaseEvent& event) {
    const bool acts = event.kind == CaseEventKind::action;
    if (!acts && event.kind != CaseEventKind::details && event.kind != CaseEventKind::urgency)
        return {};
    for (const ContactId& id : file.contacts) {
        const auto contact = parts_.contacts.find(draft, id);
        if (!contact && contact.error().fault == Fault::not_found) continue;  // it was erased
        if (!contact) return std::unexpected(contact.error());
        if (!casework::counts(*contact)) continue;
        auto before = remembered(draft, id);
        if (!before) return std::unexpected(before.error());
        auto actions = before->actions();
        if (acts) actions.push_back(event.reason);
        if (!before->counted) {
            if (!acts) continue;
            before->as.of_day.push_back(std::string(action_cell) + event.reason);
            if (const auto kept = remember(draft, id, *before); !kept) return kept;
            continue;
        }
        const std::string wait(before->wait());
        if (const auto counted = count(draft, *contact, &file, std::move(*before), actions, wait);
            !counted)
            return counted;
    }
    return {};
}

Result<void> Statistics::erasing(store::Draft& draft, const ContactId& id) {
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    const auto before = remembered(draft, id);
    if (!before) return std::unexpected(before.error());
    // One that ended uncounted did so before there were statistics.
    if (!before->counted && contact->state != ContactState::ended)
        if (const auto counted = contact_changed(draft, *contact, ContactEventKind::ended);
            !counted)
            return counted;
    return draft.del(counted_.table, id);
}

Result<void> Statistics::count(store::Draft& draft, const Contact& contact,
                               const casework::CaseFile* file, Remembered before,
                               std::span<const std::string> actions, std::string_view wait) {
    const auto ahead = zone_offset(parts_.zone, contact.created_at);
    if (!ahead) return std::unexpected(ahead.error());
    const auto answers = file == nullptr ? std::vector<casework::FormAnswer>()
                                         : parts_.cases.answers(draft, file->id);
    if (!answers) return std::unexpected(answers.error());
    const auto at = casework::counted_at(contact.created_at, *ahead);
    if (!before.counted) before.as = {};  // nothing of it is in a row yet
    Remembered after;
    after.counted = true;
    after.day = before.counted ? before.day : at.day;
    after.as = casework::counted_as({.contact = contact,
                                     .file = file,
                                     .answers = *answers,
                                     .actions = actions,
                                     .at = at,
                                     .wait = wait},
                                    parts_.taxonomies);
    const auto by_day = move(draft, days_, after.day, before.as.of_day, after.as.of_day);
    if (!by_day) return by_day;
    const auto by_month =
        move(draft, months_, month_of(after.day), before.as.of_month, after.as.of_month);
    if (!by_month) return by_month;
    return remember(draft, contact.id, after);
}

Result<void> Statistics::move(store::Draft& draft, const store::SealedTable& table,
                              std::uint32_t row, std::span<const std::string> before,
                              std::span<const std::string> after) {
    const auto gone = without(before, after);
    const auto come = without(after, before);
    if (gone.empty() && come.empty()) return {};
    const auto bytes = parts_.records.get(draft, table, row_key(row));
    if (!bytes) return std::unexpected(bytes.error());
    auto counts = *bytes ? read_counts(**bytes) : Counts{};
    if (!counts) return std::unexpected(counts.error());
    for (const auto& cell : gone) {
        const auto found = counts->find(cell);
        if (found != counts->end() && --found->second == 0) counts->erase(found);
    }
    for (const auto& cell : come)
        if (counts->size() < row_cells_max || counts->contains(cell)) ++(*counts)[cell];
    return parts_.records.put(draft, table, row_key(row), store::node_key_id,
                              write_counts(*counts));
}

Result<Statistics::Remembered> Statistics::remembered(store::Snapshot& from, const ContactId& id) {
    const auto bytes = parts_.records.get(from, counted_, id);
    if (!bytes) return std::unexpected(bytes.error());
    return *bytes ? Remembered::read(**bytes) : Remembered{};
}

Result<void> Statistics::remember(store::Draft& draft, const ContactId& id,
                                  const Remembered& what) {
    return parts_.records.put(draft, counted_, id, key_of(id), what.write());
}

Result<std::string_view> Statistics::waited(store::Snapshot& from, const Contact& contact) {
    const auto events = parts_.contacts.events(from, contact.id, 0, events_read_max);
    if (!events) return std::unexpected(events.error());
    return casework::waited(contact, *events);
}

Result<std::map<std::uint32_t, Statistics::Counts>> Statistics::days(store::Snapshot& from,
                                                                     std::uint32_t first,
                                                                     std::uint32_t last) {
    using Row = std::pair<std::uint32_t, Counts>;
    auto rows = parts_.records.collect(
        from, days_, row_key(first), store::after_prefix(row_key(last)), store::Order::ascending,
        UINT32_MAX, [](ByteView key, ByteView plain) -> Result<Row> {
            auto counts = read_counts(plain);
            if (!counts) return std::unexpected(counts.error());
            return Row(read_big_endian<std::uint32_t>(key), std::move(*counts));
        });
    if (!rows) return std::unexpected(rows.error());
    return std::map<std::uint32_t, Counts>(std::make_move_iterator(rows->begin()),
                                           std::make_move_iterator(rows->end()));
}

Result<Statistics::Counts> Statistics::months(store::Snapshot& from, std::uint32_t first,
                                              std::uint32_t count) {
    Counts sum;
    for (std::uint32_t month = first; month < first + count; ++month) {
        const auto bytes = parts_.records.get(from, months_, row_key(month));
        if (!bytes) return std::unexpected(bytes.error());
        if (!*bytes) continue;
        const auto counts = read_counts(**bytes);
        if (!counts) return std::unexpected(counts.error());
        for (const auto& [cell, number] : *counts) sum[cell] += number;
    }
    return sum;
}

}  // namespace sanad::api
