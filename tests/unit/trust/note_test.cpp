#include "core/trust/note.h"
#include "core/base/encoding.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

namespace {

// The example in the documentation of Go's golang.org/x/mod/sumdb/note.
constexpr std::string_view peter_key =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view peter_text =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr std::string_view peter_line =
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n";
// The private key of the same example, published with it: base64 of type and seed.
constexpr std::string_view peter_secret = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

std::string peter_note() { return std::string(peter_text) + "\n" + std::string(peter_line); }

struct Stewards {
    SigningKey rabat_key{Seed{1}};
    SigningKey tunis_key{Seed{2}};
    Verifier rabat{"rabat", SignatureType::ed25519, rabat_key.public_key()};
    Verifier tunis{"tunis", SignatureType::ed25519, tunis_key.public_key()};
    std::string text = "version 7\nnode ma.cmrpi\n";
    std::string note = sign_note(text, rabat_key, "rabat").value();

    Result<std::vector<Verifier>> check(std::string_view bytes, std::vector<Verifier> known) const {
        const auto parsed = parse_note(bytes);
        if (!parsed) return std::unexpected(parsed.error());
        return verify_note(*parsed, known);
    }
};

Fault fault_of_note(std::string_view bytes) {
    const auto note = parse_note(bytes);
    REQUIRE_FALSE(note.has_value());
    return note.error().fault;
}

std::string line_with(std::string_view name, std::size_t signature_bytes) {
    return format(NoteSignature{std::string(name), {}, Bytes(signature_bytes)});
}

}  // namespace

TEST_CASE("a note signed by Go's reference implementation is accepted") {
    const auto peter = parse_verifier(peter_key).value();
    const auto note = parse_note(peter_note()).value();
    CHECK(note.text == peter_text);
    CHECK(verify_note(note, std::vector{peter}).value() == std::vector{peter});
    CHECK(write_note(note) == peter_note());
}

TEST_CASE("we sign a note to the byte as Go's reference implementation does") {
    const Bytes type_and_seed = from_base64(peter_secret).value();
    Seed seed{};
    std::copy(type_and_seed.begin() + 1, type_and_seed.end(), seed.begin());
    const SigningKey key(seed);
    CHECK(sign_note(peter_text, key, "PeterNeumann").value() == peter_note());
    CHECK(format(Verifier{"PeterNeumann", SignatureType::ed25519, key.public_key()}) == peter_key);
}

TEST_CASE("a verifier text has one form, and any part or change of it is refused") {
    CHECK(format(parse_verifier(peter_key).value()) == peter_key);
    for (std::size_t begin = 0; begin <= peter_key.size(); ++begin)
        for (std::size_t size = 0; begin + size <= peter_key.size(); ++size)
            if (size != peter_key.size())
                CHECK_FALSE(parse_verifier(peter_key.substr(begin, size)).has_value());
    for (std::size_t bit = 0; bit < peter_key.size() * 8; ++bit) {
        std::string changed(peter_key);
        changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
        CHECK_FALSE(parse_verifier(changed).has_value());
    }
}

TEST_CASE("a verifier of an unknown type, of the wrong length or with a weak key is refused") {
    const auto of = [](Bytes type_and_key) {
        return parse_verifier("x+00000000+" + to_base64(type_and_key)).error().fault;
    };
    Bytes bytes(33);
    bytes[0] = 6;
    CHECK(of(bytes) == Fault::unsupported);
    bytes[0] = 1;
    bytes.push_back(0);
    CHECK(of(bytes) == Fault::malformed);
    CHECK(of({}) == Fault::malformed);
    CHECK(
        parse_verifier(format(Verifier{"x", SignatureType::ed25519, PublicKey{}})).error().fault ==
        Fault::invalid);
    CHECK(parse_verifier(std::string(1'000'000, 'x')).error().fault == Fault::malformed);
}

TEST_CASE("a key name has no space of any script, no plus and no control") {
    for (const auto* name : {"rabat", "sanad/ma.cmrpi/tn.amal/urgent", "سند", "\u00e9"})
        CHECK(check_key_name(name));
    for (const auto* name : {"", "a b", "a+b", "a\nb", "a\tb", "a\u00a0b", "a\u2003b", "a\u3000b",
                             "a\u2028b", "a\u202eb", "e\u0301", "\xff", "a\u0085b"})
        CHECK_FALSE(check_key_name(name));
    CHECK(check_key_name(std::string(key_name_bytes_max, 'a')));
    CHECK_FALSE(check_key_name(std::string(key_name_bytes_max + 1, 'a')));
}

