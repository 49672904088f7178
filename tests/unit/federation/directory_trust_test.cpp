#include "core/federation/directory_trust.h"
#include "tests/unit/federation/directory_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

struct Trust {
    Directory directory = sample_directory();
    std::vector<trust::Verifier> stewards = directory.stewards;
    SignedDirectory current = verify_directory(signed_by(directory, {1, 2}), stewards, 2).value();
    Directory next = directory;

    Trust() {
        next.version = 8;
        next.issued = next.issued + Duration(1'000);
    }

    std::string first(std::string_view note, std::uint32_t threshold = 2) const {
        const auto verified = verify_directory(note, stewards, threshold);
        return verified ? "accepted" : name(verified.error().fault);
    }
    std::string successor(std::string_view note) const {
        const auto verified = verify_successor(current, note);
        return verified ? "accepted" : name(verified.error().fault);
    }
};

}  // namespace

TEST_CASE_METHOD(Trust,
                 "a directory is believed when the threshold of trusted stewards signed it") {
    CHECK(first(signed_by(directory, {1, 2})) == "accepted");
    CHECK(first(signed_by(directory, {3, 1})) == "accepted");
    CHECK(first(signed_by(directory, {1, 2, 3})) == "accepted");
    CHECK(first(signed_by(directory, {1})) == "untrusted");
    CHECK(first(signed_by(directory, {4, 5})) == "untrusted");
    CHECK(first(signed_by(directory, {1, 4, 5, 6})) == "untrusted");
    CHECK(first(signed_by(directory, {1, 2}), 0) == "invalid");
}

TEST_CASE_METHOD(Trust, "two signatures by one key are one, also under two names") {
    CHECK(first(signed_by(directory, {1, 1})) == "untrusted");
    // The administrator was talked into trusting one key under two names; the directory's own
    // stewards are enough.
    stewards = {steward(1), {"second-name", trust::SignatureType::ed25519, steward(1).key}};
    auto note = trust::parse_note(signed_by(directory, {1, 3})).value();
    note.signatures.push_back(trust::sign_text(note.text, steward_key(1), "second-name"));
    CHECK(first(trust::write_note(note)) == "untrusted");
    CHECK(first(trust::write_note(note), 1) == "accepted");
}

TEST_CASE_METHOD(Trust, "a bad signature in a steward's name refuses the directory") {
    auto note = trust::parse_note(signed_by(directory, {1, 2, 3})).value();
    note.signatures[2].bytes[0] ^= 1;
    CHECK(first(trust::write_note(note)) == "bad_signature");
}

TEST_CASE_METHOD(Trust, "a signed directory with any bit of its text changed is refused") {
    const std::string note = signed_by(directory, {1, 2});
    for (std::size_t byte = 0; byte < current.note.text.size(); ++byte) {
        std::string changed = note;
        changed[byte] = char(changed[byte] ^ (1 << (byte % 8)));
        CHECK(first(changed) != "accepted");
    }
}

TEST_CASE_METHOD(Trust, "a directory's text is kept as it came") {
    CHECK(current.note.text == write_directory(directory).value());
    CHECK(current.directory == directory);
}

TEST_CASE_METHOD(Trust, "a well-signed text that is no directory is refused") {
    trust::Note note{"sanad-directory/v1\nversion 8\n", {}};
    for (const auto number : {std::uint8_t(1), std::uint8_t(2)})
        note.signatures.push_back(
            trust::sign_text(note.text, steward_key(number), steward(number).name));
    CHECK(first(trust::write_note(note)) == "malformed");
    CHECK(successor(trust::write_note(note)) == "malformed");
}

TEST_CASE_METHOD(Trust, "a note beyond the size limit is refused before anything is hashed") {
    CHECK(first(std::string(2 << 20, 'x')) == "bad_size");
    CHECK(successor(std::string(2 << 20, 'x')) == "bad_size");
}

TEST_CASE_METHOD(Trust, "a first directory with stewards of its own needs their signatures too") {
    directory.stewards = {steward(3), steward(4), steward(5)};
    CHECK(first(signed_by(directory, {1, 2})) == "untrusted");
    CHECK(first(signed_by(directory, {4, 5})) == "untrusted");
    CHECK(first(signed_by(directory, {1, 2, 4, 5})) == "accepted");
    CHECK(first(signed_by(directory, {1, 3, 4})) == "accepted");  // one is of both
    directory = sample_directory();
    directory.threshold = 3;
    CHECK(first(signed_by(directory, {1, 2})) == "untrusted");
    CHECK(first(signed_by(directory, {1, 2, 3})) == "accepted");
}

