#include "core/store/timers.h"

namespace sanad::store {
namespace {

Bytes key_of(const Timer& timer) {
    Bytes key;
    append_big_endian(key, static_cast<std::uint64_t>(timer.due.ms));
    append_big_endian(key, timer.kind);
    append(key, timer.subject);
    return key;
}

Timer timer_of(ByteView key) {
    Timer timer{.due = {static_cast<std::int64_t>(read_big_endian<std::uint64_t>(key))},
                .kind = read_big_endian<std::uint16_t>(key.subspan(8))};
    std::copy_n(key.begin() + 10, timer.subject.size(), timer.subject.begin());
    return timer;
}

}  // namespace

Result<Timers> Timers::open(Store& store) {
    const auto table = store.open_table("timer");
    if (!table) return std::unexpected(table.error());
    return Timers(*table);
}

Result<void> Timers::set(Writer& writer, const Timer& timer) {
    if (timer.due.ms < 0) return fail(Fault::invalid, "timer before 1970");
    return writer.put(table_, key_of(timer), {});
}

Result<void> Timers::clear(Writer& writer, const Timer& timer) {
    return writer.del(table_, key_of(timer));
}

Result<std::vector<Timer>> Timers::due(Snapshot& from, Time now, std::uint32_t limit) const {
    std::vector<Timer> timers;
    Bytes end;
    append_big_endian(end, static_cast<std::uint64_t>(now.ms) + 1);
    const auto scanned = from.scan(table_, {}, end, Order::ascending, limit, [&](const Row& row) {
        timers.push_back(timer_of(row.key));
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return timers;
}

Result<std::vector<Timer>> Timers::later(Snapshot& from, const Timer& after,
                                         std::uint32_t limit) const {
    std::vector<Timer> timers;
    Bytes begin = key_of(after);
    begin.push_back(0);  // the smallest key above it
    const auto scanned = from.scan(table_, begin, {}, Order::ascending, limit, [&](const Row& row) {
        timers.push_back(timer_of(row.key));
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return timers;
}

Result<std::optional<Time>> Timers::next(Snapshot& from) const {
    std::optional<Time> due;
    const auto scanned = from.scan(table_, {}, {}, Order::ascending, 1, [&](const Row& row) {
        due = timer_of(row.key).due;
        return false;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return due;
}

}  // namespace sanad::store
