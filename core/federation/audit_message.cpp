#include "core/federation/audit_message.h"

#include "core/base/message.h"
#include "schemas/wire.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

Bytes join(const trust::Proof& proof) {
    Bytes bytes;
    for (const auto& digest : proof) append(bytes, digest);
    return bytes;
}

Result<trust::Proof> split(ByteView bytes) {
    constexpr std::size_t digest_bytes = sizeof(trust::Digest);
    if (bytes.size() % digest_bytes != 0 || bytes.size() > trust::proof_digests_max * digest_bytes)
        return fail(Fault::bad_size, "audit: proof");
    trust::Proof proof(bytes.size() / digest_bytes);
    for (auto& digest : proof) {
        std::ranges::copy(bytes.first(digest_bytes), digest.begin());
        bytes = bytes.subspan(digest_bytes);
    }
    return proof;
}

Result<std::string> read_head(capnp::Text::Reader text) {
    if (text.size() > audit_head_bytes_max) return fail(Fault::bad_size, "audit: head");
    return from_text(text);
}

void write(schema::AuditGrowth::Builder to, const AuditGrowth& growth) {
    to.setHead(to_text(growth.head));
    to.setFrom(growth.from);
    to.setProof(to_data(join(growth.proof)));
}

Result<AuditGrowth> read(schema::AuditGrowth::Reader from) {
    auto head = read_head(from.getHead());
    if (!head) return std::unexpected(head.error());
    auto proof = split(from_data(from.getProof()));
    if (!proof) return std::unexpected(proof.error());
    return AuditGrowth{std::move(*head), from.getFrom(), std::move(*proof)};
}

struct Writer {
    schema::AuditMessage::Builder to;

    void operator()(const AuditCosignRequest& request) { write(to.initCosign(), request.growth); }
    void operator()(const AuditCosigned& cosigned) { to.setCosigned(to_text(cosigned.head)); }
    void operator()(const AuditRefused& refused) {
        auto out = to.initRefused();
        out.setReason(to_text(refused.reason));
        out.setHead(to_text(refused.head));
        out.setHeld(to_text(refused.held));
    }
    void operator()(const AuditSeen& seen) {
        auto out = to.initSeen(unsigned(seen.heads.size()));
        for (unsigned i = 0; i < out.size(); ++i) write(out[i], seen.heads[i]);
    }
    void operator()(const AuditQuestion& question) {
        auto out = to.initQuestion();
        out.setOlder(to_text(question.older));
        out.setNewer(to_text(question.newer));
    }
    void operator()(const AuditAnswer& answer) {
        auto out = to.initAnswer();
        out.setOlder(answer.older);
        out.setNewer(answer.newer);
        out.setKnown(answer.known);
        out.setProof(to_data(join(answer.proof)));
    }
};

Result<AuditMessage> read_refused(schema::AuditRefused::Reader from) {
    auto head = read_head(from.getHead());
    auto held = read_head(from.getHeld());
    const auto reason = from.getReason();
    if (!head) return std::unexpected(head.error());
    if (!held) return std::unexpected(held.error());
    if (reason.size() > 64) return fail(Fault::bad_size, "audit: reason");
    return AuditRefused{from_text(reason), std::move(*head), std::move(*held)};
}

Result<AuditMessage> read_seen(capnp::List<schema::AuditGrowth>::Reader list) {
    if (list.size() > audit_heads_max) return fail(Fault::bad_size, "audit: heads");
    AuditSeen seen;
    for (const auto from : list) {
        auto growth = read(from);
        if (!growth) return std::unexpected(growth.error());
        seen.heads.push_back(std::move(*growth));
    }
    return seen;
}

Result<AuditMessage> read_question(schema::AuditQuestion::Reader from) {
    auto older = read_head(from.getOlder());
    auto newer = read_head(from.getNewer());
    if (!older) return std::unexpected(older.error());
    if (!newer) return std::unexpected(newer.error());
    return AuditQuestion{std::move(*older), std::move(*newer)};
}

Result<AuditMessage> read_answer(schema::AuditAnswer::Reader from) {
    auto proof = split(from_data(from.getProof()));
    if (!proof) return std::unexpected(proof.error());
    return AuditAnswer{from.getOlder(), from.getNewer(), from.getKnown(), std::move(*proof)};
}

Result<AuditMessage> read_any(schema::AuditMessage::Reader from) {
    switch (from.which()) {
        case schema::AuditMessage::COSIGN: {
            auto growth = read(from.getCosign());
            if (!growth) return std::unexpected(growth.error());
            return AuditCosignRequest{std::move(*growth)};
        }
        case schema::AuditMessage::COSIGNED: {
            auto head = read_head(from.getCosigned());
            if (!head) return std::unexpected(head.error());
            return AuditCosigned{std::move(*head)};
        }
        case schema::AuditMessage::REFUSED:
            return read_refused(from.getRefused());
        case schema::AuditMessage::SEEN:
            return read_seen(from.getSeen());
        case schema::AuditMessage::QUESTION:
            return read_question(from.getQuestion());
        case schema::AuditMessage::ANSWER:
            return read_answer(from.getAnswer());
        default:
            return fail(Fault::unsupported, "audit: kind of message");
    }
}

}  // namespace

Bytes write_audit_message(const AuditMessage& message) {
    capnp::MallocMessageBuilder builder;
    std::visit(Writer{builder.initRoot<schema::AuditMessage>()}, message);
    return flatten(builder);
}

Result<AuditMessage> read_audit_message(ByteView bytes) {
    return read_message<schema::AuditMessage>(bytes, read_any);
}

}  // namespace sanad::federation
