#include "core/federation/audit_book.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

using store::Order;

constexpr std::string_view round_key = "round";
constexpr std::string_view check_key = "check";
constexpr std::string_view checked_key = "checked";
// In the table of positions, beside those of owners (an owner's id has no slash):
constexpr std::string_view witness_prefix = "witness/";  // witness -> size that it cosigned of ours
constexpr std::string_view alarm_prefix = "alarm/";      // owner -> id of the open alarm

Bytes number_key(std::uint64_t number) {
    Bytes key;
    append_big_endian(key, number);
    return key;
}

Bytes owner_prefix(const NodeId& owner) {
    Bytes key(owner.text.begin(), owner.text.end());
    key.push_back(0);
    return key;
}

Bytes head_key(const NodeId& owner, std::uint64_t size) {
    Bytes key = owner_prefix(owner);
    append_big_endian(key, size);
    return key;
}

Bytes list_key(AuditBook::List list, const NodeId& owner, std::uint64_t size) {
    Bytes key{static_cast<std::uint8_t>(list)};
    append(key, head_key(owner, size));
    return key;
}

Result<OwnAuditHead> read_own(ByteView bytes) {
    return read_message<schema::AuditOwnRecord>(bytes, [](auto in) -> Result<OwnAuditHead> {
        auto frontier = trust::Frontier::decode(from_data(in.getFrontier()));
        if (!frontier) return std::unexpected(frontier.error());
        const auto size = frontier->size();
        return OwnAuditHead{size, from_text(in.getNote()), std::move(*frontier), {in.getAtMs()}};
    });
}

// Proofs travel as bytes, as in the messages: a record keeps the message that told of the head.
Result<SeenAuditHead> read_seen(ByteView bytes) {
    return read_message<schema::AuditSeenRecord>(bytes, [](auto in) -> Result<SeenAuditHead> {
        const auto message = read_audit_message(from_data(in.getGrowth()));
        if (!message) return std::unexpected(message.error());
        const auto* growth = std::get_if<AuditCosignRequest>(&*message);
        if (growth == nullptr) return fail(Fault::malformed, "audit head");
        const auto note = trust::parse_note(growth->growth.head);
        if (!note) return std::unexpected(note.error());
        auto checkpoint = trust::parse_checkpoint(note->text);
        if (!checkpoint) return std::unexpected(checkpoint.error());
        return SeenAuditHead{.owner = {from_text(in.getOwner())},
                             .checkpoint = std::move(*checkpoint),
                             .growth = growth->growth,
                             .told_by = {from_text(in.getToldBy())},
                             .at = {in.getAtMs()},
                             .proven = in.getProven(),
                             .cosigned = in.getCosigned(),
                             .asked = in.getAsked(),
                             .asked_at = {in.getAskedAtMs()}};
    });
}

Result<AuditAlarm> read_alarm(ByteView bytes) {
    return read_message<schema::AuditAlarmRecord>(bytes, [](auto in) -> Result<AuditAlarm> {
        AuditAlarm alarm{.at = {in.getAtMs()},
                         .about = {from_text(in.getAbout())},
                         .kind = from_text(in.getKind()),
                         .told_by = {from_text(in.getToldBy())},
                         .first = from_text(in.getFirst()),
                         .second = from_text(in.getSecond()),
                         .repeats = in.getRepeats(),
                         .acknowledged_by = from_text(in.getAcknowledgedBy())};
        const auto id = in.getId();
        if (id.size() != alarm.id.size()) return fail(Fault::malformed, "audit alarm");
        std::ranges::copy(id, alarm.id.begin());
        return alarm;
    });
}

Result<AuditChecked> read_checked(ByteView bytes) {
    return read_message<schema::AuditCheckedRecord>(bytes, [](auto in) -> Result<AuditChecked> {
        return AuditChecked{{in.getAtMs()}, in.getSize(), in.getBadIndex(), from_text(in.getBad())};
    });
}

// A record that may be absent.
template <typename Read>
auto read_record(const Result<std::optional<Bytes>>& stored, Read read)
    -> Result<std::optional<typename std::invoke_result_t<Read, ByteView>::value_type>> {
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return std::nullopt;
    auto value = read(**stored);
    if (!value) return std::unexpected(value.error());
    return std::move(*value);
}

Result<std::uint64_t> read_number(ByteView bytes) {
    if (bytes.size() != 8) return fail(Fault::malformed, "audit number");
    return read_big_endian<std::uint64_t>(bytes);
}

}  // namespace