TEST_CASE_METHOD(Stewards, "a note says who of the known keys signed it") {
    const auto both = add_signature(note, tunis_key, "tunis").value();
    CHECK(check(both, {tunis, rabat}).value() == std::vector{tunis, rabat});
    CHECK(check(both, {tunis}).value() == std::vector{tunis});
    CHECK(check(note, {tunis, rabat}).value() == std::vector{rabat});
    CHECK(check(note, {tunis}).error().fault == Fault::untrusted);
    CHECK(check(note, {}).error().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Stewards, "a key under another name is not the key that is known") {
    Verifier renamed = rabat;
    renamed.name = "casablanca";
    CHECK(check(note, {renamed}).error().fault == Fault::untrusted);
    Verifier cosigner = rabat;
    cosigner.type = SignatureType::cosignature;
    CHECK(check(note, {cosigner}).error().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Stewards,
                 "a bad signature in a known name refuses the note, whoever else signed") {
    auto parsed = parse_note(add_signature(note, tunis_key, "tunis").value()).value();
    parsed.signatures[0].bytes[5] ^= 1;
    CHECK(verify_note(parsed, std::vector{rabat, tunis}).error().fault == Fault::bad_signature);
    CHECK(verify_note(parsed, std::vector{tunis}).value() == std::vector{tunis});
    parsed.signatures[0].bytes.pop_back();
    CHECK(verify_note(parsed, std::vector{rabat, tunis}).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Stewards, "signing twice adds nothing") {
    CHECK(add_signature(note, rabat_key, "rabat").value() == note);
}

TEST_CASE_METHOD(Stewards, "a note with any bit changed is refused") {
    for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
        std::string changed = note;
        changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
        CHECK_FALSE(check(changed, {rabat}).has_value());
    }
}

TEST_CASE_METHOD(Stewards, "a note cut short anywhere is refused") {
    for (std::size_t size = 0; size < note.size(); ++size)
        CHECK_FALSE(check(note.substr(0, size), {rabat}).has_value());
}

TEST_CASE_METHOD(Stewards,
                 "a note that was spliced or repeated at random is refused or unchanged") {
    sanad::test::CounterEntropy entropy;
    for (int round = 0; round < 5'000; ++round) {
        std::string changed = note;
        const auto from = entropy.next() % note.size();
        const auto size = entropy.next() % (note.size() - from);
        changed.insert(entropy.next() % note.size(), note.substr(from, size));
        const auto parsed = parse_note(changed);
        if (!parsed) continue;
        CHECK(write_note(*parsed) == changed);
        if (verify_note(*parsed, std::vector{rabat})) CHECK(parsed->text == text);
    }
}

TEST_CASE_METHOD(Stewards, "a text may hold empty lines, even what looks like a signature") {
    const std::string tricky = text + "\n" + line_with("rabat", 64) + "\nthe end\n";
    const auto signed_note = sign_note(tricky, rabat_key, "rabat").value();
    CHECK(parse_note(signed_note).value().text == tricky);
    CHECK(check(signed_note, {rabat}).has_value());
}

TEST_CASE("a note is refused that is not in the one form of a note") {
    const std::string line = line_with("a", 64);
    CHECK(parse_note("text\n\n" + line).has_value());
    const std::vector<std::string> forms{std::string(),
                                         std::string("text\n"),
                                         std::string("text\n\n"),
                                         "text\n" + line,
                                         "text\n\n" + line + "x",
                                         "text\n\n" + line.substr(0, line.size() - 1),
                                         "\n" + line,
                                         "te\txt\n\n" + line,
                                         "te\rxt\n\n" + line,
                                         "te\x7fxt\n\n" + line,
                                         "te\xffxt\n\n" + line,
                                         std::string("te\0xt\n\n", 7) + line,
                                         "text\n\n-- a AAAA\n",
                                         "text\n\n\u2014 a\n",
                                         "text\n\n\u2014  AAAAAAAA\n",
                                         "text\n\n\u2014 a  AAAAAAAA\n",
                                         "text\n\n\u2014 a AAAAAAAA \n",
                                         "text\n\n\u2014 a AAAAAAB=\n",
                                         "text\n\n\u2014 a+b AAAAAAAA\n"};
    for (const std::string& bytes : forms) CHECK(fault_of_note(bytes) == Fault::malformed);
}

TEST_CASE("a signature has at least one byte behind its key id, and at most the limit") {
    CHECK(fault_of_note("text\n\n\u2014 a AAAAAA==\n") == Fault::bad_size);
    CHECK(parse_note("text\n\n" + line_with("a", 1)).has_value());
    CHECK(parse_note("text\n\n" + line_with("a", note_signature_bytes_max)).has_value());
    CHECK(fault_of_note("text\n\n" + line_with("a", note_signature_bytes_max + 1)) ==
          Fault::bad_size);
}

TEST_CASE("a note has at most note_signatures_max signatures") {
    std::string note = "text\n\n";
    for (std::size_t i = 0; i < note_signatures_max; ++i) note += line_with("a", 64);
    CHECK(parse_note(note).value().signatures.size() == note_signatures_max);
    CHECK(add_signature(note, SigningKey(Seed{1}), "b").error().fault == Fault::exhausted);
    CHECK(fault_of_note(note + line_with("a", 64)) == Fault::exhausted);
}

TEST_CASE("a note has at most note_bytes_max bytes, signatures and all") {
    const SigningKey key(Seed{1});
    const std::size_t rest = sign_note("\n", key, "a").value().size();
    const auto text_of_size = [](std::size_t size) { return std::string(size - 1, 'x') + "\n"; };
    const auto longest = sign_note(text_of_size(note_bytes_max - rest + 1), key, "a").value();
    CHECK(longest.size() == note_bytes_max);
    CHECK(parse_note(longest).has_value());
    CHECK(fault_of_note("x" + longest) == Fault::bad_size);
    CHECK(sign_note(text_of_size(note_bytes_max - rest + 2), key, "a").error().fault ==
          Fault::bad_size);
}

TEST_CASE("what cannot be a note's text or name is not signed") {
    const SigningKey key(Seed{1});
    CHECK(sign_note("no newline", key, "a").error().fault == Fault::malformed);
    CHECK(sign_note("a\tb\n", key, "a").error().fault == Fault::malformed);
    CHECK(sign_note("", key, "a").error().fault == Fault::bad_size);
    CHECK(sign_note("text\n", key, "a b").error().fault == Fault::malformed);
    CHECK(sign_note(cosignature_message(5, "text\n"), key, "a").error().fault == Fault::malformed);
}
