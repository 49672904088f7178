#include "core/federation/gossip_message.h"
#include "core/federation/revocation.h"
#include "tests/fuzz/target.h"
#include "tests/unit/federation/directory_sample.h"

// What a peer says of directories and revocations must end in an Error or read as itself when it is
// written again. A notice that nobody of the directory signed strikes nobody; one that is signed
// here, whatever it says, strikes only a node of the directory, now, and is what would be signed.
namespace {

using namespace sanad;
using namespace sanad::federation;

const Directory& directory() {
    static const Directory sample = test::sample_directory();
    return sample;
}

Time now() { return directory().issued + std::chrono::hours(30); }

/// The steward whose key the target has; the others' are strangers' here.
constexpr std::uint8_t hand = 2;

void check_notice(std::string_view note) {
    // Whatever the notice is, the first steward did not write it.
    Directory other = directory();
    other.stewards = {test::steward(9)};
    for (auto& node : other.nodes) node.keys.identity = {};
    if (verify_revocation(other, note, now())) __builtin_trap();

    const auto parsed = trust::parse_note(note);
    if (!parsed) return;
    const auto key = test::steward_key(hand);
    const auto signer = test::steward(hand).name;
    const auto fresh = trust::sign_note(parsed->text, key, signer);
    if (!fresh) return;
    const auto notice = verify_revocation(directory(), *fresh, now());
    if (!notice) return;
    const auto* node = find_node(directory(), notice->node);
    if (node == nullptr || !strikes(*notice, *node)) __builtin_trap();
    if (notice->issued > now() + directory_clock_slack || notice->lapses() <= now())
        __builtin_trap();
    if (notice->by != test::steward(hand) || notice->note != *fresh) __builtin_trap();
    if (sign_revocation(directory(), notice->node, notice->reason, key, signer, notice->issued) !=
        *fresh)
        __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes{data, size};
    check_notice(text_of(bytes));
    const auto message = parse_gossip(bytes);
    if (!message) return 0;
    if (parse_gossip(write_message(*message)) != *message) __builtin_trap();
    if (const auto* notice = std::get_if<DirectoryNotice>(&*message)) check_notice(notice->note);
    if (const auto* offer = std::get_if<DirectoryOffer>(&*message))
        for (const auto& note : offer->notes)
            if (const auto read = trust::parse_note(note); read && trust::write_note(*read) != note)
                __builtin_trap();
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const auto notice =
        sign_revocation(directory(), NodeId{"tn.example"}, "key_stolen", test::steward_key(hand),
                        test::steward(hand).name, now() - std::chrono::hours(1))
            .value();
    return {seed(notice), write_message(DirectoryNotice{notice}), write_message(DirectoryHave{7}),
            write_message(DirectoryWant{6}),
            write_message(DirectoryOffer{{test::signed_by(directory(), {1, 2}), "nonsense\n"}})};
}