std::string audit_origin(const NodeId& node) { return "sanad/audit/" + node.text; }

Result<AuditBook> AuditBook::open(store::Store& store, store::Records& records) {
    AuditBook book(records);
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&book.own_, "audit.head"},
        {&book.seen_, "audit.seen"},
        {&book.position_, "audit.position"},
        {&book.lists_, "audit.list"},
        {&book.alarms_, "audit.alarm"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return book;
}

Result<std::optional<OwnAuditHead>> AuditBook::own(store::Snapshot& from,
                                                   std::uint64_t size) const {
    return read_record(records_->get(from, own_, number_key(size)), read_own);
}

Result<std::vector<OwnAuditHead>> AuditBook::own_heads(store::Snapshot& from,
                                                       std::uint32_t limit) const {
    return records_->collect(from, own_, {}, {}, Order::descending, limit, read_own);
}

Result<void> AuditBook::keep(store::Writer& writer, const OwnAuditHead& head) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AuditOwnRecord>();
    out.setNote(to_text(head.note));
    out.setFrontier(to_data(head.frontier.encode()));
    out.setAtMs(head.at.ms);
    return records_->put(writer, own_, number_key(head.size), store::node_key_id, flatten(builder));
}

Result<std::optional<SeenAuditHead>> AuditBook::seen(store::Snapshot& from, const NodeId& owner,
                                                     std::uint64_t size) const {
    return read_record(records_->get(from, seen_, head_key(owner, size)), read_seen);
}

Result<std::vector<SeenAuditHead>> AuditBook::seen_heads(store::Snapshot& from, const NodeId& owner,
                                                         std::uint32_t limit) const {
    const Bytes lo = owner.text.empty() ? Bytes{} : owner_prefix(owner);
    const Bytes hi = owner.text.empty() ? Bytes{} : store::after_prefix(lo);
    return records_->collect(from, seen_, lo, hi, Order::descending, limit, read_seen);
}

Result<void> AuditBook::keep(store::Writer& writer, const SeenAuditHead& head) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AuditSeenRecord>();
    out.setOwner(to_text(head.owner.text));
    out.setGrowth(to_data(write_audit_message(AuditCosignRequest{head.growth})));
    out.setToldBy(to_text(head.told_by.text));
    out.setAtMs(head.at.ms);
    out.setProven(head.proven);
    out.setCosigned(head.cosigned);
    out.setAsked(head.asked);
    out.setAskedAtMs(head.asked_at.ms);
    return records_->put(writer, seen_, head_key(head.owner, head.checkpoint.size),
                         store::node_key_id, flatten(builder));
}

Result<AuditPosition> AuditBook::position(store::Snapshot& from, const NodeId& owner) const {
    const auto read = [](ByteView bytes) -> Result<AuditPosition> {
        if (bytes.size() != 16) return fail(Fault::malformed, "audit position");
        return AuditPosition{read_big_endian<std::uint64_t>(bytes),
                             read_big_endian<std::uint64_t>(bytes.subspan(8))};
    };
    const auto found = read_record(records_->get(from, position_, bytes_of(owner.text)), read);
    if (!found) return std::unexpected(found.error());
    return found->value_or(AuditPosition{});
}

Result<void> AuditBook::set_position(store::Writer& writer, const NodeId& owner,
                                     const AuditPosition& position) {
    Bytes bytes = number_key(position.cosigned);
    append_big_endian(bytes, position.proven);
    return records_->put(writer, position_, bytes_of(owner.text), store::node_key_id, bytes);
}

Result<std::uint64_t> AuditBook::cosigned_by(store::Snapshot& from, const NodeId& witness) const {
    const std::string key = std::string(witness_prefix) + witness.text;
    const auto found = read_record(records_->get(from, position_, bytes_of(key)), read_number);
    if (!found) return std::unexpected(found.error());
    return found->value_or(0);
}

Result<void> AuditBook::set_cosigned_by(store::Writer& writer, const NodeId& witness,
                                        std::uint64_t size) {
    const std::string key = std::string(witness_prefix) + witness.text;
    return records_->put(writer, position_, bytes_of(key), store::node_key_id, number_key(size));
}

Result<void> AuditBook::note(store::Writer& writer, List list, const NodeId& owner,
                             std::uint64_t size) {
    return records_->put(writer, lists_, list_key(list, owner, size), store::node_key_id,
                         head_key(owner, size));
}

