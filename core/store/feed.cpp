#include "core/store/feed.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::store {
namespace {

Bytes encode(const Event& event) {
    capnp::MallocMessageBuilder builder(64);
    auto out = builder.initRoot<schema::FeedEvent>();
    out.setAtMs(event.at.ms);
    out.setName(to_text(event.name));
    out.setSubject(to_data(event.subject));
    out.setPeer(to_text(event.peer));
    out.setNumber(event.number);
    if (!event.who.empty()) out.setWho(to_text(event.who));
    return flatten(builder);
}

Result<Event> decode(ByteView key, ByteView bytes) {
    return read_message<schema::FeedEvent>(bytes, [&](auto in) -> Result<Event> {
        Event event{.at = {in.getAtMs()},
                    .name = from_text(in.getName()),
                    .peer = from_text(in.getPeer()),
                    .number = in.getNumber(),
                    .sequence = read_big_endian<std::uint64_t>(key),
                    .who = from_text(in.getWho())};
        const auto subject = in.getSubject();
        if (subject.size() != event.subject.size()) return fail(Fault::malformed, "event subject");
        std::copy(subject.begin(), subject.end(), event.subject.begin());
        return event;
    });
}

Bytes sequence_key(std::uint64_t sequence) {
    Bytes key;
    append_big_endian(key, sequence);
    return key;
}

}  // namespace

Result<std::unique_ptr<Feed>> Feed::open(Store& store, Records& records) {
    auto events = Records::open_table(store, "feed");
    if (!events) return std::unexpected(events.error());
    auto feed = std::make_unique<Feed>(records, std::move(*events));
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto scanned =
        (*snapshot)->scan(feed->events_.table, {}, {}, Order::descending, 1, [&](const Row& row) {
            feed->last_ = feed->durable_last_ = read_big_endian<std::uint64_t>(row.key);
            return false;
        });
    if (!scanned) return std::unexpected(scanned.error());
    return feed;
}

void Feed::emit(Draft& draft, Event event) {
    draft.then([this, event = std::move(event)](Transaction& transaction) mutable -> Result<void> {
        event.sequence = ++last_;
        const auto written = records_.put(transaction, events_, sequence_key(event.sequence),
                                          node_key_id, encode(event));
        if (!written) return written;
        fresh_.push_back(std::move(event));
        if (last_ <= kept_events_max) return {};
        return transaction.del(events_.table, sequence_key(last_ - kept_events_max));
    });
}

Result<std::vector<Event>> Feed::read(Snapshot& from, std::uint64_t after, std::uint32_t limit) {
    std::vector<Event> events;
    Result<void> decoded;
    const auto scanned = records_.scan(from, events_, sequence_key(after + 1), {}, Order::ascending,
                                       limit, [&](ByteView key, const Bytes& plain, ByteView) {
                                           auto event = decode(key, plain);
                                           if (!event)
                                               decoded = std::unexpected(event.error());
                                           else
                                               events.push_back(std::move(*event));
                                           return decoded.has_value();
                                       });
    if (!scanned) return std::unexpected(scanned.error());
    if (!decoded) return std::unexpected(decoded.error());
    return events;
}

Result<void> Feed::before_commit(Transaction&) { return {}; }

void Feed::committed() {
    durable_last_ = last_;
    if (fresh_.empty()) return;
    for (const auto& subscriber : subscribers_) subscriber(fresh_);
    fresh_.clear();
}

void Feed::rolled_back() {
    last_ = durable_last_;
    fresh_.clear();
}

}  // namespace sanad::store
