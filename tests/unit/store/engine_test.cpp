#include "core/store/engine.h"
#include "core/plugins/store_adapter.h"
#include "core/store/audit.h"
#include "core/store/feed.h"
#include "core/store/outbox.h"
#include "core/store/timers.h"
#include "tests/support/memory_store.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::store;
using support::FaultKind;
using support::FaultPoint;

namespace {

/// A node's store on a disk that outlives it.
struct Opened {
    explicit Opened(support::MemoryDisk& disk)
        : memory(support::MemoryStore::open(disk)), store(plugins::adapt(memory->interface())) {
        plain = store->open_table("plain").value();
        auto begun = store->begin().value();
        const auto key = keyring.create(*begun, node_key_id, entropy);
        CHECK((key || key.error().fault == Fault::conflict));
        CHECK(begun->commit());
        begun.reset();
        sealed = Records::open_table(*store, "sealed").value();
    }

    /// Runs one command to its end.
    Result<void> run(Engine::Work work) {
        Result<void> result = fail(Fault::closed, "never answered");
        const auto taken =
            engine.submit(std::move(work), [&](const auto& answer) { result = answer; });
        if (!taken) return taken;
        (void)engine.run_once();
        return result;
    }

    std::optional<Bytes> read(ByteView key) {
        const auto snapshot = store->snapshot().value();
        const auto value = snapshot->get(plain, key).value();
        if (!value) return std::nullopt;
        return Bytes(value->begin(), value->end());
    }

    NullLog log;
    support::TestEntropy entropy{7};
    StoreId id{{1}};
    trust::Vault vault{trust::SymmetricKey{}, id};
    std::unique_ptr<support::MemoryStore> memory;
    std::unique_ptr<Store> store;
    Keyring keyring{vault, store->open_table("key").value()};
    Records records{id, keyring, entropy};
    Engine engine{*store, log};
    Table plain;
    SealedTable sealed;
};

struct Fresh {
    support::MemoryDisk disk;
    Opened node{disk};
};

Engine::Work put(Table table, std::string key, std::string value) {
    return [=](Draft& draft) { return draft.put(table, bytes_of(key), bytes_of(value)); };
}

}  // namespace

TEST_CASE_METHOD(Fresh,
                 "everything that waits shares one commit, and each command gets its own answer") {
    int answers = 0;
    const auto before = node.engine.commits();
    for (int i = 0; i < 100; ++i)
        CHECK(node.engine.submit(put(node.plain, std::to_string(i), "x"),
                                 [&](const auto& result) { answers += result ? 1 : 0; }));
    CHECK(answers == 0);
    CHECK(node.engine.run_once().value() == 100);
    CHECK(answers == 100);
    CHECK(node.engine.commits() == before + 1);
}

TEST_CASE_METHOD(Fresh,
                 "a command that fails leaves nothing, and the others of its group are stored") {
    Result<void> failed;
    CHECK(node.engine.submit(put(node.plain, "a", "1"), {}));
    CHECK(node.engine.submit(
        [&](Draft& draft) -> Result<void> {
            CHECK(draft.put(node.plain, bytes_of("b"), bytes_of("2")));
            return fail(Fault::denied, "no");
        },
        [&](const auto& result) { failed = result; }));
    CHECK(node.engine.submit(put(node.plain, "c", "3"), {}));
    CHECK(node.engine.run_once().has_value());
    CHECK(failed.error().fault == Fault::denied);
    CHECK(node.read(bytes_of("a")).has_value());
    CHECK_FALSE(node.read(bytes_of("b")).has_value());
    CHECK(node.read(bytes_of("c")).has_value());
}

TEST_CASE_METHOD(Fresh, "a draft reads what it wrote and what it deleted") {
    CHECK(node.run(put(node.plain, "k", "old")));
    CHECK(node.run([&](Draft& draft) -> Result<void> {
        CHECK(text_of(**draft.get(node.plain, bytes_of("k"))) == "old");
        CHECK(draft.put(node.plain, bytes_of("k"), bytes_of("new")));
        CHECK(text_of(**draft.get(node.plain, bytes_of("k"))) == "new");
        CHECK(draft.del(node.plain, bytes_of("k")));
        CHECK_FALSE(draft.get(node.plain, bytes_of("k"))->has_value());
        return {};
    }));
    CHECK_FALSE(node.read(bytes_of("k")).has_value());
}

