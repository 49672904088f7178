#include "core/store/audit.h"

#include "core/base/message.h"
#include "core/store/audit_check.h"
#include "schemas/records.capnp.h"

namespace sanad::store {
namespace {

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
    AuditCheck check(*this, {});
    const auto walked = check.step(from, UINT32_MAX);
    if (!walked) return std::unexpected(walked.error());
    if (check.bad())
        return fail(Fault::bad_signature,
                    "audit entry " + std::to_string(check.bad()->index) + " " + check.bad()->what);
    return Verified{check.size(), check.root()};
}

Result<std::vector<trust::Digest>> Audit::leaves(Snapshot& from, std::uint64_t first,
                                                 std::uint32_t count) {
    std::vector<trust::Digest> all;
    if (count == 0) return all;
    all.reserve(count);
    const auto scanned =
        records_.scan_clear(from, entries_, number_key(first), number_key(first + count),
                            Order::ascending, count, [&](ByteView, ByteView clear) {
                                if (clear.size() != sizeof(trust::Digest)) return false;
                                std::ranges::copy(clear, all.emplace_back().begin());
                                return true;
                            });
    if (!scanned) return std::unexpected(scanned.error());
    if (all.size() != count) return fail(Fault::not_found, "audit entries");
    return all;
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
