// What an admitted peer may try with a push: FEDERATION section 7.
#include "core/base/message.h"
#include "schemas/wire.capnp.h"
#include "tests/unit/federation/evil_peer.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using support::EvilPeer;
using support::Victim;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};
const NodeId algeria{"dz.node"};

bool is_same(const Push& left, const Push& right) {
    return left.lane == right.lane && left.first == right.first && left.entries == right.entries &&
           left.head == right.head;
}

}  // namespace

TEST_CASE_METHOD(Victim, "a good push is stored and receipted: the tests below change one thing") {
    feed(tn.key().say(request()).push());
    CHECK(held(Lane::normal) == 2);
    CHECK(drops() == 0);
    CHECK(ma->all_referrals()->size() == 1);
    CHECK(wire.letters.size() == 1);
}

TEST_CASE_METHOD(Victim, "no single flipped bit of a push changes what is stored") {
    const Bytes good = tn.key().say(request()).push();
    const auto meant = std::get<Push>(parse_frame(good).value());
    const auto before = ma_machine.disk;
    std::size_t padding_bits = 0;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes flipped = good;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        const auto parsed = parse_frame(flipped);
        // Some bits mean nothing: between a text's end and the next word.
        if (parsed && std::holds_alternative<Push>(*parsed) &&
            is_same(std::get<Push>(*parsed), meant)) {
            ++padding_bits;
            continue;
        }
        const auto counted = drops();
        feed(flipped);
        const bool is_hello = parsed && std::holds_alternative<Hello>(*parsed);
        if (drops() != counted + (is_hello ? 0 : 1) || held(Lane::normal) != 0)
            FAIL("bit " << bit << " went through");
        clock.advance(Duration{1});
    }
    CHECK(is_unchanged(before));
    CHECK(padding_bits < 512);
}

TEST_CASE_METHOD(Victim, "a push that ends too early or too late is no push") {
    const Bytes good = tn.key().say(request()).push();
    const auto before = ma_machine.disk;
    for (std::size_t size = 0; size < good.size(); ++size) {
        const auto counted = drops();
        feed(Bytes(good.begin(), good.begin() + std::ptrdiff_t(size)));
        if (drops() != counted + 1) FAIL("cut at " << size);
    }
    for (std::size_t more = 1; more <= 32; ++more) {
        Bytes longer = good;
        longer.resize(good.size() + more);
        const auto counted = drops();
        feed(longer);
        if (drops() != counted + 1) FAIL("longer by " << more);
    }
    CHECK(is_unchanged(before));
    feed(good);
    CHECK(held(Lane::normal) == 2);
}

TEST_CASE_METHOD(Victim, "entries in another order do not lead to the root") {
    tn.key().say(request());
    const auto head = tn.head(2);
    std::swap(tn.entries[0].raw, tn.entries[1].raw);
    CHECK(refuses(tn.push_with(0, head), "other_root"));
}

TEST_CASE_METHOD(Victim, "entries of one lane, or for another node, are no entries here") {
    EvilPeer urgent(tn_machine, ma_machine, Lane::urgent, entropy);
    urgent.key().say(request());
    const auto frame = write_push(Lane::normal, urgent.entries, urgent.head(2)).value();
    CHECK(refuses(frame, "other_root"));
    EvilPeer to_algeria(tn_machine, dz_machine, Lane::normal, entropy);
    CHECK(refuses(to_algeria.key().say(request()).push(), "other_root"));
    // What Tunisia may say, Algeria may not say for it.
    CHECK(refuses(tn.key().say(request()).push(), "other_root", algeria));
}

TEST_CASE_METHOD(Victim, "a head of another size, another root or another log is refused") {
    tn.key().say(request()).say(request());
    const auto root = tn.frontier(3).root();
    CHECK(refuses(tn.push_with(0, tn.head(2)), "other_root"));
    CHECK(refuses(tn.push_with(0, tn.head_of({tn.origin(), 4, root}, tn_machine.signing)),
                  "other_root"));
    CHECK(refuses(
        tn.push_with(0, tn.head_of({"sanad/tn.amal/ma.cmrpi/urgent", 3, root}, tn_machine.signing)),
        "other_root"));
    CHECK(refuses(tn.push_with(0, ""), "malformed_head"));
    CHECK(refuses(tn.push_with(0, "no note\n"), "malformed_head"));
}

TEST_CASE_METHOD(Victim, "a head that another key signed is refused") {
    tn.key().say(request());
    const trust::Checkpoint checkpoint{tn.origin(), 2, tn.frontier(2).root()};
    CHECK(refuses(tn.push_with(0, tn.head_of(checkpoint, dz_machine.signing)), "bad_signature"));
    CHECK(refuses(tn.push_with(0, tn.head_of(checkpoint, ma_machine.signing)), "bad_signature"));
    auto table = *peers.current();
    const auto new_key = trust::SigningKey::generate(entropy);
    table.nodes.at(tunisia).signing = new_key.public_key();
    peers.replace(table);
    CHECK(refuses(tn.push(), "bad_signature"));  // the old key
    feed(tn.push_with(0, tn.head_of(checkpoint, new_key)));
    CHECK(held(Lane::normal) == 2);
}

TEST_CASE_METHOD(Victim, "who is not in the directory, or no longer, is not heard") {
    tn.key().say(request());
    CHECK(refuses(tn.push(), "not_active", NodeId{"xx.nobody"}));
    CHECK(refuses(tn.push(), "not_active", morocco));
    auto table = *peers.current();
    table.nodes.at(tunisia).active = false;
    peers.replace(table);
    CHECK(refuses(tn.push(), "not_active"));
    CHECK(refuses(write_frame(Hello{.wants_reply = true}), "not_active"));
}

