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

Result<Glass> decode(ByteView key, ByteView bytes) {
    const auto id = id_from<CaseId>(key.first(CaseId().bytes.size()));
    if (!id) return std::unexpected(id.error());
    return read_message<schema::GlassRecord>(bytes, [&](auto in) -> Result<Glass> {
        return Glass{*id,
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
    return records_.collect(from, table_, id, store::after_prefix(id), store::Order::ascending,
                            UINT32_MAX, decode);
}

Result<std::vector<Glass>> BreakGlass::list(store::Snapshot& from, std::uint32_t limit) {
    return records_.collect(from, table_, {}, {}, store::Order::descending, limit, decode);
}

}  // namespace sanad::api
