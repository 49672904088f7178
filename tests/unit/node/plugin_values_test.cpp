#include "core/node/plugin_values.h"

#include "core/plugins/store_adapter.h"
#include "tests/support/memory_store.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

namespace sanad::node {
namespace {

using Act = plugins::ValueCall::Act;

struct Kept {
    NullLog log;
    support::TestEntropy entropy{7};
    store::StoreId id{{1}};
    trust::Vault vault{trust::SymmetricKey{}, id};
    support::MemoryDisk disk;
    std::unique_ptr<support::MemoryStore> memory = support::MemoryStore::open(disk);
    std::unique_ptr<store::Store> store = plugins::adapt(memory->interface());
    store::Keyring keyring{vault, store->open_table("key").value()};
    store::Records records{id, keyring, entropy};
    store::Engine engine{*store, log};
    std::unique_ptr<PluginValues> values;

    Kept() {
        const auto begun = store->begin().value();
        REQUIRE(keyring.create(*begun, store::node_key_id, entropy).has_value());
        REQUIRE(begun->commit().has_value());
        values = PluginValues::open(*store, records).value();
    }

    Result<void> change(const std::string& instance, Act act, std::string_view key,
                        std::string_view value = {}, std::uint64_t quota = 20) {
        Result<void> answer;
        const auto taken = engine.submit(
            [&](store::Draft& draft) {
                return values->change(draft, instance,
                                      {act, bytes_of(key), bytes_of(value), quota});
            },
            [&](const Result<void>& result) { answer = result; });
        REQUIRE(taken.has_value());
        REQUIRE(engine.run_once().has_value());
        return answer;
    }
    std::optional<std::string> get(const std::string& instance, std::string_view key) {
        const auto value = values->get(*store->snapshot().value(), instance, bytes_of(key));
        REQUIRE(value.has_value());
        if (!*value) return std::nullopt;
        return std::string(text_of(**value));
    }
};

TEST_CASE_METHOD(Kept, "an instance reads what it put, and nobody else does") {
    REQUIRE(change("mail", Act::put, "place", "17").has_value());
    REQUIRE(change("mail", Act::put, "place", "18").has_value());
    REQUIRE(change("mail", Act::put, "empty", "").has_value());
    CHECK(get("mail", "place") == "18");
    CHECK(get("mail", "empty") == "");
    CHECK_FALSE(get("mai", "lplace").has_value());
    CHECK_FALSE(get("chat", "place").has_value());
    REQUIRE(change("mail", Act::remove, "place").has_value());
    CHECK_FALSE(get("mail", "place").has_value());
    CHECK(change("mail", Act::remove, "place").error().fault == Fault::not_found);
}

TEST_CASE_METHOD(Kept, "no more is kept than was granted, and what is removed makes room") {
    REQUIRE(change("mail", Act::put, "1234", "123456").has_value());
    REQUIRE(change("mail", Act::put, "5678", "123456").has_value());
    CHECK(change("mail", Act::put, "5678", "1234567").error().fault == Fault::exhausted);
    CHECK(change("mail", Act::put, "9", "").error().fault == Fault::exhausted);
    CHECK(get("mail", "5678") == "123456");
    REQUIRE(change("chat", Act::put, "1234", "123456").has_value());  // each its own
    REQUIRE(change("mail", Act::put, "5678", "12345").has_value());
    REQUIRE(change("mail", Act::put, "9", "").has_value());
    REQUIRE(change("mail", Act::remove, "1234").has_value());
    CHECK(change("mail", Act::put, "1234", "123456").has_value());
}

TEST_CASE_METHOD(Kept, "what is kept is sealed") {
    REQUIRE(change("mail", Act::put, "place", "not in clear", 64).has_value());
    bool found = false;
    const auto table = store->open_table("plugin_values").value();
    const auto scanned = store->snapshot().value()->scan(
        table, {}, {}, store::Order::ascending, 10, [&](const store::Row& row) {
            found = found || text_of(row.value).find("not in clear") != std::string_view::npos;
            return true;
        });
    REQUIRE(scanned.has_value());
    CHECK_FALSE(found);
}

}  // namespace
}  // namespace sanad::node
