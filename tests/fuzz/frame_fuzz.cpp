#include "core/federation/frame.h"
#include "core/trust/checkpoint.h"
#include "tests/fuzz/target.h"

#include <algorithm>

// Whatever a peer sends over an open link must end in an Error or in a frame that says the same
// when it is written again.
namespace {

using namespace sanad;
using namespace sanad::federation;

Result<Bytes> write(const Hello& hello) { return write_frame(hello); }
Result<Bytes> write(const Ack& ack) { return write_frame(ack); }
Result<Bytes> write(const Beside& beside) { return write_beside(beside.topic, beside.payload); }
Result<Bytes> write(const Push& push) {
    std::vector<LoggedEntry> entries;
    for (const auto& raw : push.entries) entries.push_back({push.first + entries.size(), raw, {}});
    return write_push(push.lane, entries, push.head);
}

bool same(const Hello& one, const Hello& other) {
    return one.directory_version == other.directory_version && one.received == other.received &&
           one.wants_reply == other.wants_reply;
}
bool same(const Ack& one, const Ack& other) {
    return one.lane == other.lane && one.head == other.head;
}
bool same(const Beside& one, const Beside& other) {
    return one.topic == other.topic && one.payload == other.payload;
}
bool same(const Push& one, const Push& other) {
    return one.lane == other.lane && one.first == other.first && one.entries == other.entries &&
           one.head == other.head;
}

std::string head() {
    const trust::SigningKey key(trust::Seed{1});
    return trust::sign_checkpoint({"sanad/ma.node/tn.node/normal", 2, {}}, key, "ma.node").value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto frame = parse_frame({data, size});
    if (!frame) return 0;
    std::visit(
        [](const auto& one) {
            const auto bytes = write(one);
            if (!bytes) return;  // a frame of many empty entries may grow beyond what is sent
            const auto again = parse_frame(*bytes);
            if (!again) __builtin_trap();
            const auto* other = std::get_if<std::remove_cvref_t<decltype(one)>>(&*again);
            if (other == nullptr || !same(one, *other)) __builtin_trap();
        },
        *frame);
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const std::vector<LoggedEntry> two{{0, Bytes(64, 1), {}}, {1, Bytes(200, 2), {}}};
    return {write_frame(Hello{7, {3, 5}, {}, true}), write_push(Lane::urgent, two, head()).value(),
            write_frame(Ack{Lane::normal, head()}), write_beside(Topic{1}, Bytes(40, 3)).value()};
}