TEST_CASE_METHOD(Trust, "a newer directory takes the place of the one in force") {
    CHECK(successor(signed_by(next, {2, 3})) == "accepted");
    next.version = 1'000;
    CHECK(successor(signed_by(next, {2, 3})) == "accepted");
    CHECK(verify_successor(current, signed_by(next, {2, 3})).value().directory == next);
    CHECK(successor(signed_by(next, {2})) == "untrusted");
    next.issued = directory.issued;
    CHECK(successor(signed_by(next, {2, 3})) == "accepted");
}

TEST_CASE_METHOD(Trust, "an older directory never comes back, however well it is signed") {
    next.version = 6;
    CHECK(successor(signed_by(next, {1, 2, 3})) == "denied");
    next.version = 8;
    next.issued = directory.issued - Duration(1'000);
    CHECK(successor(signed_by(next, {1, 2, 3})) == "denied");
    CHECK(successor(signed_by(directory, {1, 2})) == "denied");     // the same
    CHECK(successor(signed_by(directory, {1, 2, 3})) == "denied");  // with a signature more
}

TEST_CASE_METHOD(Trust, "two texts of one version raise the fork alarm when both are signed") {
    next.version = 7;
    CHECK(successor(signed_by(next, {1, 2})) == "conflict");
    CHECK(successor(signed_by(next, {1})) == "untrusted");  // nobody can raise it alone
}

TEST_CASE_METHOD(Trust, "a directory of another federation is refused") {
    next.federation = "levant";
    CHECK(successor(signed_by(next, {1, 2, 3})) == "invalid");
}

TEST_CASE_METHOD(Trust, "a change of stewards needs the threshold of the old and of the new ones") {
    next.stewards = {steward(3), steward(4), steward(5)};
    CHECK(successor(signed_by(next, {1, 2})) == "untrusted");  // old only
    CHECK(successor(signed_by(next, {4, 5})) == "untrusted");  // new only
    CHECK(successor(signed_by(next, {1, 4, 5})) == "untrusted");
    CHECK(successor(signed_by(next, {1, 2, 4})) == "untrusted");
    CHECK(successor(signed_by(next, {1, 2, 4, 5})) == "accepted");
    CHECK(successor(signed_by(next, {1, 3, 4})) == "accepted");
}

TEST_CASE_METHOD(Trust, "a change of stewards or threshold skips no version") {
    next.stewards = {steward(3), steward(4), steward(5)};
    next.version = 9;
    CHECK(successor(signed_by(next, {1, 2, 4, 5})) == "denied");
    next = directory;
    next.threshold = 1;
    next.version = 9;
    CHECK(successor(signed_by(next, {1, 2, 3})) == "denied");
    next.version = 8;
    CHECK(successor(signed_by(next, {1, 2})) == "accepted");
    CHECK(successor(signed_by(next, {1})) == "untrusted");  // its own threshold is not enough
}

TEST_CASE_METHOD(Trust, "a steward under a new name or key is a change of stewards") {
    next.version = 9;
    next.stewards[2].name = "steward-three";
    CHECK(successor(signed_by(next, {1, 2})) == "denied");
    next.stewards = {steward(3), steward(1), steward(2)};  // another order is none
    CHECK(successor(signed_by(next, {1, 2})) == "accepted");
}

TEST_CASE_METHOD(Trust, "removed stewards cannot sign the directory after their last") {
    next.stewards = {steward(3), steward(4), steward(5)};
    current = verify_successor(current, signed_by(next, {1, 2, 4, 5})).value();
    next.version = 9;
    CHECK(successor(signed_by(next, {1, 2})) == "untrusted");
    next.stewards = {steward(1), steward(2)};
    CHECK(successor(signed_by(next, {1, 2})) == "untrusted");
    next.stewards = {steward(3), steward(4), steward(5)};
    CHECK(successor(signed_by(next, {3, 5})) == "accepted");
}

TEST_CASE_METHOD(Trust, "signatures that were collected apart are put together") {
    const auto one = signed_by(directory, {1});
    const auto two = signed_by(directory, {2});
    const auto both = merge_signatures(one, two).value();
    CHECK(both == signed_by(directory, {1, 2}));
    CHECK(first(both) == "accepted");
    CHECK(merge_signatures(both, two).value() == both);
    CHECK(merge_signatures(one, signed_by(next, {2})).error().fault == Fault::conflict);
    CHECK(merge_signatures(one, "no note").error().fault == Fault::malformed);
    CHECK(merge_signatures("no note", one).error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Trust, "merged notes hold no more signatures than a note may") {
    const auto with = [&](std::size_t from, std::size_t count) {
        trust::Note note{current.note.text, {}};
        for (std::size_t i = from; i < from + count; ++i)
            note.signatures.push_back({"name-" + std::to_string(i), {}, {1}});
        return trust::write_note(note);
    };
    CHECK(merge_signatures(with(0, 60), with(60, 40)).has_value());
    CHECK(merge_signatures(with(0, 60), with(60, 41)).error().fault == Fault::exhausted);
}
