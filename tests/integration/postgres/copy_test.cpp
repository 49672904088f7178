#include "core/base/bytes.h"
#include "core/plugins/store_copy.h"
#include "core/store/engine.h"
#include "tests/integration/postgres/postgres_store.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <random>
#include <thread>

namespace sanad::plugins {
namespace {

const sanad_store_v1& calls_of(const OpenStore& opened) {
    return *static_cast<const sanad_store_v1*>(opened.instance->extension(SANAD_EXT_STORE));
}

struct Stores {
    test::Folder folder;
    NullLog log;
    SystemClock clock;

    OpenStore lmdb(const std::string& name, const std::string& more = R"(, "create": true)") {
        return *open_store(LMDB_PLUGIN,
                           R"({"path": ")" + (folder / name).string() + "\"" + more + "}", log,
                           clock);
    }
    OpenStore postgres(const std::string& more = R"("create": true)") {
        auto& cluster = test::postgres_cluster();
        return *open_store(POSTGRES_PLUGIN,
                           postgres_settings(cluster.connection(), cluster.fresh_schema(), more),
                           log, clock);
    }
    // The backup of that store, taken while the store is written to.
    std::string backup(store::Store& store, const std::string& name) {
        const std::string file = (folder / name).string();
        const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        REQUIRE(store.backup(fd).has_value());
        ::close(fd);
        return file;
    }
};

// A node's engine at work: rows of every size come and go for as long as this lives.
class Work {
public:
    explicit Work(store::Store& store) : engine_(store, log_) {
        for (const char* name : {"meta", "key", "contact.event", "audit.entry"})
            tables_.push_back(*store.open_table(name));
        run(300);
        thread_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested()) run(1);
        });
    }

private:
    void run(int times) {
        for (int i = 0; i < times; ++i) {
            const auto taken = engine_.submit(
                [this](store::Draft& draft) -> Result<void> {
                    const auto table = tables_[random_() % tables_.size()];
                    Bytes key;
                    append_big_endian(key, static_cast<std::uint32_t>(random_() % 500));
                    if (random_() % 4 == 0) return draft.del(table, key);
                    return draft.put(
                        table, key, Bytes(random_() % 5'000, static_cast<std::uint8_t>(random_())));
                },
                [](const Result<void>& done) { REQUIRE(done.has_value()); });
            REQUIRE(taken.has_value());
        }
        REQUIRE(engine_.run_once().has_value());
    }

    NullLog log_;
    store::Engine engine_;
    std::vector<store::Table> tables_;
    std::mt19937 random_{20261130};
    std::jthread thread_;
};

TEST_CASE("a live lmdb store's backup goes to postgres and back, equal to the byte") {
    Stores stores;
    const auto live = stores.lmdb("live");
    std::string file;
    {
        const Work work(*live.store);
        std::filesystem::create_directory(stores.folder / "backup");
        file = stores.backup(*live.store, "backup/data.mdb");
    }
    const auto backup = stores.lmdb("backup", "");
    const auto held = content_of(calls_of(backup)).value();
    CHECK(held.rows > 100);
    const auto postgres = stores.postgres();
    CHECK(copy_store(calls_of(backup), calls_of(postgres)).value() == held);
    CHECK(content_of(calls_of(postgres)).value() == held);
    const auto again = stores.lmdb("again");
    CHECK(copy_store(calls_of(postgres), calls_of(again)).value() == held);
    CHECK(content_of(calls_of(again)).value() == held);
}

TEST_CASE("a live postgres store's backup goes to lmdb and back, equal to the byte") {
    Stores stores;
    const auto live = stores.postgres();
    std::string file;
    {
        const Work work(*live.store);
        file = stores.backup(*live.store, "rows");
    }
    const auto backup = stores.postgres(R"("create": true, "from": ")" + file + "\"");
    const auto held = content_of(calls_of(backup)).value();
    CHECK(held.rows > 100);
    const auto lmdb = stores.lmdb("lmdb");
    CHECK(copy_store(calls_of(backup), calls_of(lmdb)).value() == held);
    CHECK(content_of(calls_of(lmdb)).value() == held);
    const auto again = stores.postgres();
    CHECK(copy_store(calls_of(lmdb), calls_of(again)).value() == held);
    CHECK(content_of(calls_of(again)).value() == held);
}

}  // namespace
}  // namespace sanad::plugins
