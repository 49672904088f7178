#include "core/store/outbox.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::store {
namespace {

const std::string end_key = "outbox";

Bytes item_key(const std::string& instance, std::uint64_t number) {
    Bytes key(instance.begin(), instance.end());
    key.push_back(0);
    append_big_endian(key, number);
    return key;
}

Bytes encode(const OutboxItem& item) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::OutboxRecord>();
    out.setMethod(item.method);
    out.setRequest(to_data(item.request));
    out.setSubject(to_data(item.subject));
    out.setCreatedAtMs(item.created_at.ms);
    out.setNotBeforeMs(item.not_before.ms);
    out.setAttempt(item.attempt);
    out.setStrikes(item.strikes);
    out.setDead(item.dead);
    return flatten(builder);
}

Result<OutboxItem> decode(std::uint64_t number, ByteView bytes, ByteView owner) {
    return read_message<schema::OutboxRecord>(bytes, [&](auto in) -> Result<OutboxItem> {
        const auto request = from_data(in.getRequest());
        OutboxItem item{.number = number,
                        .method = in.getMethod(),
                        .request = Bytes(request.begin(), request.end()),
                        .created_at = {in.getCreatedAtMs()},
                        .not_before = {in.getNotBeforeMs()},
                        .attempt = in.getAttempt(),
                        .strikes = in.getStrikes(),
                        .dead = in.getDead()};
        const auto subject = in.getSubject();
        if (subject.size() != item.subject.size()) return fail(Fault::malformed, "outbox subject");
        std::ranges::copy(subject, item.subject.begin());
        if (owner.size() == item.owner.bytes.size())
            std::ranges::copy(owner, item.owner.bytes.begin());
        return item;
    });
}

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::open(Store& store, Records& records) {
    auto items = Records::open_table(store, "outbox");
    auto end = Records::open_table(store, "outbox.end");
    if (!items) return std::unexpected(items.error());
    if (!end) return std::unexpected(end.error());
    auto outbox = std::make_unique<Outbox>(records, std::move(*items), std::move(*end));
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto last = records.get(**snapshot, outbox->end_, bytes_of(end_key));
    if (!last) return std::unexpected(last.error());
    if (*last && (*last)->size() == 8)
        outbox->last_ = outbox->durable_last_ = read_big_endian<std::uint64_t>(**last);
    return outbox;
}

Result<void> Outbox::add(Draft& draft, const std::string& instance, OutboxItem item) {
    if (instance.empty() || instance.size() > 31) return fail(Fault::bad_size, "instance name");
    if (item.request.size() > request_bytes_max) return fail(Fault::bad_size, "outbox request");
    draft.then([this, instance, item = std::move(item)](Transaction& transaction) {
        return records_.put(transaction, items_, item_key(instance, ++last_), item.owner,
                            encode(item), item.owner.bytes);
    });
    return {};
}

Result<void> Outbox::update(Draft& draft, const std::string& instance, const OutboxItem& item) {
    const auto key = item_key(instance, item.number);
    const auto there = draft.get(items_.table, key);
    if (!there) return std::unexpected(there.error());
    if (!*there) return fail(Fault::not_found, "outbox item");
    return records_.put(draft, items_, key, item.owner, encode(item), item.owner.bytes);
}

Result<void> Outbox::remove(Draft& draft, const std::string& instance, std::uint64_t number) {
    return draft.del(items_.table, item_key(instance, number));
}

Result<std::vector<OutboxItem>> Outbox::read(Snapshot& from, const std::string& instance,
                                             std::uint64_t after, std::uint32_t limit) {
    std::vector<OutboxItem> items;
    Result<void> decoded;
    const Bytes end = after_prefix(item_key(instance, UINT64_MAX));
    // Rows of erased owners count in a scan, so one may find nothing although more is behind it.
    for (std::uint32_t rows = limit; rows == limit && items.empty();) {
        rows = 0;
        const auto scanned = records_.scan(
            from, items_, item_key(instance, after + 1), end, Order::ascending, limit,
            [&](ByteView key, const Bytes& plain, ByteView owner) {
                ++rows;
                after = read_big_endian<std::uint64_t>(key.last(8));
                if (plain.empty()) return true;
                auto item = decode(after, plain, owner);
                if (!item)
                    decoded = std::unexpected(item.error());
                else
                    items.push_back(std::move(*item));
                return decoded.has_value();
            },
            Records::Erased::show_empty);
        if (!scanned) return std::unexpected(scanned.error());
        if (!decoded) return std::unexpected(decoded.error());
    }
    return items;
}

Result<void> Outbox::before_commit(Transaction& transaction) {
    if (last_ == durable_last_) return {};
    Bytes last;
    append_big_endian(last, last_);
    return records_.put(transaction, end_, bytes_of(end_key), node_key_id, last);
}

}  // namespace sanad::store
