#include "core/api/overrides.h"

#include "core/api/cases.h"
#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::api {
namespace {

Bytes encode(const Override& override) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ConsentOverrideRecord>();
    out.setId(to_data(override.id));
    out.setCaseId(to_data(override.case_id));
    out.setTo(to_text(override.to));
    auto items = out.initItems(static_cast<unsigned>(override.items.size()));
    unsigned i = 0;
    for (const auto item : override.items)
        items.set(i++, to_text(std::string(casework::name(item))));
    out.setReason(to_text(override.reason));
    out.setNote(to_text(override.note));
    out.setRequestedBy(to_text(override.requested_by));
    out.setRequestedAtMs(override.requested_at.ms);
    out.setState(static_cast<std::uint16_t>(override.state));
    out.setDecidedBy(to_text(override.decided_by));
    out.setDecidedWhy(to_text(override.decided_why));
    out.setDecidedAtMs(override.decided_at.ms);
    out.setReferral(to_data(override.referral));
    out.setRequest(to_data(override.request));
    return flatten(builder);
}

Result<Override> decode(ByteView bytes) {
    return read_message<schema::ConsentOverrideRecord>(bytes, [](auto in) -> Result<Override> {
        Override override;
        const auto id = id_from<OverrideId>(from_data(in.getId()));
        const auto case_id = id_from<CaseId>(from_data(in.getCaseId()));
        const auto referral = id_from<ReferralId>(from_data(in.getReferral()));
        if (!id || !case_id || !referral ||
            in.getState() > static_cast<std::uint16_t>(OverrideState::refused))
            return fail(Fault::malformed, "override");
        override.id = *id;
        override.case_id = *case_id;
        override.referral = *referral;
        override.to = from_text(in.getTo());
        for (const auto name : in.getItems()) {
            const auto item = casework::item_from(from_text(name));
            if (!item) return std::unexpected(item.error());
            override.items.insert(*item);
        }
        override.reason = from_text(in.getReason());
        override.note = from_text(in.getNote());
        override.requested_by = from_text(in.getRequestedBy());
        override.requested_at = {in.getRequestedAtMs()};
        override.state = static_cast<OverrideState>(in.getState());
        override.decided_by = from_text(in.getDecidedBy());
        override.decided_why = from_text(in.getDecidedWhy());
        override.decided_at = {in.getDecidedAtMs()};
        const auto request = from_data(in.getRequest());
        override.request.assign(request.begin(), request.end());
        return override;
    });
}

}  // namespace

std::string_view name(OverrideState state) {
    switch (state) {
        case OverrideState::pending:
            return "pending";
        case OverrideState::approved:
            return "approved";
        case OverrideState::refused:
            return "refused";
        case OverrideState::none:
            break;
    }
    return "";
}

Result<std::unique_ptr<Overrides>> Overrides::open(store::Store& store, store::Records& records,
                                                   store::Feed& feed) {
    auto table = store::Records::open_table(store, "override");
    if (!table) return std::unexpected(table.error());
    return std::make_unique<Overrides>(records, feed, std::move(*table));
}

Result<void> Overrides::save(store::Draft& draft, const Override& override, const char* name,
                             Time now) {
    feed_.emit(draft, {.at = now, .name = name, .subject = override.id.bytes});
    return records_.put(draft, table_, override.id, key_of(override.case_id), encode(override));
}

Result<Override> Overrides::find(store::Snapshot& from, const OverrideId& id) {
    const auto bytes = records_.get(from, table_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "override");
    return decode(**bytes);
}

Result<std::vector<Override>> Overrides::list(store::Snapshot& from, std::uint32_t limit) {
    std::vector<OverrideId> ids;
    const auto scanned = from.scan(table_.table, {}, {}, store::Order::descending, limit,
                                   [&](const store::Row& row) {
                                       if (const auto id = id_from<OverrideId>(row.key))
                                           ids.push_back(*id);
                                       return true;
                                   });
    if (!scanned) return std::unexpected(scanned.error());
    std::vector<Override> all;
    for (const auto& id : ids) {
        auto override = find(from, id);
        if (!override && override.error().fault == Fault::not_found) continue;
        if (!override) return std::unexpected(override.error());
        all.push_back(std::move(*override));
    }
    return all;
}

}  // namespace sanad::api
