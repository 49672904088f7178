#include "core/api/break_glass.h"

#include "core/base/encoding.h"
#include "core/base/message.h"
#include "core/base/text.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::api {
namespace {

Bytes encode(const Glass& glass) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::GlassRecord>();
    out.setBy(to_text(glass.by));
    out.setReason(to_text(glass.reason));
    out.setAtMs(glass.at.ms);
    out.setUntilMs(glass.until.ms);
    return flatten(builder);
}

Result<Glass> decode(const CaseId& id, ByteView bytes) {
    return read_message<schema::GlassRecord>(bytes, [&](auto in) -> Result<Glass> {
        return Glass{id,
                     from_text(in.getBy()),
                     from_text(in.getReason()),
                     {in.getAtMs()},
                     {in.getUntilMs()}};
    });
}

// Two people in the same millisecond are two entries.
Bytes key_of(const Glass& glass) {
    Bytes key(glass.case_id.bytes.begin(), glass.case_id.bytes.end());
    append_big_endian(key, static_cast<std::uint64_t>(glass.at.ms));
    append(key, bytes_of(glass.by));
    return key;
}

}  // namespace

Result<std::unique_ptr<BreakGlass>> BreakGlass::open(store::Store& store, store::Records& records,
                                                     store::Feed& feed) {
    auto table = store::Records::open_table(store, "glass");
    if (!table) return std::unexpected(table.error());
    return std::make_unique<BreakGlass>(records, feed, std::move(*table));
}

Result<Glass> BreakGlass::break_it(store::Draft& draft, const CaseId& id, const std::string& by,
                                   const std::string& reason, Time now) {
    if (reason.size() < reason_bytes_min) return fail(Fault::denied, "reason_missing");
    if (const auto sound = check_prose(reason, reason_bytes_max); !sound)
        return fail(sound.error().fault, "reason");
    Glass glass{id, by, reason, now, now + open_for};
    const auto written = records_.put(draft, table_, key_of(glass), api::key_of(id), encode(glass));
    if (!written) return std::unexpected(written.error());
    feed_.emit(draft, {.at = now, .name = "glass.broken", .subject = id.bytes});
    return glass;
}

Result<bool> BreakGlass::is_open(store::Snapshot& from, const CaseId& id, std::string_view who,
                                 Time now) {
    const auto all = of(from, id);
    if (!all) return std::unexpected(all.error());
    return std::ranges::any_of(*all, [&](const Glass& glass) {
        return glass.by == who && glass.at <= now && now < glass.until;
    });
}

Result<std::vector<Glass>> BreakGlass::of(store::Snapshot& from, const CaseId& id) {
    return scan(from, id, store::after_prefix(id), store::Order::ascending, UINT32_MAX);
}

Result<std::vector<Glass>> BreakGlass::list(store::Snapshot& from, std::uint32_t limit) {
    return scan(from, {}, {}, store::Order::descending, limit);
}

Result<std::vector<Glass>> BreakGlass::scan(store::Snapshot& from, ByteView lo, ByteView hi,
                                            store::Order order, std::uint32_t limit) {
    std::vector<Glass> all;
    Result<void> read;
    const auto scanned = records_.scan(
        from, table_, lo, hi, order, limit, [&](ByteView key, const Bytes& plain, ByteView) {
            const auto id = id_from<CaseId>(key.first(16));
            auto glass = id ? decode(*id, plain) : Result<Glass>(std::unexpected(id.error()));
            if (!glass) {
                read = std::unexpected(glass.error());
                return false;
            }
            all.push_back(std::move(*glass));
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (!read) return std::unexpected(read.error());
    return all;
}

}  // namespace sanad::api