TEST_CASE_METHOD(Fresh, "when the disk fails at a commit, nobody is told that anything is stored") {
    node.memory->plan(
        {FaultPoint::before_commit, FaultKind::fail, node.memory->commits() + 1, SANAD_E_IO});
    CHECK(node.run(put(node.plain, "a", "1")).error().fault == Fault::io);
    CHECK(node.engine.health().error().fault == Fault::io);
    CHECK(node.run(put(node.plain, "a", "1")).error().fault ==
          Fault::io);  // and it accepts no more
}

TEST_CASE_METHOD(Fresh,
                 "a full disk refuses the command and the engine goes on when there is room") {
    node.memory->plan(
        {FaultPoint::operation, FaultKind::fail, node.memory->operations() + 1, SANAD_E_FULL});
    CHECK(node.run(put(node.plain, "a", "1")).error().fault == Fault::exhausted);
    CHECK(node.engine.health().has_value());
    CHECK(node.run(put(node.plain, "a", "1")));
}

TEST_CASE_METHOD(Fresh, "a full store is told until somebody has found room again") {
    CHECK(node.engine.condition().has_value());
    node.memory->be_full(true);
    CHECK(node.run(put(node.plain, "a", "1")).error().fault == Fault::exhausted);
    CHECK(node.engine.condition().error().fault == Fault::exhausted);
    CHECK(node.engine.health().has_value());
    node.memory->be_full(false);
    CHECK(node.run(put(node.plain, "a", "1")));  // so small a thing finds room by chance
    CHECK(node.engine.condition().error().fault == Fault::exhausted);
    node.engine.found_room();
    CHECK(node.engine.condition().has_value());
}

TEST_CASE_METHOD(Fresh, "a disk that failed is told until the end, whatever else happens") {
    node.memory->plan(
        {FaultPoint::before_commit, FaultKind::fail, node.memory->commits() + 1, SANAD_E_IO});
    CHECK(node.run(put(node.plain, "a", "1")).error().fault == Fault::io);
    CHECK(node.engine.condition().error().fault == Fault::io);
    node.engine.found_room();
    CHECK_FALSE(node.run(put(node.plain, "a", "1")));
    CHECK(node.engine.condition().error().fault == Fault::io);
}

TEST_CASE_METHOD(Fresh, "a full queue refuses, it does not grow") {
    for (std::size_t i = 0; i < Engine::queue_commands_max; ++i)
        REQUIRE(node.engine.submit([](Draft&) -> Result<void> { return {}; }, {}));
    CHECK(node.engine.submit([](Draft&) -> Result<void> { return {}; }, {}).error().fault ==
          Fault::exhausted);
}

TEST_CASE_METHOD(Fresh, "a sealed record opens where it was put and nowhere else") {
    CHECK(node.run([&](Draft& draft) {
        return node.records.put(draft, node.sealed, bytes_of("here"), node_key_id,
                                bytes_of("words"), bytes_of("hash"));
    }));
    const auto snapshot = node.store->snapshot().value();
    CHECK(text_of(**node.records.get(*snapshot, node.sealed, bytes_of("here"))) == "words");
    CHECK(text_of(**node.records.get_clear(*snapshot, node.sealed, bytes_of("here"))) == "hash");
    CHECK_FALSE(disk.holds("words"));
    const auto raw = (*snapshot->get(node.sealed.table, bytes_of("here"))).value();
    const Bytes moved(raw.begin(), raw.end());
    CHECK(node.run(
        [&](Draft& draft) { return draft.put(node.sealed.table, bytes_of("there"), moved); }));
    const auto later = node.store->snapshot().value();
    CHECK(node.records.get(*later, node.sealed, bytes_of("there")).error().fault ==
          Fault::bad_signature);
}

TEST_CASE_METHOD(Fresh, "no flipped bit of a sealed record goes unnoticed") {
    CHECK(node.run([&](Draft& draft) {
        return node.records.put(draft, node.sealed, bytes_of("k"), node_key_id, bytes_of("words"),
                                bytes_of("h"));
    }));
    Bytes whole;
    {
        const auto snapshot = node.store->snapshot().value();
        const auto raw = (*snapshot->get(node.sealed.table, bytes_of("k"))).value();
        whole.assign(raw.begin(), raw.end());
    }
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Bytes damaged = whole;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        REQUIRE(node.run(
            [&](Draft& draft) { return draft.put(node.sealed.table, bytes_of("k"), damaged); }));
        const auto snapshot = node.store->snapshot().value();
        REQUIRE_FALSE(node.records.get(*snapshot, node.sealed, bytes_of("k")).has_value());
    }
}

