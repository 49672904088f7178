// ./dev bench storage: the storage plugins through their table of functions, as the core calls
// them.
//
//     storage lmdb PLUGIN FOLDER NAME                   reads and commits of LMDB, in microseconds
//     storage postgres PLUGIN CONNECTION                reads of PostgreSQL, in microseconds
//     storage commits PLUGIN CONNECTION SCHEMA SECONDS  how many commits a second
//     storage engine PLUGIN SETTINGS                    commands a second, 64 under way
//     storage disk FOLDER                               syncs a second of its disk
#include "core/plugins/store_plugin.h"
#include "core/store/engine.h"
#include "tests/bench/measure.h"

#include <sanad/store.h>

#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>

namespace {

using namespace sanad;
using namespace sanad::bench;

constexpr std::uint32_t rows = 100'000;
constexpr std::size_t value_bytes = 256;
constexpr std::size_t batch_ops = 10;
constexpr int rounds = 2'000;
constexpr std::size_t under_way_max = 64;

struct Opened {
    NullLog log;
    SystemClock clock;
    plugins::OpenStore open;
    std::uint32_t table = 0;

    Opened(const std::string& plugin, const std::string& settings)
        : open(need(plugins::open_store(plugin, settings, log, clock), "the store")),
          table(need(open.store->open_table("bench"), "a table").number) {}
    const sanad_store_v1& calls() const {
        return *static_cast<const sanad_store_v1*>(open.instance->extension(SANAD_EXT_STORE));
    }
};

void must(sanad_status status, const char* what) {
    if (status != SANAD_OK) give_up(std::string(what) + ": status " + std::to_string(status));
}

Bytes key_of(std::uint64_t number) {
    Bytes key;
    append_big_endian(key, static_cast<std::uint32_t>(number >> 32));
    append_big_endian(key, static_cast<std::uint32_t>(number));
    return key;
}

const Bytes value(value_bytes, 7);

// The keys from `first` on, in one transaction.
void apply_batch(const Opened& store, std::uint64_t first, std::size_t count) {
    std::vector<Bytes> keys;
    std::vector<sanad_op> ops;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(key_of(first + i));
    for (const Bytes& key : keys)
        ops.push_back(
            {store.table, SANAD_OP_PUT, {key.data(), key.size()}, {value.data(), value.size()}});
    must(store.calls().apply(store.calls().self, ops.data(), ops.size()), "apply");
}

void fill(const Opened& store) {
    for (std::uint32_t first = 0; first < rows; first += 1'000) apply_batch(store, first, 1'000);
}

// The median of what one of `inner` calls takes.
template <typename Work>
double median_us(int times, int inner, Work work) {
    std::vector<double> spans;
    for (int i = 0; i < times; ++i) {
        const auto start = Watch::now();
        for (int j = 0; j < inner; ++j) work();
        spans.push_back(microseconds(Watch::now() - start) / inner);
    }
    return quantile(spans, 0.5);
}

int take(void* bytes, const sanad_row* found, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) *static_cast<std::size_t*>(bytes) += found[i].value.size;
    return 0;
}

struct Reads {
    double get = 0, get_many = 0, scan = 0, view = 0;
};

Reads measure_reads(const Opened& store, int times, int inner) {
    const sanad_store_v1& calls = store.calls();
    std::mt19937 random(1);
    Reads reads;
    const auto begin = [&] {
        sanad_txn* txn = nullptr;
        must(calls.begin(calls.self, SANAD_TXN_READ, &txn), "begin");
        return txn;
    };
    sanad_txn* txn = begin();
    reads.get = median_us(times, inner, [&] {
        const Bytes key = key_of(random() % rows);
        sanad_span found{};
        must(calls.get(txn, store.table, {key.data(), key.size()}, &found), "get");
    });
    calls.abort(txn);
    txn = begin();
    std::size_t bytes = 0;
    reads.get_many = median_us(times / 10, 1, [&] {
        std::vector<Bytes> keys;
        std::vector<sanad_span> spans;
        for (int i = 0; i < 100; ++i) keys.push_back(key_of(random() % rows));
        for (const Bytes& key : keys) spans.push_back({key.data(), key.size()});
        must(calls.get_many(txn, store.table, spans.data(), spans.size(), take, &bytes),
             "get_many");
    });
    reads.scan = median_us(times / 10, 1, [&] {
        const Bytes from = key_of(random() % (rows - 100));
        must(calls.scan(txn, store.table, {from.data(), from.size()}, {}, 0, 100, take, &bytes),
             "scan");
    });
    calls.abort(txn);
    reads.view = median_us(times / 10, 1, [&] { calls.abort(begin()); });
    return reads;
}

