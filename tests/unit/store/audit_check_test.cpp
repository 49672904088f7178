#include "core/store/audit_check.h"

#include "core/plugins/store_adapter.h"
#include "tests/support/memory_store.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::store;

namespace {

/// An audit log of ten entries, and somebody with all of the node's keys who changes it on the
/// disk.
struct Tampered {
    static constexpr std::uint64_t entries = 10;

    Tampered() {
        const auto begun = store->begin().value();
        REQUIRE(keyring.create(*begun, node_key_id, entropy).has_value());
        REQUIRE(begun->commit().has_value());
        audit = Audit::open(*store, records).value();
        engine.add(*audit);
        for (std::uint64_t i = 0; i < entries; ++i) {
            const auto taken = engine.submit(
                [&](Draft& draft) -> Result<void> {
                    audit->append(draft, {.at = {std::int64_t(i)},
                                          .actor = "amina",
                                          .role = "counsellor",
                                          .action = "case.open"});
                    return {};
                },
                {});
            REQUIRE(taken.has_value());
            REQUIRE(engine.run_once().has_value());
            heads.push_back({i + 1, audit->end().root(), "tn.amal"});
        }
    }

    AuditCheck walk(std::vector<AuditCheck::Head> compared, std::uint32_t piece = 3) {
        AuditCheck check(*audit, std::move(compared));
        for (bool over = false; !over;)
            over = check.step(*store->snapshot().value(), piece).value();
        return check;
    }

    static Bytes key(std::uint64_t number) {
        Bytes bytes;
        append_big_endian(bytes, number);
        return bytes;
    }
    void change(const std::function<void(Writer&)>& work) {
        const auto transaction = store->begin().value();
        work(*transaction);
        REQUIRE(transaction->commit().has_value());
    }
    /// Rewrites an entry and its hash; with `end`, what the log ends with as well.
    enum class End : std::uint8_t { left, mended };
    void rewrite(std::uint64_t number, End end) {
        const Bytes other(64, 7);
        const auto leaf = trust::leaf_hash(other);
        auto leaves = audit->leaves(*store->snapshot().value(), 0, entries).value();
        leaves[number] = leaf;
        change([&](Writer& writer) {
            CHECK(records.put(writer, table, key(number), node_key_id, other, leaf));
            if (end == End::mended) put_end(writer, leaves);
        });
    }
    void put_end(Writer& writer, const std::vector<trust::Digest>& leaves) {
        trust::Frontier frontier;
        for (const auto& leaf : leaves) frontier.append(leaf);
        CHECK(records.put(writer, ends, bytes_of("audit"), node_key_id, frontier.encode()));
    }

    NullLog log;
    support::TestEntropy entropy{7};
    StoreId id{{1}};
    trust::Vault vault{trust::SymmetricKey{}, id};
    support::MemoryDisk disk;
    std::unique_ptr<support::MemoryStore> memory = support::MemoryStore::open(disk);
    std::unique_ptr<Store> store = plugins::adapt(memory->interface());
    Keyring keyring{vault, store->open_table("key").value()};
    Records records{id, keyring, entropy};
    Engine engine{*store, log};
    std::unique_ptr<Audit> audit;
    SealedTable table = Records::open_table(*store, "audit.entry").value();
    SealedTable ends = Records::open_table(*store, "audit.end").value();
    std::vector<AuditCheck::Head> heads;  // after each entry
};

}  // namespace

TEST_CASE_METHOD(Tampered, "a sound log is whole, in pieces of any size") {
    for (const std::uint32_t piece : {1U, 3U, 9U, 10U, 11U, 1'000U}) {
        const auto check = walk(heads, piece);
        CHECK_FALSE(check.bad().has_value());
        CHECK(check.size() == entries);
        CHECK(check.root() == audit->end().root());
        REQUIRE(check.newest_agreed() != nullptr);
        CHECK(check.newest_agreed()->size == entries);
    }
    CHECK(walk({}).newest_agreed() == nullptr);
}

TEST_CASE_METHOD(Tampered, "a log may grow while it is read") {
    AuditCheck check(*audit, {});
    REQUIRE_FALSE(check.step(*store->snapshot().value(), 4).value());
    const auto taken = engine.submit(
        [&](Draft& draft) -> Result<void> {
            audit->append(draft, {.at = {99}, .actor = "amina", .action = "case.note"});
            return {};
        },
        {});
    REQUIRE(taken.has_value());
    REQUIRE(engine.run_once().has_value());
    REQUIRE(check.step(*store->snapshot().value(), 100).value());
    CHECK_FALSE(check.bad().has_value());
    CHECK(check.size() == entries + 1);
}

TEST_CASE_METHOD(Tampered, "the first bad entry is named, with what is wrong") {
    std::uint64_t bad = 0;
    std::string why;
    SECTION("bytes changed on the disk, without the keys") {
        change([&](Writer& writer) {
            auto bytes = *writer.get(table.table, key(6)).value();
            Bytes changed(bytes.begin(), bytes.end());
            changed.back() ^= 1;
            CHECK(writer.put(table.table, key(6), changed));
        });
        bad = 6;
        why = "does not open";
    }
    SECTION("rewritten with the keys, and its hash left") {
        change([&](Writer& writer) {
            const auto leaf = audit->leaves(writer, 4, 1).value().front();
            CHECK(records.put(writer, table, key(4), node_key_id, Bytes(64, 7), leaf));
        });
        bad = 4;
        why = "was rewritten";
    }
    SECTION("taken out") {
        change([&](Writer& writer) { CHECK(writer.del(table.table, key(3))); });
        bad = 3;
        why = "is missing";
    }
    SECTION("the tail cut off") {
        change([&](Writer& writer) { CHECK(writer.del(table.table, key(9))); });
        bad = 9;
        why = "is missing";
    }
    const auto check = walk({});
    REQUIRE(check.bad().has_value());
    CHECK(check.bad()->index == bad);
    CHECK_THAT(check.bad()->what, Catch::Contains(why));
    CHECK(walk(heads).bad()->index == bad);
}

TEST_CASE_METHOD(Tampered, "what is rewritten hashes and all, the heads of others tell") {
    rewrite(5, End::mended);
    CHECK_FALSE(walk({}).bad().has_value());  // by itself the log seems whole
    const auto check = walk({heads[2], heads[9]});
    REQUIRE(check.bad().has_value());
    CHECK(check.bad()->index == 3);  // somewhere behind what the last good head covers
    CHECK_THAT(check.bad()->what, Catch::Contains("tn.amal"));
    CHECK(check.newest_agreed()->size == 3);
    CHECK(walk(heads).bad()->index == 5);  // a head after each entry: exactly
}

TEST_CASE_METHOD(Tampered, "an entry and its hash rewritten, the log's own end tells") {
    rewrite(5, End::left);
    REQUIRE(walk({}).bad().has_value());
    CHECK_THAT(walk({}).bad()->what, Catch::Contains("another root"));
}

TEST_CASE_METHOD(Tampered, "a tail cut off with the end mended, the heads of others tell") {
    const auto leaves = audit->leaves(*store->snapshot().value(), 0, 7).value();
    change([&](Writer& writer) {
        for (std::uint64_t number = 7; number < entries; ++number)
            CHECK(writer.del(table.table, key(number)));
        put_end(writer, leaves);
    });
    CHECK_FALSE(walk({}).bad().has_value());
    const auto check = walk({heads[4], heads[8]});
    REQUIRE(check.bad().has_value());
    CHECK(check.bad()->index == 7);
    CHECK_THAT(check.bad()->what, Catch::Contains("tail was cut off"));
}
