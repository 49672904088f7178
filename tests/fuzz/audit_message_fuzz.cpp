#include "core/federation/audit_message.h"
#include "core/trust/checkpoint.h"
#include "tests/fuzz/target.h"

#include <algorithm>

// What a peer says about audit logs must end in an Error or in a message within its limits, which
// reads as itself when it is written again.
namespace {

using namespace sanad;
using namespace sanad::federation;

void check_head(const std::string& head) {
    if (head.size() > audit_head_bytes_max) __builtin_trap();
}
void check_proof(const trust::Proof& proof) {
    if (proof.size() > trust::proof_digests_max) __builtin_trap();
}
void check_growth(const AuditGrowth& growth) {
    check_head(growth.head);
    check_proof(growth.proof);
}

void check(const AuditCosignRequest& request) { check_growth(request.growth); }
void check(const AuditCosigned& cosigned) { check_head(cosigned.head); }
void check(const AuditRefused& refused) {
    check_head(refused.head);
    check_head(refused.held);
}
void check(const AuditSeen& seen) {
    if (seen.heads.size() > audit_heads_max) __builtin_trap();
    std::ranges::for_each(seen.heads, check_growth);
}
void check(const AuditQuestion& question) {
    check_head(question.older);
    check_head(question.newer);
}
void check(const AuditAnswer& answer) { check_proof(answer.proof); }

bool same(const AuditCosignRequest& one, const AuditCosignRequest& other) {
    return one.growth == other.growth;
}
bool same(const AuditCosigned& one, const AuditCosigned& other) { return one.head == other.head; }
bool same(const AuditRefused& one, const AuditRefused& other) {
    return one.reason == other.reason && one.head == other.head && one.held == other.held;
}
bool same(const AuditSeen& one, const AuditSeen& other) { return one.heads == other.heads; }
bool same(const AuditQuestion& one, const AuditQuestion& other) {
    return one.older == other.older && one.newer == other.newer;
}
bool same(const AuditAnswer& one, const AuditAnswer& other) {
    return one.older == other.older && one.newer == other.newer && one.known == other.known &&
           one.proof == other.proof;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = read_audit_message({data, size});
    if (!message) return 0;
    const auto again = read_audit_message(write_audit_message(*message));
    if (!again) __builtin_trap();
    std::visit(
        [&](const auto& one) {
            check(one);
            const auto* other = std::get_if<std::remove_cvref_t<decltype(one)>>(&*again);
            if (other == nullptr || !same(one, *other)) __builtin_trap();
        },
        *message);
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const trust::SigningKey key(trust::Seed{1});
    const auto head = [&](std::uint64_t entries) {
        return trust::sign_checkpoint({"sanad/audit/ma.node", entries, {}}, key, "ma.node").value();
    };
    const AuditGrowth growth{head(9), 4, {trust::Digest{1}, trust::Digest{2}}};
    return {write_audit_message(AuditCosignRequest{growth}),
            write_audit_message(AuditCosigned{head(9)}),
            write_audit_message(AuditRefused{"not_grown", head(9), head(7)}),
            write_audit_message(AuditSeen{{growth, {head(3), 0, {}}}}),
            write_audit_message(AuditQuestion{head(4), head(9)}),
            write_audit_message(AuditAnswer{4, 9, true, growth.proof})};
}