Result<void> AuditBook::forget(store::Writer& writer, List list, const NodeId& owner,
                               std::uint64_t size) {
    return writer.del(lists_.table, list_key(list, owner, size));
}

Result<std::vector<SeenAuditHead>> AuditBook::listed(store::Snapshot& from, List list,
                                                     std::uint32_t limit) const {
    const Bytes lo{static_cast<std::uint8_t>(list)};
    const auto keys = records_->collect(
        from, lists_, lo, store::after_prefix(lo), Order::ascending, limit,
        [](ByteView bytes) -> Result<Bytes> { return Bytes(bytes.begin(), bytes.end()); });
    if (!keys) return std::unexpected(keys.error());
    std::vector<SeenAuditHead> heads;
    for (const Bytes& key : *keys) {
        auto head = read_record(records_->get(from, seen_, key), read_seen);
        if (!head) return std::unexpected(head.error());
        if (*head) heads.push_back(std::move(**head));
    }
    return heads;
}

Result<std::optional<AuditChecked>> AuditBook::checked(store::Snapshot& from) const {
    return read_record(records_->get(from, lists_, bytes_of(checked_key)), read_checked);
}

Result<void> AuditBook::set_checked(store::Writer& writer, const AuditChecked& checked) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AuditCheckedRecord>();
    out.setAtMs(checked.at.ms);
    out.setSize(checked.size);
    out.setBadIndex(checked.bad_index);
    out.setBad(to_text(checked.bad));
    return records_->put(writer, lists_, bytes_of(checked_key), store::node_key_id,
                         flatten(builder));
}

Result<std::optional<Time>> AuditBook::due(store::Snapshot& from, std::string_view key) const {
    const auto found = read_record(records_->get(from, lists_, bytes_of(key)), read_number);
    if (!found) return std::unexpected(found.error());
    if (!*found) return std::nullopt;
    return Time{std::int64_t(**found)};
}

Result<void> AuditBook::set_due(store::Writer& writer, std::string_view key, Time due) {
    return records_->put(writer, lists_, bytes_of(key), store::node_key_id,
                         number_key(std::uint64_t(due.ms)));
}

Result<std::optional<Time>> AuditBook::next_round(store::Snapshot& from) const {
    return due(from, round_key);
}
Result<void> AuditBook::set_next_round(store::Writer& writer, Time due) {
    return set_due(writer, round_key, due);
}
Result<std::optional<Time>> AuditBook::next_check(store::Snapshot& from) const {
    return due(from, check_key);
}
Result<void> AuditBook::set_next_check(store::Writer& writer, Time due) {
    return set_due(writer, check_key, due);
}

Result<std::optional<AuditAlarm>> AuditBook::alarm(store::Snapshot& from,
                                                   const std::array<std::uint8_t, 16>& id) const {
    return read_record(records_->get(from, alarms_, id), read_alarm);
}

Result<std::optional<AuditAlarm>> AuditBook::open_alarm(store::Snapshot& from,
                                                        const NodeId& owner) const {
    const std::string key = std::string(alarm_prefix) + owner.text;
    const auto id = records_->get(from, position_, bytes_of(key));
    if (!id) return std::unexpected(id.error());
    if (!*id) return std::nullopt;
    return read_record(records_->get(from, alarms_, **id), read_alarm);
}

Result<std::vector<AuditAlarm>> AuditBook::alarms(store::Snapshot& from,
                                                  std::uint32_t limit) const {
    return records_->collect(from, alarms_, {}, {}, Order::ascending, limit, read_alarm);
}

Result<void> AuditBook::keep(store::Writer& writer, const AuditAlarm& alarm) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AuditAlarmRecord>();
    out.setId(to_data(alarm.id));
    out.setAtMs(alarm.at.ms);
    out.setAbout(to_text(alarm.about.text));
    out.setKind(to_text(alarm.kind));
    out.setToldBy(to_text(alarm.told_by.text));
    out.setFirst(to_text(alarm.first));
    out.setSecond(to_text(alarm.second));
    out.setRepeats(alarm.repeats);
    out.setAcknowledgedBy(to_text(alarm.acknowledged_by));
    const auto kept =
        records_->put(writer, alarms_, alarm.id, store::node_key_id, flatten(builder));
    if (!kept) return kept;
    const std::string key = std::string(alarm_prefix) + alarm.about.text;
    if (!alarm.acknowledged_by.empty()) return writer.del(position_.table, bytes_of(key));
    return records_->put(writer, position_, bytes_of(key), store::node_key_id, alarm.id);
}

}  // namespace sanad::federation
