#include "core/base/bytes.h"
#include "tests/integration/postgres/postgres_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <optional>

namespace sanad::plugins {
namespace {

// A process of its own that has the store: it commits 1, 2, 3 ... in two rows each and tells each
// number once it is committed. It ends with 1 when the store refuses a commit as lost.
class Holder {
public:
    Holder(PostgresStore& server, std::uint32_t first) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        child_ = ::fork();
        if (child_ == 0) commit_from(server, first, ends[1]);
        ::close(ends[1]);
        from_ = ends[0];
    }
    ~Holder() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
        ::close(from_);
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    /// The next number that it tells; empty once it has ended and everything is read.
    std::optional<std::uint32_t> next() {
        std::uint32_t told = 0;
        if (::read(from_, &told, sizeof told) != sizeof told) return std::nullopt;
        return told;
    }
    void stop() {
        ::kill(child_, SIGSTOP);
        int status = 0;
        REQUIRE(::waitpid(child_, &status, WUNTRACED) == child_);
        REQUIRE(WIFSTOPPED(status));
    }
    /// Lets it go on, and waits for its end: its exit status.
    int wake() {
        ::kill(child_, SIGCONT);
        int status = 0;
        REQUIRE(::waitpid(child_, &status, 0) == child_);
        child_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    [[noreturn]] static void commit_from(PostgresStore& server, std::uint32_t number, int to) {
        const auto opened = server.open();
        if (!opened) ::_exit(2);
        const auto table = *opened->store->open_table("cases");
        for (;; ++number) {
            const auto key = std::to_string(number);
            Result<void> done;
            do done = commit(*opened->store, table, key);
            while (!done && done.error().fault == Fault::conflict);
            if (!done) ::_exit(done.error().fault == Fault::io ? 1 : 3);
            if (::write(to, &number, sizeof number) != sizeof number) ::_exit(4);
        }
    }
    static Result<void> commit(store::Store& store, store::Table table, const std::string& key) {
        const auto txn = store.begin();
        if (!txn) return std::unexpected(txn.error());
        for (const char* side : {"left", "right"})
            if (auto put = (*txn)->put(table, bytes_of(side + key), Bytes(300, 1)); !put)
                return put;
        return (*txn)->commit();
    }

    pid_t child_ = 0;
    int from_ = -1;
};

std::uint32_t count(store::Store& store, store::Table table, std::string_view side) {
    std::uint32_t rows = 0;
    const std::string end = std::string(side) + '\xff';
    const auto view = *store.snapshot();
    REQUIRE(view->scan(table, bytes_of(side), bytes_of(end), store::Order::ascending, 1'000'000,
                       [&rows](const store::Row&) { return ++rows > 0; })
                .has_value());
    return rows;
}

TEST_CASE(
    "a process that is stopped at any moment loses the store and writes nothing when it wakes") {
    PostgresStore server;
    REQUIRE(server.create().has_value());
    std::uint32_t committed = 0;
    for (std::uint32_t round = 1; round <= 4; ++round) {
        Holder holder(server, committed + 1);
        std::uint32_t told = 0;
        for (std::uint32_t n = 0; n < 7 * round; ++n) told = holder.next().value();
        holder.stop();

        const auto begun = std::chrono::steady_clock::now();
        auto opened = server.open(R"("takeOverSeconds": 3)");
        REQUIRE(opened.has_value());
        // From the last sign of life on, which may be a second before the stop.
        CHECK(std::chrono::steady_clock::now() - begun > std::chrono::seconds(1));
        const auto table = *opened->store->open_table("cases");
        committed = count(*opened->store, table, "left");
        CHECK(committed >= told);
        CHECK(count(*opened->store, table, "right") == committed);
        auto txn = *opened->store->begin();
        REQUIRE(txn->put(table, bytes_of("taken"), {}).has_value());
        CHECK(txn->commit().has_value());
        txn.reset();

        // It wakes in the belief that it has the store, with a commit under way or the next one;
        // in every second round the store is free again by then.
        if (round % 2 == 0) opened = fail(Fault::closed, "");
        CHECK(holder.wake() == 1);
        while (const auto later = holder.next()) told = *later;
        CHECK(told <= committed);  // it told nothing that is not there
        if (round % 2 == 0) opened = server.open();
        REQUIRE(opened.has_value());
        CHECK(count(*opened->store, table, "left") == committed);
        CHECK(count(*opened->store, table, "right") == committed);
    }
}

TEST_CASE("nobody takes the store from a process that works") {
    PostgresStore server;
    REQUIRE(server.create().has_value());
    Holder holder(server, 1);
    REQUIRE(holder.next().has_value());
    const auto refused = server.code(R"("takeOverSeconds": 3)");
    CHECK(refused.find("postgres.in_use") != std::string::npos);
    std::uint32_t last = holder.next().value();
    for (int n = 0; n < 20; ++n) CHECK(holder.next().value() == ++last);
}

TEST_CASE("nobody takes the store from a process that has nothing to do but lives") {
    PostgresStore server;
    const auto opened = server.create();
    REQUIRE(opened.has_value());
    CHECK(server.code(R"("takeOverSeconds": 3)").find("postgres.in_use") != std::string::npos);
    CHECK(opened->store->snapshot().has_value());
}

}  // namespace
}  // namespace sanad::plugins
