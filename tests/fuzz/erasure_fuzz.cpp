#include "core/base/time_text.h"
#include "core/casework/erasure.h"
#include "tests/fuzz/target.h"
#include "tests/support/federation_node.h"

// What a peer says about an erasure must end in an Error or in a message that is sound, reads as
// itself when it is written again, and whose dates can be counted with and shown. The same bytes
// are tried as the record that a node keeps of it.
namespace {

using namespace sanad;
using namespace sanad::casework;

const Taxonomies& taxonomies() {
    static const Taxonomies all = support::small_taxonomies();
    return all;
}

/// As a node keeps what it gets back of its own log.
Erasure record_of(const ErasureMessage& message) {
    Erasure erasure;
    erasure.referral = message.referral;
    erasure.peer = {"tn.node"};
    erasure.side = ErasureSide::holder;
    erasure.requested_at = message.at;
    if (message.kind == ErasureKind::held) {
        erasure.state = ErasureState::held;
        erasure.hold_reason = message.reason;
        erasure.hold_law = message.law;
        erasure.hold_until = message.until;
    }
    return erasure;
}

void check_clock(Erasure erasure) {
    const Time late = erasure.requested_at + 3 * erasure_answer_within;
    if (answer_due(erasure) <= erasure.requested_at) __builtin_trap();
    for (const auto percent : due_erasure_steps(erasure, late))
        erasure.steps_done = with_erasure_step(erasure.steps_done, percent);
    // Each step comes once.
    if (!due_erasure_steps(erasure, late).empty()) __builtin_trap();
    if (const auto next = next_erasure_due(erasure))
        if (erasure.state == ErasureState::requested) __builtin_trap();
}

void check_message(ByteView bytes) {
    const auto message = read_erasure(bytes, taxonomies());
    if (!message) return;
    if (!check_erasure(*message, taxonomies())) __builtin_trap();
    if (read_erasure(write_erasure(*message), taxonomies()) != *message) __builtin_trap();
    for (const Time time : {message->at, message->until})
        if (parse_time(format_time(time)) != time) __builtin_trap();
    const bool ends = message->kind == ErasureKind::held;
    if (ends && message->until - message->at > legal_hold_at_most) __builtin_trap();
    const auto record = record_of(*message);
    if (read_erasure_record(write_record(record)) != record) __builtin_trap();
    check_clock(record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes{data, size};
    check_message(bytes);
    if (const auto record = read_erasure_record(bytes))
        if (read_erasure_record(write_record(*record)) != *record) __builtin_trap();
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const Time now{1'795'485'600'000};
    ErasureMessage request;
    request.kind = ErasureKind::request;
    request.referral = {{1, 2, 3}};
    request.at = now;
    request.reason = "resolved";
    ErasureMessage certificate = request;
    certificate.kind = ErasureKind::certificate;
    certificate.reason.clear();
    certificate.key_hash.fill(9);
    certificate.entries = 4;
    ErasureMessage held = request;
    held.kind = ErasureKind::held;
    held.reason = "court";
    held.law = "An order of an invented court";
    held.until = now + std::chrono::days(90);
    return {write_erasure(request), write_erasure(certificate), write_erasure(held),
            write_record(record_of(held))};
}