void print_reads(const char* name, const Reads& reads, const std::string& more) {
    std::printf(
        "{\"%s_get_us\":%.3f,\"%s_get_many_100_us\":%.1f,\"%s_scan_100_us\":%.1f,"
        "\"%s_view_us\":%.2f%s}\n",
        name, reads.get, name, reads.get_many, name, reads.scan, name, reads.view, more.c_str());
}

int bench_lmdb(const std::string& plugin, const std::string& folder, const char* name) {
    const Opened store(plugin, R"({"path":")" + folder + R"(/store","create":true})");
    fill(store);
    const Reads reads = measure_reads(store, rounds, 100);
    std::uint64_t next = rows;
    const double batch = median_us(rounds / 4, 1, [&] {
        apply_batch(store, next, batch_ops);
        next += batch_ops;
    });
    char more[64];
    std::snprintf(more, sizeof more, ",\"%s_batch_10_us\":%.1f", name, batch);
    print_reads(name, reads, more);
    return 0;
}

std::string postgres_settings(const std::string& connection, const std::string& schema) {
    return R"({"connection":")" + connection + R"(","schema":")" + schema + R"(","create":true})";
}

int bench_postgres(const std::string& plugin, const std::string& connection) {
    const Opened store(plugin, postgres_settings(connection, "reads"));
    fill(store);
    print_reads("postgres", measure_reads(store, rounds, 1), "");
    return 0;
}

int bench_commits(const std::string& plugin, const std::string& connection,
                  const std::string& schema, double wanted) {
    const Opened store(plugin, postgres_settings(connection, schema));
    std::vector<double> spans;
    std::uint64_t next = 0;
    const auto begin = Watch::now();
    while (seconds(Watch::now() - begin) < wanted) {
        const auto start = Watch::now();
        apply_batch(store, next, batch_ops);
        next += batch_ops;
        spans.push_back(microseconds(Watch::now() - start));
    }
    std::printf("{\"per_s\":%.1f,\"p50_us\":%.1f}\n",
                double(spans.size()) / seconds(Watch::now() - begin), quantile(spans, 0.5));
    return 0;
}

// What a command of the core does at least: looks at the end of a log, and writes an entry and the
// new end.
Result<void> append(store::Draft& draft, store::Table table) {
    const auto last = draft.get(table, bytes_of("last"));
    if (!last) return std::unexpected(last.error());
    std::uint64_t number = 0;
    if (*last) std::memcpy(&number, (*last)->data(), sizeof number);
    ++number;
    const ByteView end(reinterpret_cast<const std::uint8_t*>(&number), sizeof number);
    if (const auto put = draft.put(table, bytes_of("last"), end); !put) return put;
    return draft.put(table, key_of(number), value);
}

int bench_engine(const std::string& plugin, const std::string& settings) {
    const Opened store(plugin, settings);
    store::Engine engine(*store.open.store, const_cast<NullLog&>(store.log));
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t under_way = 0, done = 0;
    const std::jthread thread(
        [&](const std::stop_token& stop) { engine.run(stop, [] { return Duration{100}; }); });
    const auto begin = Watch::now();
    while (seconds(Watch::now() - begin) < 4.0) {
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return under_way < under_way_max; });
            ++under_way;
        }
        need(engine.submit([&](store::Draft& draft) { return append(draft, {store.table}); },
                           [&](const Result<void>& result) {
                               need(result, "command");
                               const std::lock_guard lock(mutex);
                               --under_way;
                               ++done;
                               changed.notify_one();
                           }),
             "submit");
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way == 0; });
    std::printf("{\"per_s\":%.0f}\n", double(done) / seconds(Watch::now() - begin));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 4 && words[0] == "lmdb")
        return bench_lmdb(words[1], words[2], words[3].c_str());
    if (words.size() == 3 && words[0] == "postgres") return bench_postgres(words[1], words[2]);
    if (words.size() == 5 && words[0] == "commits")
        return bench_commits(words[1], words[2], words[3], std::stod(words[4]));
    if (words.size() == 3 && words[0] == "engine") return bench_engine(words[1], words[2]);
    if (words.size() == 2 && words[0] == "disk") {
        std::printf("{\"fdatasync_per_s\":%.0f}\n", fdatasync_per_second(words[1]));
        return 0;
    }
    give_up("usage: storage lmdb|postgres|commits|engine|disk ...; see storage.py");
}