TEST_CASE_METHOD(Fresh, "destroying a key destroys what is sealed under it, and the hash stays") {
    const KeyId child{{9}};
    CHECK(node.run([&](Draft& draft) { return node.keyring.create(draft, child, node.entropy); }));
    CHECK(node.run([&](Draft& draft) {
        return node.records.put(draft, node.sealed, bytes_of("k"), child, bytes_of("words"),
                                bytes_of("hash"));
    }));
    CHECK(node.run([&](Draft& draft) { return node.keyring.destroy(draft, child); }));
    const auto snapshot = node.store->snapshot().value();
    CHECK(node.records.get(*snapshot, node.sealed, bytes_of("k")).error().fault ==
          Fault::not_found);
    CHECK(text_of(**node.records.get_clear(*snapshot, node.sealed, bytes_of("k"))) == "hash");
}

TEST_CASE_METHOD(Fresh,
                 "a destroyed key is remembered: it is neither made nor brought back again") {
    REQUIRE(node.keyring.remember_erased(*node.store));
    node.engine.add(node.keyring);
    std::vector<KeyHash> told;
    node.keyring.on_destroyed([&](const std::vector<KeyHash>& hashes) {
        told.insert(told.end(), hashes.begin(), hashes.end());
    });
    const KeyId child{{9}}, other{{8}};
    for (const auto& id : {child, other})
        REQUIRE(node.run([&](Draft& draft) -> Result<void> {
            const auto made = node.keyring.create(draft, id, node.entropy);
            if (!made) return made;
            return node.records.put(draft, node.sealed, id, id, bytes_of("words"));
        }));
    const support::MemoryDisk backup = disk;
    REQUIRE(node.run([&](Draft& draft) { return node.keyring.destroy(draft, child); }));
    CHECK(told == std::vector{Keyring::hash_of(child)});
    CHECK(node.run([&](Draft& draft) { return node.keyring.create(draft, child, node.entropy); })
              .error()
              .fault == Fault::expired);
    {
        const auto snapshot = node.store->snapshot().value();
        CHECK(node.keyring.is_erased(*snapshot, child));
        CHECK_FALSE(node.keyring.is_erased(*snapshot, other));
        CHECK(node.keyring.erased(*snapshot).value() == told);
        std::vector<Bytes> seen, with_empty;
        CHECK(node.records.scan(*snapshot, node.sealed, {}, {}, Order::ascending, 10,
                                [&](ByteView, Bytes plain, ByteView) {
                                    seen.push_back(std::move(plain));
                                    return true;
                                }));
        CHECK(node.records.scan(
            *snapshot, node.sealed, {}, {}, Order::ascending, 10,
            [&](ByteView, Bytes plain, ByteView) {
                with_empty.push_back(std::move(plain));
                return true;
            },
            Records::Erased::show_empty));
        CHECK(seen.size() == 1);
        CHECK(with_empty.size() == 2);
        CHECK(with_empty.back().empty());
    }

    support::MemoryDisk restored = backup;
    Opened again(restored);
    REQUIRE(again.keyring.remember_erased(*again.store));
    std::size_t count = 0;
    REQUIRE(again.run([&](Draft& draft) -> Result<void> {
        const auto gone = again.keyring.destroy_listed(draft, told);
        if (!gone) return std::unexpected(gone.error());
        count = *gone;
        return {};
    }));
    CHECK(count == 1);
    const auto snapshot = again.store->snapshot().value();
    CHECK_FALSE(again.keyring.find(*snapshot, child).has_value());
    CHECK(again.keyring.find(*snapshot, other).has_value());
}

TEST_CASE_METHOD(Fresh, "a command that fails destroys no key") {
    REQUIRE(node.keyring.remember_erased(*node.store));
    const KeyId child{{9}};
    REQUIRE(
        node.run([&](Draft& draft) { return node.keyring.create(draft, child, node.entropy); }));
    CHECK_FALSE(node.run([&](Draft& draft) -> Result<void> {
        const auto drafted = node.keyring.destroy(draft, child);
        return drafted ? fail(Fault::denied, "no") : drafted;
    }));
    const auto snapshot = node.store->snapshot().value();
    CHECK(node.keyring.find(*snapshot, child).has_value());
    CHECK_FALSE(node.keyring.is_erased(*snapshot, child));
}

