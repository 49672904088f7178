#include "tests/bench/measure.h"

#include "core/base/log.h"
#include "core/plugins/store_plugin.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace sanad::bench {
namespace {

constexpr int probe_rounds = 300;

}  // namespace

void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}

double microseconds(Watch::duration span) {
    return std::chrono::duration<double, std::micro>(span).count();
}
double seconds(Watch::duration span) { return std::chrono::duration<double>(span).count(); }

double quantile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    return values.at(std::size_t(share * double(values.size() - 1)));
}

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto span = [](const timeval& time) {
        return double(time.tv_sec) + double(time.tv_usec) / 1e6;
    };
    return span(usage.ru_utime) + span(usage.ru_stime);
}

double fdatasync_per_second(const std::filesystem::path& folder) {
    const int file = open((folder / "probe").c_str(), O_CREAT | O_WRONLY, 0600);
    const std::vector<char> page(4'096, 'x');
    std::vector<double> spans;
    for (int i = 0; i < probe_rounds; ++i) {
        const auto start = Watch::now();
        if (write(file, page.data(), page.size()) != ssize_t(page.size()) || fdatasync(file) != 0)
            give_up("probe");
        spans.push_back(microseconds(Watch::now() - start));
    }
    close(file);
    return 1e6 / quantile(spans, 0.5);
}

double lmdb_commit_us(const node::Configuration& configuration,
                      const std::filesystem::path& folder) {
    NullLog log;
    const SystemClock clock;
    const auto file = need(node::find_plugin(configuration, configuration.store), "lmdb plugin");
    const std::string settings =
        R"({"path":")" + (folder / "probe-store").string() + R"(","create":true})";
    auto opened = need(plugins::open_store(file, settings, log, clock), "probe store");
    const auto table = need(opened.store->open_table("probe"), "probe table");
    const Bytes value(1'024, 7);
    std::vector<double> spans;
    for (int i = 0; i < probe_rounds; ++i) {
        Bytes key;
        append_big_endian(key, static_cast<std::uint32_t>(i));
        const auto start = Watch::now();
        auto transaction = need(opened.store->begin(), "begin");
        need(transaction->put(table, key, value), "put");
        need(transaction->commit(), "commit");
        spans.push_back(microseconds(Watch::now() - start));
    }
    opened.store.reset();
    need(opened.instance->stop(), "probe store");
    return quantile(spans, 0.5);
}

}  // namespace sanad::bench
