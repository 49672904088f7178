#include "core/federation/entry.h"

#include "core/base/message.h"
#include "schemas/wire.capnp.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;

namespace {

struct Sealer {
    Bytes sealed(const Body& what, const EntryPlace& where) {
        return seal_entry(id, at, where, what, link_key, entropy).value();
    }
    SealedEntry parsed(const Bytes& raw) {
        return std::get<SealedEntry>(parse_entry(raw).value().content);
    }
    Result<Body> opened(const Bytes& raw, const EntryPlace& where) {
        return open_entry(parsed(raw), where, entry_key(link_key, where.index));
    }

    support::TestEntropy entropy{5};
    const EntryId id{{1, 2, 3}};
    const Time at{1'795'485'600'000};
    LinkKey link_key = LinkKey::generate(entropy);
    const EntryPlace place{"sanad/ma.cmrpi/tn.amal/normal", 12};
    const Body body{BodyKind::referral, {9}, {1, 2, 3, 4}};
};

}  // namespace

TEST_CASE_METHOD(Sealer, "a body opens where it was sealed, with its id and its time outside") {
    const auto raw = sealed(body, place);
    const auto entry = parse_entry(raw).value();
    CHECK(entry.id == id);
    CHECK(entry.created_at == at);
    CHECK(opened(raw, place).value() == body);
}

TEST_CASE_METHOD(Sealer, "a sealed entry opens at no other place and with no other key") {
    const auto raw = sealed(body, place);
    CHECK(opened(raw, {place.origin, 13}).error().fault == Fault::bad_signature);
    const EntryPlace elsewhere{"sanad/ma.cmrpi/tn.amal/urgent", place.index};
    CHECK(opened(raw, elsewhere).error().fault == Fault::bad_signature);
    const auto other = LinkKey::generate(entropy);
    CHECK(open_entry(parsed(raw), place, entry_key(other, place.index)).error().fault ==
          Fault::bad_signature);
    // One entry's key, as a passport discloses it, opens that entry and no other.
    const auto second = sealed(body, {place.origin, 13});
    CHECK(open_entry(parsed(second), {place.origin, 13}, entry_key(link_key, 12)).error().fault ==
          Fault::bad_signature);
}

TEST_CASE_METHOD(Sealer, "no flipped bit of what is sealed goes unnoticed") {
    const auto entry = parsed(sealed(body, place));
    const auto key = entry_key(link_key, place.index);
    for (std::size_t bit = 0; bit < entry.sealed.size() * 8; ++bit) {
        auto damaged = entry;
        damaged.sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        REQUIRE(open_entry(damaged, place, key).error().fault == Fault::bad_signature);
    }
    for (std::size_t size = 0; size < entry.sealed.size(); ++size) {
        auto cut = entry;
        cut.sealed.resize(size);
        REQUIRE_FALSE(open_entry(cut, place, key).has_value());
    }
}

TEST_CASE_METHOD(Sealer, "the size of an entry tells no more than a power of two") {
    const auto size_for = [&](std::size_t bytes) {
        return sealed({BodyKind::referral, {}, Bytes(bytes)}, place).size();
    };
    CHECK(size_for(0) == size_for(900));
    CHECK(size_for(1'000) == size_for(1'900));
    CHECK(size_for(900) + 1'024 == size_for(1'000));
    CHECK(size_for(2'100) == size_for(4'000));
}

TEST_CASE_METHOD(Sealer, "a payload has a largest size, and its entry fits its own limit") {
    const Body largest{BodyKind::referral, {}, Bytes(payload_bytes_max, 3)};
    const auto raw = sealed(largest, place);
    CHECK(raw.size() <= entry_bytes_max);
    CHECK(opened(raw, place).value() == largest);
    const Body larger{BodyKind::referral, {}, Bytes(body_bytes_max, 3)};
    CHECK(seal_entry(id, at, place, larger, link_key, entropy).error().fault == Fault::bad_size);
}

TEST_CASE_METHOD(Sealer, "a link key opens for its recipient and its sender, and nobody else") {
    const auto recipient = trust::SealingKey::generate(entropy);
    const auto sender = trust::SealingKey::generate(entropy);
    const auto raw =
        make_key_entry(id, at, link_key, recipient.public_key(), sender.public_key(), entropy)
            .value();
    const auto entry = parse_entry(raw).value();
    const auto& boxes = std::get<KeyEntry>(entry.content);
    CHECK(open_link_key(boxes.for_recipient, recipient).value() == link_key);
    CHECK(open_link_key(boxes.for_sender, sender).value() == link_key);
    CHECK(open_link_key(boxes.for_recipient, sender).error().fault == Fault::bad_signature);
    CHECK(open_link_key(Bytes(3), recipient).error().fault == Fault::bad_size);
    const auto short_key = trust::seal_to(recipient.public_key(), Bytes(31), entropy).value();
    CHECK(open_link_key(short_key, recipient).error().fault == Fault::bad_size);
    CHECK(make_key_entry(id, at, link_key, {}, sender.public_key(), entropy).error().fault ==
          Fault::invalid);
}

TEST_CASE("an entry that is none is refused") {
    CHECK(parse_entry({}).error().fault == Fault::bad_size);
    CHECK(parse_entry(Bytes(7)).error().fault == Fault::bad_size);
    CHECK_FALSE(parse_entry(Bytes(16)).has_value());
    capnp::MallocMessageBuilder builder;
    auto entry = builder.initRoot<schema::Entry>();
    entry.setId(to_data(Bytes(15)));
    CHECK(parse_entry(flatten(builder)).error().fault == Fault::bad_size);
}

TEST_CASE_METHOD(Sealer, "a kind that this build does not know keeps its number") {
    const Body newer{BodyKind(77), {9}, {1}};
    CHECK(opened(sealed(newer, place), place).value() == newer);
}
