#include "core/federation/directory_trust.h"
#include "core/federation/passport_verify.h"
#include "core/trust/checkpoint.h"
#include "tests/fuzz/target.h"
#include "tests/support/counter_entropy.h"

// Whatever a stranger hands over as a passport must end in an Error or in a report: no crash, no
// hang, no exception. No steward here signed any, so one that verifies is a forgery. What can be
// read is signed again by keys of this file, so that the checks behind the signatures are reached
// too.
namespace {

using namespace sanad;
using namespace sanad::federation;
using casework::Side;

const trust::SigningKey& key(std::uint8_t number) {
    static const trust::SigningKey keys[] = {
        trust::SigningKey(trust::Seed{1}), trust::SigningKey(trust::Seed{2}),
        trust::SigningKey(trust::Seed{3}), trust::SigningKey(trust::Seed{4}),
        trust::SigningKey(trust::Seed{5})};
    return keys[number];
}
const trust::SigningKey& key(Side side) { return key(side == Side::asker ? 1 : 2); }

const trust::Verifier& steward() {
    static const trust::Verifier verifier{"steward", trust::SignatureType::ed25519,
                                          key(0).public_key()};
    return verifier;
}

DirectoryNode node(const NodeId& id, std::uint8_t number) {
    test::CounterEntropy entropy{number};
    DirectoryNode node;
    node.id = id;
    node.country = {char(id.text[0] - 'a' + 'A'), char(id.text[1] - 'a' + 'A')};
    node.name = "Example helpline";
    node.languages = {"ar"};
    node.keys = sign_key_bundle(id, key(number + 2), key(number).public_key(),
                                trust::SealingKey::generate(entropy).public_key(),
                                trust::TransportKey::generate(entropy).public_key(), Time{1'000});
    return node;
}

std::string directory(const Passport& passport) {
    const auto text = write_directory({"fuzz",
                                       1,
                                       Time{1'000},
                                       Time{2'000},
                                       1,
                                       {steward()},
                                       {node(passport.asker, 1), node(passport.asked, 2)}});
    return text ? trust::sign_note(*text, key(0), "steward").value_or("") : "";
}

std::string sign_again(const Passport& passport, const std::string& head, Side writer) {
    const auto note = trust::parse_note(head);
    if (!note) return head;
    const Side reader = casework::other(writer);
    trust::Note fresh{note->text, {}};
    fresh.signatures = {
        trust::sign_text(note->text, key(writer), passport.node(writer).text),
        trust::cosign(note->text, key(reader), passport.node(reader).text, Time{1'000})};
    return trust::write_note(fresh);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView file{data, size};
    (void)show_passport(file);
    if (verify_passport(file, std::span(&steward(), 1), 1)) __builtin_trap();
    auto read = read_passport(file);
    if (!read) return 0;
    Passport& passport = read->passport;
    passport.directory = directory(passport);
    for (auto& log : passport.logs) {
        log.receipted = sign_again(passport, log.receipted, log.writer);
        log.written = sign_again(passport, log.written, log.writer);
    }
    const auto again = write_passport(passport, key(passport.exporter));
    if (!again) return 0;
    // What was written reads as what it was made from.
    if (const auto whole = read_passport(*again); !whole || whole->passport != passport)
        __builtin_trap();
    (void)verify_passport(*again, std::span(&steward(), 1), 1);
    return 0;
}

// A recorded passport is given as a file.
std::vector<Bytes> fuzz::seeds() { return {}; }
