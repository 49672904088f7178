#include "core/plugins/store_copy.h"

#include "core/base/bytes.h"
#include "core/plugins/store_plugin.h"
#include "tests/support/folder.h"
#include "tests/support/memory_store.h"

#include <catch2/catch.hpp>

#include <tuple>
#include <vector>

namespace sanad::plugins {
namespace {

struct LmdbFolder {
    test::Folder folder;
    NullLog log;
    SystemClock clock;
    OpenStore opened = *open_store(
        LMDB_PLUGIN,
        R"({"path": ")" + (folder / "store").string() + R"(", "mapSizeMiB": 64, "create": true})",
        log, clock);

    const sanad_store_v1& calls() const {
        return *static_cast<const sanad_store_v1*>(opened.instance->extension(SANAD_EXT_STORE));
    }
    void put(std::string_view table, std::string_view key, std::string_view value) {
        const auto number = *opened.store->open_table(table);
        auto txn = *opened.store->begin();
        REQUIRE(txn->put(number, bytes_of(key), bytes_of(value)).has_value());
        REQUIRE(txn->commit().has_value());
    }
    void put_entries(int count) {
        const auto number = *opened.store->open_table("audit.entry");
        auto txn = *opened.store->begin();
        for (int i = 0; i < count; ++i)
            REQUIRE(
                txn->put(number, bytes_of(std::to_string(i)), bytes_of("an entry")).has_value());
        REQUIRE(txn->commit().has_value());
    }
    StoreContent content() const { return content_of(calls()).value(); }
};

TEST_CASE("a copy of a store has the same digest, whatever the order of its tables") {
    LmdbFolder from, to;
    for (const char* table : {"meta", "key", "audit.entry"}) from.put(table, "1", table);
    from.put_entries(10'000);
    REQUIRE(to.opened.store->open_table("key").has_value());  // numbers differ
    const auto copied = copy_store(from.calls(), to.calls());
    REQUIRE(copied.has_value());
    CHECK(copied->tables == 3);
    CHECK(copied->rows == 10'002);
    CHECK(*copied == from.content());
    CHECK(*copied == to.content());
}

TEST_CASE("any row that is changed, moved, lost or added changes the digest") {
    LmdbFolder store;
    store.put("a", "k", "v");
    store.put("b", "k", "v");
    const auto whole = store.content();
    const auto changed = [&](std::string_view table, std::string_view key, std::string_view value) {
        LmdbFolder other;
        other.put("a", "k", "v");
        other.put(table, key, value);
        return !(other.content() == whole);
    };
    CHECK_FALSE(changed("b", "k", "v"));
    CHECK(changed("b", "k", "w"));
    CHECK(changed("c", "k", "v"));
    CHECK(changed("b", "kv", ""));
    CHECK(changed("a", "l", "v"));
    store.put("b", "l", "v");
    CHECK_FALSE(store.content() == whole);
}

TEST_CASE("a table without rows is as good as none") {
    LmdbFolder store;
    store.put("a", "k", "v");
    const auto whole = store.content();
    REQUIRE(store.opened.store->open_table("b").has_value());
    CHECK(store.content() == whole);
}

TEST_CASE("nothing is copied over what is there") {
    LmdbFolder from, to;
    from.put("a", "k", "v");
    to.put("b", "k", "v");
    CHECK(copy_store(from.calls(), to.calls()).error().fault == Fault::conflict);
    CHECK(to.content().rows == 1);
}

TEST_CASE("a copy tells how far it is, from the first row to the last") {
    LmdbFolder from, to;
    {
        const auto table = *from.opened.store->open_table("audit.entry");
        auto txn = *from.opened.store->begin();
        for (int i = 0; i < 2'500; ++i)
            REQUIRE(txn->put(table, bytes_of(std::to_string(i)), bytes_of("v")).has_value());
        REQUIRE(txn->commit().has_value());
    }
    using Step = Progress::Step;
    std::vector<std::tuple<Step, std::uint64_t, std::uint64_t>> told;
    REQUIRE(copy_store(from.calls(), to.calls(), [&](const Progress& at) {
                told.emplace_back(at.step, at.rows, at.of);
            }).has_value());
    const decltype(told) expected{{Step::reading, 0, 0},         {Step::reading, 1'000, 0},
                                  {Step::reading, 2'000, 0},     {Step::copying, 0, 2'500},
                                  {Step::copying, 1'000, 2'500}, {Step::copying, 2'000, 2'500}};
    CHECK(told == expected);
}

// The table of a store that takes one batch and is full then.
struct OneBatch {
    static inline const sanad_store_v1* real = nullptr;
    static inline int left = 0;
    static sanad_status apply(void* self, const sanad_op* ops, std::size_t n) {
        return left-- > 0 ? real->apply(self, ops, n) : SANAD_E_FULL;
    }
};

TEST_CASE("a copy that fails in the middle is no node's store, since meta comes last") {
    LmdbFolder from, to;
    from.put("meta", "store_id", "1");
    from.put("zeta", "k", "v");
    sanad_store_v1 failing = to.calls();
    failing.apply = OneBatch::apply;
    OneBatch::real = &to.calls();
    OneBatch::left = 1;
    CHECK(copy_store(from.calls(), failing).error().fault == Fault::exhausted);
    const auto meta = *to.opened.store->open_table("meta");
    const auto zeta = *to.opened.store->open_table("zeta");
    const auto view = *to.opened.store->snapshot();
    CHECK_FALSE((*view->get(meta, bytes_of("store_id"))).has_value());
    CHECK((*view->get(zeta, bytes_of("k"))).has_value());
}

TEST_CASE("a store that does not name its tables cannot be copied") {
    support::MemoryDisk disk;
    const auto memory = support::MemoryStore::open(disk);
    CHECK(content_of(memory->interface()).error().fault == Fault::unsupported);
}

}  // namespace
}  // namespace sanad::plugins
