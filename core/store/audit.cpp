#include "core/store/audit.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::store {
namespace {

const std::string end_key = "audit";

Bytes encode(const AuditEntry& entry) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AuditEntry>();
    out.setAtMs(entry.at.ms);
    out.setActor(to_text(entry.actor));
    out.setRole(to_text(entry.role));
    out.setAction(to_text(entry.action));
    out.setSubject(to_data(entry.subject));
    out.setReason(to_text(entry.reason));
    out.setResult(to_text(entry.result));
    return flatten(builder);
}

Result<AuditEntry> decode(ByteView bytes) {
    return read_message<schema::AuditEntry>(bytes, [](auto in) -> Result<AuditEntry> {
        AuditEntry entry{.at = {in.getAtMs()},
                         .actor = from_text(in.getActor()),
                         .role = from_text(in.getRole()),
                         .action = from_text(in.getAction()),
                         .reason = from_text(in.getReason()),
                         .result = from_text(in.getResult())};
        const auto subject = in.getSubject();
        if (subject.size() != entry.subject.size()) return fail(Fault::malformed, "audit subject");
        std::copy(subject.begin(), subject.end(), entry.subject.begin());
        return entry;
    });
}

Bytes number_key(std::uint64_t number) {
    Bytes key;
    append_big_endian(key, number);
    return key;
}

}  // namespace

Result<std::unique_ptr<Audit>> Audit::open(Store& store, Records& records) {
    auto entries = Records::open_table(store, "audit.entry");
    auto end = Records::open_table(store, "audit.end");
    if (!entries) return std::unexpected(entries.error());
    if (!end) return std::unexpected(end.error());
    auto audit = std::make_unique<Audit>(records, std::move(*entries), std::move(*end));
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto frontier = records.get(**snapshot, audit->end_, bytes_of(end_key));
    if (!frontier) return std::unexpected(frontier.error());
    if (*frontier) {
        auto decoded = trust::Frontier::decode(**frontier);
        if (!decoded) return std::unexpected(decoded.error());
        audit->log_ = std::move(*decoded);
        audit->durable_ = audit->log_;
    }
    return audit;
}

void Audit::append(Draft& draft, const AuditEntry& entry) {
    draft.then([this, bytes = encode(entry)](Transaction& transaction) -> Result<void> {
        const auto leaf = trust::leaf_hash(bytes);
        const auto key = number_key(log_.size());
        log_.append(leaf);
        return records_.put(transaction, entries_, key, node_key_id, bytes, leaf);
    });
}

Result<void> Audit::before_commit(Transaction& transaction) {
    if (log_.size() == durable_.size()) return {};
    return records_.put(transaction, end_, bytes_of(end_key), node_key_id, log_.encode());
}

Result<Audit::Verified> Audit::verify(Snapshot& from) {
    const auto stored = records_.get(from, end_, bytes_of(end_key));
    if (!stored) return std::unexpected(stored.error());
    trust::Frontier log;
    Result<void> sound;
    const auto scanned = records_.scan(
        from, entries_, {}, {}, Order::ascending, UINT32_MAX,
        [&](ByteView key, const Bytes& plain, ByteView clear) {
            const auto leaf = trust::leaf_hash(plain);
            const bool in_place = std::ranges::equal(key, number_key(log.size()));
            if (!in_place || !std::ranges::equal(leaf, clear))
                sound = fail(Fault::bad_signature, "audit entry " + std::to_string(log.size()));
            log.append(leaf);
            return sound.has_value();
        });
    if (!scanned)
        return fail(scanned.error().fault,
                    "audit entry " + std::to_string(log.size()) + ": " + scanned.error().detail);
    if (!sound) return std::unexpected(sound.error());
    const Bytes end = *stored ? **stored : trust::Frontier{}.encode();
    if (log.encode() != end)
        return fail(Fault::bad_signature, "audit entry " + std::to_string(log.size()) +
                                              ": the log ends here, its end says otherwise");
    return Verified{log.size(), log.root()};
}

Result<void> Audit::read(Snapshot& from, std::uint64_t first, std::uint32_t limit,
                         const Sink& sink) {
    Result<void> decoded;
    const auto scanned =
        records_.scan(from, entries_, number_key(first), {}, Order::ascending, limit,
                      [&](ByteView key, const Bytes& plain, ByteView) {
                          const auto entry = decode(plain);
                          if (!entry) decoded = std::unexpected(entry.error());
                          return entry && sink(read_big_endian<std::uint64_t>(key), *entry);
                      });
    return scanned ? decoded : scanned;
}

}  // namespace sanad::store
