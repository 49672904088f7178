#include "core/trust/checkpoint.h"
#include "core/base/encoding.h"
#include "core/trust/merkle.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

namespace {

struct Head {
    SigningKey sender_key{Seed{1}};
    SigningKey receiver_key{Seed{2}};
    Verifier sender{"ma.cmrpi", SignatureType::ed25519, sender_key.public_key()};
    Verifier receiver{"tn.amal", SignatureType::cosignature, receiver_key.public_key()};
    Checkpoint checkpoint{"sanad/ma.cmrpi/tn.amal/urgent", 3, leaf_hash(bytes_of("entry"))};
    std::string text = write_checkpoint(checkpoint);
    Time now{1'764'000'000'123};
    std::string note = sign_checkpoint(checkpoint, sender_key, "ma.cmrpi").value();
    std::string cosigned = add_cosignature(note, receiver_key, "tn.amal", now).value();
};

}  // namespace

TEST_CASE("a checkpoint is three lines: origin, size, root") {
    Digest root{};
    root.fill(0xff);
    CHECK(write_checkpoint({"sanad/a/b/urgent", 20852163, root}) ==
          "sanad/a/b/urgent\n20852163\n//////////////////////////////////////////8=\n");
}

TEST_CASE_METHOD(Head, "a checkpoint comes back as it was written") {
    for (const std::uint64_t size :
         {std::uint64_t(0), std::uint64_t(1), std::uint64_t(10), merkle_leaves_max}) {
        checkpoint.size = size;
        CHECK(parse_checkpoint(write_checkpoint(checkpoint)).value() == checkpoint);
    }
}

TEST_CASE_METHOD(Head, "a checkpoint in any other form is refused") {
    const std::string root = to_base64(checkpoint.root);
    REQUIRE(parse_checkpoint("sanad/x\n7\n" + root + "\n").has_value());
    for (const std::string& form :
         {std::string(),
          std::string("\n"),
          std::string("\n\n\n"),
          "sanad/x\n7\n" + root,
          "sanad/x\n7\n" + root + "\n\n",
          "sanad/x\n7\n" + root + "\nextension\n",
          "sanad/x\n07\n" + root + "\n",
          "sanad/x\n+7\n" + root + "\n",
          "sanad/x\n-7\n" + root + "\n",
          "sanad/x\n 7\n" + root + "\n",
          "sanad/x\n7 \n" + root + "\n",
          "sanad/x\n\n" + root + "\n",
          "sanad/x\n0x7\n" + root + "\n",
          "sanad/x\n7\n" + root.substr(1) + "\n",
          "sanad/x\n7\n" + root.substr(0, 43) + "\n",
          "sanad/x\n7\n" + to_base64(Bytes(31)) + "\n",
          "sanad/x\n7\n" + to_base64(Bytes(33)) + "\n",
          "\n7\n" + root + "\n",
          "a b\n7\n" + root + "\n",
          "a+b\n7\n" + root + "\n",
          "sanad/x\n281474976710657\n" + root + "\n",
          "sanad/x\n18446744073709551616\n" + root + "\n",
          "sanad/x\r\n7\r\n" + root + "\r\n",
          std::string(key_name_bytes_max + 1, 'a') + "\n7\n" + root + "\n"})
        CHECK(parse_checkpoint(form).error().fault == Fault::malformed);
    CHECK(parse_checkpoint(std::string(checkpoint_text_bytes_max + 1, 'a')).error().fault ==
          Fault::bad_size);
}

