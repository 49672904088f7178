#include "core/plugins/store_plugin.h"

#include "core/base/bytes.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <fstream>

namespace sanad::plugins {
namespace {

struct StoreFolder {
    test::Folder folder;
    NullLog log;
    SystemClock clock;
    std::string store = (folder / "store").string();

    std::string settings(bool create, int map_mib = 64) const {
        return "{\"path\": \"" + store + "\", \"mapSizeMiB\": " + std::to_string(map_mib) +
               ", \"create\": " + (create ? "true" : "false") + "}";
    }
    Result<OpenStore> open(bool create = false, int map_mib = 64) {
        return open_store(LMDB_PLUGIN, settings(create, map_mib), log, clock);
    }
    void fill(int rows) {
        auto opened = open(true);
        REQUIRE(opened.has_value());
        const auto table = *opened->store->open_table("cases");
        auto txn = *opened->store->begin();
        for (int i = 0; i < rows; ++i)
            REQUIRE(
                txn->put(table, bytes_of(std::to_string(100000 + i)), Bytes(500, 7)).has_value());
        REQUIRE(txn->commit().has_value());
    }
    Result<void> probe(ProbeDepth depth = ProbeDepth::everything) {
        return probe_store(LMDB_PLUGIN, settings(false), {"cases"}, depth);
    }
    void overwrite(const std::string& name, std::size_t at, const std::string& bytes) const {
        std::fstream file(store + "/" + name, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(at));
        file << bytes;
    }
    std::string code(bool create = false) {
        const auto opened = open(create);
        return opened ? "opened" : opened.error().detail;
    }
};

TEST_CASE("only create makes a store, and never over another") {
    StoreFolder folder;
    CHECK(folder.code() == "lmdb start: not_found (lmdb.no_store)");
    CHECK_FALSE(std::filesystem::exists(folder.store));
    CHECK(folder.code(true) == "opened");
    CHECK(folder.code(true) == "lmdb start: conflict (lmdb.exists)");
    CHECK(folder.code() == "opened");
    CHECK_FALSE(std::filesystem::exists(folder.store + ".new"));
}

TEST_CASE("what an interrupted creation left is cleared, and an empty folder is replaced") {
    StoreFolder folder;
    std::filesystem::create_directory(folder.store + ".new");
    std::ofstream(folder.store + ".new/data.mdb") << "half";
    std::filesystem::create_directory(folder.store);
    CHECK(folder.code() == "lmdb start: not_found (lmdb.no_store)");
    CHECK(folder.code(true) == "opened");
}

TEST_CASE("a folder that holds something else is left as it is") {
    StoreFolder folder;
    std::filesystem::create_directory(folder.store);
    std::ofstream(folder.store + "/letter.txt") << "important";
    CHECK(folder.code(true) == "lmdb start: conflict (lmdb.exists)");
    CHECK(std::filesystem::exists(folder.store + "/letter.txt"));
    CHECK_FALSE(std::filesystem::exists(folder.store + ".new"));
}

TEST_CASE("a second opening of a store is refused while the first is open") {
    StoreFolder folder;
    const auto first = folder.open(true);
    REQUIRE(first.has_value());
    CHECK(folder.code() == "lmdb start: busy (lmdb.in_use)");
}

TEST_CASE("the probe says that another process has the store open") {
    StoreFolder folder;
    folder.fill(1);
    const int other = ::open((folder.store + "/writer.lock").c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(other >= 0);
    REQUIRE(::flock(other, LOCK_EX | LOCK_NB) == 0);
    CHECK(folder.probe().error().fault == Fault::busy);
    ::close(other);
    CHECK(folder.probe().has_value());
}

TEST_CASE("an empty or foreign file is never taken for a store") {
    StoreFolder folder;
    folder.fill(1);
    const std::string data = folder.store + "/data.mdb";
    folder.overwrite("data.mdb", 40, std::string(4, '\0'));  // a page size of 0
    CHECK(folder.code() == "lmdb start: invalid (lmdb.damaged)");
    folder.overwrite("data.mdb", 20, std::string("\7\0\0\0", 4));
    CHECK(folder.code() == "lmdb start: unsupported (lmdb.other_version)");
    std::ofstream(data, std::ios::binary)
        << "a text of more than forty-eight bytes, and no database at all";
    CHECK(folder.code() == "lmdb start: invalid (lmdb.damaged)");
    std::filesystem::resize_file(data, 0);
    CHECK(folder.code() == "lmdb start: invalid (lmdb.empty_file)");
    CHECK(std::filesystem::file_size(data) == 0);
}

TEST_CASE("the table of readers is allocated in full, also when an old one is left over") {
    StoreFolder folder;
    folder.fill(1);
    std::filesystem::resize_file(folder.store + "/lock.mdb", 0);
    REQUIRE(folder.open().has_value());
    struct stat facts{};
    REQUIRE(::stat((folder.store + "/lock.mdb").c_str(), &facts) == 0);
    CHECK(facts.st_size >= 64 * 1000);
    CHECK(facts.st_blocks * 512 >= facts.st_size);
}

TEST_CASE("a full store says so, keeps what it had and goes on when there is room") {
    StoreFolder folder;
    auto opened = folder.open(true, 16);
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    Fault fault = Fault::io;
    {
        auto txn = *opened->store->begin();
        const Bytes megabyte(store::value_bytes_max);
        for (int i = 0; i < 20; ++i) {
            const auto put = txn->put(table, bytes_of(std::to_string(i)), megabyte);
            if (put) continue;
            fault = put.error().fault;
            break;
        }
        CHECK(txn->commit().error().fault == Fault::exhausted);
    }
    CHECK(fault == Fault::exhausted);
    auto txn = *opened->store->begin();
    REQUIRE(txn->put(table, bytes_of("small"), bytes_of("1")).has_value());
    CHECK(txn->commit().has_value());
    CHECK((*opened->store->snapshot())->get(table, bytes_of("0"))->has_value() == false);
}

TEST_CASE("settings outside their limits are refused") {
    StoreFolder folder;
    CHECK(folder.open(true, 15).error().detail == "lmdb configure: invalid (lmdb.bad_map_size)");
    CHECK(folder.open(true, (1 << 20) + 1).error().detail ==
          "lmdb configure: invalid (lmdb.bad_map_size)");
    folder.store.clear();
    CHECK(folder.open().error().detail == "lmdb configure: invalid (lmdb.bad_path)");
    folder.store.assign(1025, 'x');
    CHECK(folder.open().error().detail == "lmdb configure: invalid (lmdb.bad_path)");
    CHECK(open_store(LMDB_PLUGIN, R"({"file": "x"})", folder.log, folder.clock).error().detail ==
          "lmdb: file: no such setting");
    CHECK(open_store(ECHO_PLUGIN, "{}", folder.log, folder.clock).error().fault ==
          Fault::unsupported);
}

TEST_CASE("a store on a small file system that is full is refused without a signal") {
    // A limit on the size of files stands in for it: writes beyond fail with EFBIG, and the probe
    // is what a start does first.
    StoreFolder folder;
    folder.fill(1);
    std::filesystem::remove(folder.store + "/lock.mdb");
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit small{4096, 4096};
        ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto opened = folder.open();
        ::_exit(opened ? 1 : opened.error().detail.find("lmdb.") != std::string::npos ? 0 : 2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

// In a child: commits 1, 2, 3 ... in two rows each and tells each number once it is committed.
[[noreturn]] void commit_until_killed(StoreFolder& folder, std::uint32_t first, int to) {
    const auto opened = folder.open();
    const auto table = *opened->store->open_table("cases");
    for (std::uint32_t number = first;; ++number) {
        Bytes left, right;
        append(left, bytes_of("left"));
        append(right, bytes_of("right"));
        append_big_endian(left, number);
        append_big_endian(right, number);
        auto txn = *opened->store->begin();
        if (!txn->put(table, left, Bytes(300, 1)) || !txn->put(table, right, {}) || !txn->commit())
            ::_exit(1);
        if (::write(to, &number, sizeof number) != sizeof number) ::_exit(2);
    }
}

std::uint32_t count(store::Snapshot& view, store::Table table, std::string_view side) {
    std::uint32_t rows = 0;
    const std::string end = std::string(side) + '\xff';
    REQUIRE(view.scan(table, bytes_of(side), bytes_of(end), store::Order::ascending, 100'000,
                      [&rows](const store::Row&) { return ++rows > 0; })
                .has_value());
    return rows;
}

TEST_CASE("a process killed at any moment loses nothing it committed and leaves no half") {
    StoreFolder folder;
    REQUIRE(folder.open(true).has_value());
    std::uint32_t committed = 0;
    for (std::uint32_t round = 1; round <= 10; ++round) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        const pid_t child = ::fork();
        if (child == 0) commit_until_killed(folder, committed + 1, ends[1]);
        ::close(ends[1]);
        std::uint32_t told = 0;
        for (std::uint32_t n = 0; n < 3 * round; ++n)
            REQUIRE(::read(ends[0], &told, sizeof told) == sizeof told);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        while (::read(ends[0], &told, sizeof told) == sizeof told) continue;
        ::close(ends[0]);

        const auto opened = folder.open();
        REQUIRE(opened.has_value());
        const auto table = *opened->store->open_table("cases");
        const auto view = *opened->store->snapshot();
        committed = count(*view, table, "left");
        CHECK(committed >= told);
        CHECK(committed <= told + 1);  // one may be on disk and not yet told
        CHECK(count(*view, table, "right") == committed);
    }
    CHECK(folder.probe().has_value());
}

TEST_CASE("the probe passes a sound store and changes nothing") {
    StoreFolder folder;
    folder.fill(2000);
    CHECK(folder.probe(ProbeDepth::edges).has_value());
    CHECK(folder.probe(ProbeDepth::everything).has_value());
    CHECK(folder.open().has_value());
}

TEST_CASE("the probe names a store that is not there and makes none") {
    StoreFolder folder;
    CHECK(folder.probe().error().fault == Fault::not_found);
    CHECK_FALSE(std::filesystem::exists(folder.store));
}

TEST_CASE("a store file cut in half is refused by the probe, and this process lives") {
    StoreFolder folder;
    folder.fill(2000);
    const std::string data = folder.store + "/data.mdb";
    std::filesystem::resize_file(data, std::filesystem::file_size(data) / 2);
    const auto refused = folder.probe();
    REQUIRE_FALSE(refused.has_value());
    CHECK((refused.error().fault == Fault::malformed || refused.error().fault == Fault::invalid));
    CHECK(refused.error().detail.find("restore the newest backup") != std::string::npos);
}

TEST_CASE("a damaged page is refused by the probe, and this process lives") {
    StoreFolder folder;
    folder.fill(500);
    const std::string data = folder.store + "/data.mdb";
    const std::string sound = test::content_of(data);
    const std::size_t page_bytes = 4096;
    std::size_t refused = 0, damaged_pages = 0;
    for (std::size_t page = 8; page < sound.size() / page_bytes - 8; page += 4) {
        std::string damaged = sound;
        damaged.replace(page * page_bytes, 512, 512, '\xff');
        std::ofstream(data, std::ios::binary) << damaged;
        ++damaged_pages;
        const auto found = folder.probe();
        if (!found && found.error().detail.find("restore") != std::string::npos) ++refused;
    }
    CHECK(damaged_pages > 10);
    CHECK(refused == damaged_pages);
}

TEST_CASE("a store that is read as a whole tells its content, and how far the reading is") {
    StoreFolder folder;
    folder.fill(2'500);
    std::vector<std::uint64_t> told;
    const auto read = read_store(LMDB_PLUGIN, folder.settings(false),
                                 [&](const Progress& at) { told.push_back(at.rows); });
    REQUIRE(read.has_value());
    CHECK(told == std::vector<std::uint64_t>{0, 1'000, 2'000});
    const auto opened = folder.open();
    const auto* calls =
        static_cast<const sanad_store_v1*>(opened->instance->extension(SANAD_EXT_STORE));
    CHECK(*read == content_of(*calls).value());
    CHECK(read->rows == 2'500);

    // While it is open elsewhere, nobody else reads it. ThreadSanitizer takes no new threads in the
    // child of a process that has some, as this one has by now.
#ifndef __SANITIZE_THREAD__
    CHECK(read_store(LMDB_PLUGIN, folder.settings(false), {}).error().fault == Fault::busy);
#endif
}

TEST_CASE("a damaged page is found by reading the whole store, and this process lives") {
    StoreFolder folder;
    folder.fill(500);
    const std::string data = folder.store + "/data.mdb";
    std::string damaged = test::content_of(data);
    for (std::size_t page = 8; page < damaged.size() / 4096 - 8; page += 4)
        damaged.replace(page * 4096, 512, 512, '\xff');
    std::ofstream(data, std::ios::binary) << damaged;
    const auto refused = read_store(LMDB_PLUGIN, folder.settings(false), {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().detail.find("restore the newest backup") != std::string::npos);
}

// Whether the reading ends with a signal or with LMDB's own answer depends on the file's size.
TEST_CASE("a file that is overwritten from its third page on is called damaged, of any size") {
    for (const int rows : {1, 500}) {
        StoreFolder folder;
        folder.fill(rows);
        const std::string data = folder.store + "/data.mdb";
        std::string damaged = test::content_of(data);
        const std::size_t kept = 2 * 4096;
        damaged.replace(kept, damaged.size() - kept, damaged.size() - kept, '\xff');
        std::ofstream(data, std::ios::binary) << damaged;
        const auto probed = folder.probe();
        REQUIRE_FALSE(probed.has_value());
        const auto read = read_store(LMDB_PLUGIN, folder.settings(false), {});
        REQUIRE_FALSE(read.has_value());
        for (const std::string& detail : {probed.error().detail, read.error().detail}) {
            INFO(detail);
            CHECK(detail.find("the store's file is damaged: ") == 0);
            CHECK(detail.find("restore the newest backup") != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace sanad::plugins