TEST_CASE_METHOD(Victim, "a push that was stored changes nothing when it comes again") {
    const Bytes good = tn.key().say(request()).push();
    feed(good);
    wire.letters.clear();
    CHECK(refuses(good, "repeated"));
    restart();
    CHECK(refuses(good, "repeated"));
    clock.advance(std::chrono::days(31));
    CHECK(refuses(good, "repeated"));
}

TEST_CASE_METHOD(Victim, "a gap of any size is refused, and filled later") {
    tn.key().say(request()).say(request());
    CHECK(refuses(tn.push(1), "gap"));
    for (const std::uint64_t first : {std::uint64_t{2}, std::uint64_t{1} << 40, UINT64_MAX}) {
        auto entries = tn.entries;
        entries.front().index = first;
        CHECK(refuses(write_push(Lane::normal, entries, tn.head(3)).value(), "gap"));
    }
    feed(tn.push());
    CHECK(held(Lane::normal) == 3);
}

TEST_CASE_METHOD(Victim, "a push holds 1 to 256 entries") {
    capnp::MallocMessageBuilder builder;
    auto frame = builder.initRoot<schema::Frame>();
    frame.setVersion(wire_version);
    frame.initPush().setHead(to_text(tn.head(0)));
    CHECK(refuses(flatten(builder), "bad_size"));
    tn.key();
    for (unsigned i = 1; i < push_entries_max + 1; ++i) tn.raw(Bytes(8));
    CHECK(refuses(tn.push(), "bad_size"));
    tn.entries.pop_back();
    feed(tn.push());
    CHECK(held(Lane::normal) == push_entries_max);
}

TEST_CASE_METHOD(Victim, "a push of no entries, or of 100,000, is refused by its form") {
    for (const unsigned count : {0U, push_entries_max + 1, 100'000U}) {
        capnp::MallocMessageBuilder builder;
        auto frame = builder.initRoot<schema::Frame>();
        frame.setVersion(wire_version);
        auto push = frame.initPush();
        push.initEntries(count);
        push.setHead(to_text(tn.head(0)));
        CHECK(refuses(flatten(builder), "bad_size"));
    }
}

TEST_CASE_METHOD(Victim,
                 "a revoked signing key signs nothing more, and the link goes on with the next") {
    tn.key().say(request());
    const trust::Checkpoint checkpoint{tn.origin(), 2, tn.frontier(2).root()};
    auto table = *peers.current();
    table.nodes.at(tunisia).active = false;
    peers.replace(table);
    CHECK(refuses(tn.push(), "not_active"));
    const auto next = trust::SigningKey::generate(entropy);
    table.nodes.at(tunisia).active = true;
    table.nodes.at(tunisia).signing = next.public_key();
    peers.replace(table);
    CHECK(refuses(tn.push(), "bad_signature"));
    feed(tn.push_with(0, tn.head_of(checkpoint, next)));
    CHECK(held(Lane::normal) == 2);
}

TEST_CASE_METHOD(Victim, "before a peer has greeted, nothing of it is taken") {
    ma.reset();
    ma = std::make_unique<support::FederationNode>(ma_machine, around, wire.port(ma_machine.id));
    const Bytes good = tn.key().say(request()).push();
    CHECK(refuses(good, "before_hello"));
    greet();
    feed(good);
    CHECK(held(Lane::normal) == 2);
}

TEST_CASE_METHOD(Victim, "the rate of a link counts the bytes of its frames as well") {
    for (int i = 0; i < 7; ++i) tn.raw(Bytes(entry_bytes_max));
    tn.entries.front().index = 9;
    const Bytes big = write_push(Lane::normal, tn.entries, tn.head(7)).value();
    std::size_t fits = 0;
    while (ma->counters.count("link.drop.rate") == 0) {
        ma->links->received(tunisia, big);
        ++fits;
    }
    CHECK(fits - 1 == static_cast<std::size_t>(Links::bytes_burst) / big.size());
    CHECK(refuses(big, "rate"));
    clock.advance(std::chrono::seconds(1));
    CHECK(refuses(big, "gap"));
}

TEST_CASE_METHOD(Victim,
                 "a peer that sends without end is heard no more for a while, in that lane") {
    const Bytes good = tn.key().say(request()).push();
    feed(good);
    for (double i = 1; i < Links::frames_burst; ++i) ma->links->received(tunisia, good);
    wire.letters.clear();
    CHECK(refuses(good, "rate"));
    EvilPeer urgent(tn_machine, ma_machine, Lane::urgent, entropy);
    feed(urgent.key().say(request()).push());
    CHECK(held(Lane::urgent) == 2);
    clock.advance(std::chrono::seconds(1));
    CHECK(refuses(good, "repeated"));
}

TEST_CASE_METHOD(Victim, "no more pushes wait for the disk than the limit says") {
    tn.key();
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < Links::pushes_in_engine_max; ++i) {
        ma->links->received(tunisia, tn.push(first));
        first = tn.entries.size();
        tn.say(request());
    }
    CHECK(drops() == 0);
    ma->links->received(tunisia, tn.push(first));
    CHECK(ma->counters.count("link.drop.busy") == 1);
    while (ma->turn()) {
    }
    CHECK(held(Lane::normal) == Links::pushes_in_engine_max);
}