TEST_CASE_METHOD(Head, "a head opens with its owner's key and with no other") {
    CHECK(open_checkpoint(note, sender).value() == checkpoint);
    CHECK(open_checkpoint(cosigned, sender).value() == checkpoint);
    const Verifier other{"ma.cmrpi", SignatureType::ed25519, receiver_key.public_key()};
    CHECK(open_checkpoint(note, other).error().fault == Fault::untrusted);
    CHECK(open_checkpoint(std::string(checkpoint_note_bytes_max + 1, 'a'), sender).error().fault ==
          Fault::bad_size);
    CHECK(sign_checkpoint({"a b", 1, {}}, sender_key, "x").error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Head, "a note that is no checkpoint is no head, though its signature is good") {
    const auto other = sign_note("version 7\n", sender_key, "ma.cmrpi").value();
    CHECK(open_checkpoint(other, sender).error().fault == Fault::malformed);
    CHECK(add_cosignature(other, receiver_key, "tn.amal", now).error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Head, "a head with any bit changed, or cut short, is refused") {
    for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
        std::string changed = note;
        changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
        CHECK_FALSE(open_checkpoint(changed, sender).has_value());
    }
    for (std::size_t size = 0; size < note.size(); ++size)
        CHECK_FALSE(open_checkpoint(note.substr(0, size), sender).has_value());
}

TEST_CASE_METHOD(Head, "a cosignature is what C2SP's tlog-cosignature says, byte for byte") {
    const auto line = cosign(text, receiver_key, "tn.amal", now);
    REQUIRE(line.bytes.size() == 72);
    CHECK(read_big_endian<std::uint64_t>(line.bytes) == 1'764'000'000);
    Signature signature{};
    std::copy(line.bytes.begin() + 8, line.bytes.end(), signature.begin());
    CHECK(verify(receiver_key.public_key(), bytes_of("cosignature/v1\ntime 1764000000\n" + text),
                 signature));
    // key id = SHA-256(name || 0x0A || 0x04 || key)[:4]
    Bytes input{'t', 'n', '.', 'a', 'm', 'a', 'l', 0x0a, 0x04};
    append(input, receiver_key.public_key());
    CHECK(to_hex(line.key_id) == to_hex(ByteView(sha256(input)).first(4)));
    CHECK(cosigned == note + format(line));
}

TEST_CASE_METHOD(Head, "a receipt says what was received and when, to the second") {
    const auto opened = open_cosigned_checkpoint(cosigned, sender, receiver).value();
    CHECK(opened.checkpoint == checkpoint);
    CHECK(opened.cosigned_at == Time{1'764'000'000'000});
    const auto later =
        add_cosignature(cosigned, receiver_key, "tn.amal", now + Duration(60'000)).value();
    CHECK(open_cosigned_checkpoint(later, sender, receiver).value().cosigned_at ==
          Time{1'764'000'060'000});
}

TEST_CASE_METHOD(Head, "a head without its receiver's cosignature is no receipt") {
    CHECK(open_cosigned_checkpoint(note, sender, receiver).error().fault == Fault::untrusted);
    const auto by_itself = add_cosignature(note, sender_key, "ma.cmrpi", now).value();
    CHECK(open_cosigned_checkpoint(by_itself, sender, receiver).error().fault == Fault::untrusted);
    Note only{text, {cosign(text, receiver_key, "tn.amal", now)}};
    CHECK(open_cosigned_checkpoint(write_note(only), sender, receiver).error().fault ==
          Fault::untrusted);
}

TEST_CASE_METHOD(Head, "a signature over the text alone does not pass as a cosignature") {
    auto forged = sign_text(text, receiver_key, "tn.amal");
    forged.key_id = key_id(receiver);
    forged.bytes.insert(forged.bytes.begin(), 8, 0);
    CHECK(verify_cosignature(text, forged, receiver).error().fault == Fault::bad_signature);
    const Verifier as_signer{"tn.amal", SignatureType::ed25519, receiver_key.public_key()};
    CHECK(verify_cosignature(text, sign_text(text, receiver_key, "tn.amal"), as_signer)
              .error()
              .fault == Fault::untrusted);
}

TEST_CASE_METHOD(Head, "a cosignature of another head does not pass for this one") {
    auto other = checkpoint;
    other.size = 4;
    const auto line = cosign(write_checkpoint(other), receiver_key, "tn.amal", now);
    CHECK(verify_cosignature(text, line, receiver).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Head, "a receipt with any bit changed, or cut short, is refused") {
    for (std::size_t bit = 0; bit < cosigned.size() * 8; ++bit) {
        std::string changed = cosigned;
        changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
        CHECK_FALSE(open_cosigned_checkpoint(changed, sender, receiver).has_value());
    }
    for (std::size_t size = 0; size < cosigned.size(); ++size)
        CHECK_FALSE(open_cosigned_checkpoint(cosigned.substr(0, size), sender, receiver));
}

TEST_CASE_METHOD(Head, "a cosignature's time ends with the year 9999") {
    const Time last{std::int64_t(cosignature_seconds_max) * 1000};
    CHECK(verify_cosignature(text, cosign(text, receiver_key, "tn.amal", last), receiver).value() ==
          last);
    const auto beyond = cosign(text, receiver_key, "tn.amal", last + Duration(1000));
    CHECK(verify_cosignature(text, beyond, receiver).error().fault == Fault::invalid);
}

TEST_CASE_METHOD(Head, "a head and a receipt recorded by an earlier build are still accepted") {
    const std::string recorded =
        "sanad/ma.cmrpi/tn.amal/urgent\n3\n2cLWa1IsJSJyj1Of+fZ7hdQN7/8JX8ilKMmU9PNbs94=\n\n"
        "\u2014 ma.cmrpi "
        "5pR5UG+I1gEVqD0AYbNWkGJKd9gmwvXWHLN8G5k0x9rV3wiUw3/8DXXRjVap0sZWEBt0Zwvv3FReP"
        "/eu+YL1sAc6QgU=\n"
        "\u2014 tn.amal "
        "pFy7PgAAAABpJIEAslVIl8GDTyP5ICQ6mt+0HMusjjV8xhN0PlZNFp6m3EiBouwgeWA1qYFTdQvr4tB1"
        "JDLD2bD60L6Fh4DZ6qzHDA==\n";
    CHECK(cosigned == recorded);
    CHECK(open_cosigned_checkpoint(recorded, sender, receiver).value().checkpoint == checkpoint);
}
