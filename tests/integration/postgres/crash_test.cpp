#include "core/base/bytes.h"
#include "core/store/engine.h"
#include "tests/integration/postgres/postgres_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace sanad::plugins {
namespace {

Bytes key_of(std::string_view side, std::uint32_t number) {
    Bytes key;
    append(key, bytes_of(side));
    append_big_endian(key, number);
    return key;
}

std::uint32_t count(store::Snapshot& view, store::Table table, std::string_view side) {
    std::uint32_t rows = 0;
    const std::string end = std::string(side) + '\xff';
    REQUIRE(view.scan(table, bytes_of(side), bytes_of(end), store::Order::ascending, 1'000'000,
                      [&rows](const store::Row&) { return ++rows > 0; })
                .has_value());
    return rows;
}

// In a child: commits 1, 2, 3 ... in two rows each and tells each number once it is committed.
[[noreturn]] void commit_until_killed(PostgresStore& server, std::uint32_t first, int to) {
    const auto opened = server.open();
    const auto table = *opened->store->open_table("cases");
    for (std::uint32_t number = first;; ++number) {
        auto txn = *opened->store->begin();
        if (!txn->put(table, key_of("left", number), Bytes(300, 1)) ||
            !txn->put(table, key_of("right", number), {}) || !txn->commit())
            ::_exit(1);
        if (::write(to, &number, sizeof number) != sizeof number) ::_exit(2);
    }
}

TEST_CASE("a process killed at any moment loses nothing it committed and leaves no half") {
    PostgresStore server;
    REQUIRE(server.create().has_value());
    std::uint32_t committed = 0;
    for (std::uint32_t round = 1; round <= 10; ++round) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        const pid_t child = ::fork();
        if (child == 0) commit_until_killed(server, committed + 1, ends[1]);
        ::close(ends[1]);
        std::uint32_t told = 0;
        for (std::uint32_t n = 0; n < 3 * round; ++n)
            REQUIRE(::read(ends[0], &told, sizeof told) == sizeof told);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        while (::read(ends[0], &told, sizeof told) == sizeof told) continue;
        ::close(ends[0]);

        const auto opened = server.open();  // at once: the store is free with its process
        REQUIRE(opened.has_value());
        const auto table = *opened->store->open_table("cases");
        const auto view = *opened->store->snapshot();
        committed = count(*view, table, "left");
        CHECK(committed >= told);
        CHECK(committed <= told + 1);  // one may be on disk and not yet told
        CHECK(count(*view, table, "right") == committed);
    }
}

// Commands that keep coming, each of which takes the next number, as the core's logs do.
class Stream {
public:
    explicit Stream(store::Store& store) : table_(*store.open_table("log")), engine_(store, log_) {
        thread_ = std::jthread([this](const std::stop_token& stop) {
            engine_.run(stop, [] { return Duration{50}; });
        });
        producer_ = std::jthread([this](const std::stop_token& stop) { produce(stop); });
    }
    void wait_for(std::size_t answers) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60),
                                  [&] { return answered_ >= answers; }));
    }
    void end() {
        producer_ = {};
        thread_ = {};  // runs what waits
    }
    store::Table table() const { return table_; }
    std::size_t answered() {
        const std::lock_guard lock(mutex_);
        return answered_;
    }
    // After end():
    std::size_t refused() const { return refused_; }
    const std::multiset<std::uint32_t>& numbers() const { return numbers_; }
    Result<void> health() const { return engine_.health(); }

private:
    Result<void> take_number(store::Draft& draft, std::uint32_t& number) const {
        const auto last = draft.get(table_, bytes_of("last"));
        if (!last) return std::unexpected(last.error());
        number =
            *last ? static_cast<std::uint32_t>(std::stoul(std::string(text_of(**last)))) + 1 : 1;
        if (auto put = draft.put(table_, bytes_of("last"), bytes_of(std::to_string(number))); !put)
            return put;
        return draft.put(table_, key_of("row", number), Bytes(300, 1));
    }
    void produce(const std::stop_token& stop) {
        for (std::size_t sent = 0; !stop.stop_requested();) {
            {
                // A few under way at a time, so that a commit has some of them and not all.
                std::unique_lock lock(mutex_);
                changed_.wait_for(lock, std::chrono::milliseconds(20),
                                  [&] { return sent - answered_ < 8; });
                if (sent - answered_ >= 8) continue;
            }
            auto number = std::make_shared<std::uint32_t>(0);
            const auto taken = engine_.submit(
                [this, number](store::Draft& draft) { return take_number(draft, *number); },
                [this, number](const Result<void>& result) {
                    const std::lock_guard lock(mutex_);
                    ++answered_;
                    if (result)
                        numbers_.insert(*number);
                    else
                        ++refused_;
                    changed_.notify_all();
                });
            if (!taken) return;
            ++sent;
        }
    }

    NullLog log_;
    store::Table table_;
    store::Engine engine_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t answered_ = 0, refused_ = 0;
    std::multiset<std::uint32_t> numbers_;
    std::jthread thread_, producer_;
};

TEST_CASE("a server killed and started in the middle of a run loses and repeats nothing") {
    PostgresStore server;
    const auto opened = server.open(R"("create": true, "reconnectSeconds": 60)");
    REQUIRE(opened.has_value());
    Stream stream(*opened->store);
    for (int kill = 0; kill < 4; ++kill) {
        stream.wait_for(stream.answered() + 40);
        server.cluster.tell("kill");
        server.cluster.tell("start");
    }
    stream.wait_for(stream.answered() + 40);
    stream.end();
    CHECK(stream.health().has_value());
    CHECK(stream.refused() == 0);
    // Every number from 1 on was given once, to a command that was told so.
    std::uint32_t next = 0;
    bool are_in_a_row = true;
    for (const std::uint32_t number : stream.numbers()) are_in_a_row &= number == ++next;
    CHECK(are_in_a_row);
    const auto view = *opened->store->snapshot();
    CHECK(count(*view, stream.table(), "row") == next);
}

TEST_CASE(
    "a server that stays away ends the engine, and nothing is acknowledged that is not there") {
    PostgresStore server;
    auto opened = server.open(R"("create": true, "reconnectSeconds": 0)");
    REQUIRE(opened.has_value());
    std::multiset<std::uint32_t> acknowledged;
    {
        Stream stream(*opened->store);
        stream.wait_for(40);
        server.cluster.tell("kill");
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (stream.health() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        stream.end();
        CHECK(stream.health().error().fault == Fault::io);
        acknowledged = stream.numbers();
    }
    opened->store.reset();
    opened->instance.reset();
    server.cluster.tell("start");
    const auto again = server.open();
    REQUIRE(again.has_value());
    const auto table = *again->store->open_table("log");
    const auto view = *again->store->snapshot();
    for (const std::uint32_t number : acknowledged)
        CHECK((*view->get(table, key_of("row", number))).has_value());
    // At most one group was not answered and is there all the same.
    CHECK(count(*view, table, "row") <= acknowledged.size() + 8);
}

}  // namespace
}  // namespace sanad::plugins