TEST_CASE("a restart finds the audit, the feed, the timers and the outbox as they were") {
    support::MemoryDisk disk;
    for (int start = 0; start < 3; ++start) {
        Opened node(disk);
        const auto audit = Audit::open(*node.store, node.records).value();
        const auto feed = Feed::open(*node.store, node.records).value();
        const auto outbox = Outbox::open(*node.store, node.records).value();
        auto timers = Timers::open(*node.store).value();
        node.engine.add(*audit);
        node.engine.add(*feed);
        node.engine.add(*outbox);
        CHECK(node.run([&](Draft& draft) -> Result<void> {
            audit->append(
                draft,
                {.at = {start}, .actor = "amina", .role = "counsellor", .action = "test.act"});
            feed->emit(draft,
                       {.at = {start}, .name = "test.event", .peer = "webchat", .number = 5});
            CHECK(timers.set(draft, {.due = {1'000 - start}, .kind = 3, .subject = {1}}));
            return outbox->add(draft, "webchat", {.request = {1, 2, 3}, .created_at = {start}});
        }));
        const auto snapshot = node.store->snapshot().value();
        CHECK(audit->verify(*snapshot)->size == std::uint64_t(start) + 1);
        CHECK(feed->read(*snapshot, 0, 100)->size() == std::size_t(start) + 1);
        CHECK(feed->read(*snapshot, std::uint64_t(start), 100)->front().sequence ==
              std::uint64_t(start) + 1);
        const auto items = outbox->read(*snapshot, "webchat", 0, 100).value();
        CHECK(items.size() == std::size_t(start) + 1);
        CHECK(items.back().number == std::uint64_t(start) + 1);
        CHECK(timers.next(*snapshot)->value() == Time{1'000 - start});
        CHECK(timers.due(*snapshot, Time{999}, 10)->size() == std::size_t(start));
    }
}

TEST_CASE_METHOD(Fresh, "what waits for a plugin is gone with the key of whom it is about") {
    const auto outbox = Outbox::open(*node.store, node.records).value();
    node.engine.add(*outbox);
    REQUIRE(node.keyring.remember_erased(*node.store));
    const KeyId erased{{7}};
    CHECK(node.run([&](Draft& draft) { return node.keyring.create(draft, erased, node.entropy); }));
    for (const auto& owner : {erased, erased, node_key_id, erased})
        CHECK(node.run([&](Draft& draft) {
            return outbox->add(draft, "webchat", {.request = {1, 2, 3}, .owner = owner});
        }));
    const auto numbers = [&](std::uint32_t limit) {
        std::vector<std::uint64_t> all;
        const auto snapshot = node.store->snapshot().value();
        const auto items = outbox->read(*snapshot, "webchat", 0, limit).value();
        for (const auto& item : items) all.push_back(item.number);
        return all;
    };
    CHECK(numbers(100) == std::vector<std::uint64_t>{1, 2, 3, 4});
    CHECK(node.run([&](Draft& draft) { return node.keyring.destroy(draft, erased); }));
    CHECK(numbers(100) == std::vector<std::uint64_t>{3});
    CHECK(numbers(1) == std::vector<std::uint64_t>{3});  // although two rows lie before it
}

TEST_CASE_METHOD(Fresh, "an audit entry that was changed, moved or cut off is named") {
    const auto audit = Audit::open(*node.store, node.records).value();
    node.engine.add(*audit);
    for (int i = 0; i < 5; ++i)
        CHECK(node.run([&](Draft& draft) -> Result<void> {
            audit->append(
                draft, {.at = {i}, .actor = "amina", .role = "counsellor", .action = "test.act"});
            return {};
        }));
    const auto entries = node.store->open_table("audit.entry").value();
    const auto key = [](std::uint64_t number) {
        Bytes bytes;
        append_big_endian(bytes, number);
        return bytes;
    };
    const auto verify = [&] { return audit->verify(*node.store->snapshot().value()); };
    CHECK(verify().has_value());
    SECTION("cut off") {
        CHECK(node.run([&](Draft& draft) { return draft.del(entries, key(4)); }));
        CHECK(verify().error().detail.find("entry 4") != std::string::npos);
    }
    SECTION("taken from the middle") {
        CHECK(node.run([&](Draft& draft) { return draft.del(entries, key(2)); }));
        CHECK(verify().error().detail.find("entry 2") != std::string::npos);
    }
    SECTION("an older one put in the place of another") {
        CHECK(node.run([&](Draft& draft) {
            const auto other = draft.get(entries, key(1)).value();
            return draft.put(entries, key(3), *other);
        }));
        CHECK(verify().error().detail.find("entry 3") != std::string::npos);
    }
}
