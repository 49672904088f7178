#include "core/plugins/store_plugin.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <compare>
#include <csignal>
#include <cstring>
#include <optional>

namespace sanad::plugins {

namespace {

constexpr std::size_t report_bytes_max = 1024;
constexpr std::uint32_t edge_rows = 64;
constexpr std::uint32_t all_rows = ~std::uint32_t{0};
constexpr const char* mend =
    "; put its folder aside (do not delete it) and restore the newest backup";

// LMDB has no checksums: of a damaged page it hands out rows of any kind. Every byte is looked at,
// so that a page that cannot be read shows, and so do rows that are out of order or of a wrong
// size.
class Walk {
public:
    Result<void> over(store::Snapshot& view, store::Table table, store::Order order,
                      std::uint32_t limit) {
        previous_.clear();
        const auto scanned = view.scan(table, {}, {}, order, limit, [&](const store::Row& row) {
            sound_ = is_sound(row, order);
            return sound_;
        });
        if (!scanned || sound_) return scanned;
        return fail(Fault::invalid, "the store's file is damaged: rows out of order");
    }

private:
    bool is_sound(const store::Row& row, store::Order order) {
        if (row.key.empty() || row.key.size() > store::key_bytes_max ||
            row.value.size() > store::value_bytes_max)
            return false;
        const auto compared = std::lexicographical_compare_three_way(
            previous_.begin(), previous_.end(), row.key.begin(), row.key.end());
        const bool follows = order == store::Order::ascending ? compared < 0 : compared > 0;
        if (!previous_.empty() && !follows) return false;
        previous_.assign(row.key.begin(), row.key.end());
        std::uint8_t sum = 0;
        for (const std::uint8_t byte : row.value) sum ^= byte;
        sum_ = sum;
        return true;
    }

    Bytes previous_;
    bool sound_ = true;
    volatile std::uint8_t sum_ = 0;  // so that every byte is really read
};

Result<void> walk(store::Snapshot& view, store::Table table, ProbeDepth depth) {
    Walk walk;
    if (depth == ProbeDepth::everything)
        return walk.over(view, table, store::Order::ascending, all_rows);
    const auto first = walk.over(view, table, store::Order::ascending, edge_rows);
    if (!first) return first;
    return walk.over(view, table, store::Order::descending, edge_rows);
}

Result<void> look_inside(const std::filesystem::path& file, std::string_view settings,
                         const std::vector<std::string>& tables, ProbeDepth depth) {
    NullLog log;
    const SystemClock clock;
    const auto opened = open_store(file, settings, log, clock);
    if (!opened) return std::unexpected(opened.error());
    for (const std::string& name : tables) {
        const auto table = opened->store->open_table(name);
        if (!table) return std::unexpected(table.error());
        const auto view = opened->store->snapshot();
        if (!view) return std::unexpected(view.error());
        if (const auto walked = walk(**view, *table, depth); !walked) return walked;
    }
    return {};
}

// In the child: one byte for the fault and then its detail, or nothing when all is well.
[[noreturn]] void report_and_end(int to, const Result<void>& found) {
    if (!found) {
        std::string report(1, static_cast<char>(found.error().fault));
        report += found.error().detail;
        report.resize(std::min(report.size(), report_bytes_max));
        if (::write(to, report.data(), report.size()) < 0) ::_exit(2);
    }
    ::_exit(found ? 0 : 1);
}

std::string signal_name(int number) {
    const char* abbreviation = ::sigabbrev_np(number);
    return abbreviation ? std::string("SIG") + abbreviation : "signal " + std::to_string(number);
}

// What the child wrote until it ended; empty when it did not end in time.
std::optional<std::string> listen(int from) {
    std::string report;
    std::array<char, report_bytes_max> piece;
    for (;;) {
        pollfd watched{from, POLLIN, 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(probe_limit.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return std::nullopt;
        const ssize_t got = ::read(from, piece.data(), piece.size());
        if (got <= 0 || report.size() > report_bytes_max) return report;
        report.append(piece.data(), static_cast<std::size_t>(got));
    }
}

Result<void> conclude(int status, const std::optional<std::string>& report) {
    if (!report)
        return fail(Fault::malformed,
                    std::string("the store's file is damaged: reading it did not end") + mend);
    if (WIFSIGNALED(status))
        return fail(Fault::malformed, "the store's file is damaged: reading it ended with " +
                                          signal_name(WTERMSIG(status)) + mend);
    if (WEXITSTATUS(status) == 0) return {};
    if (report->empty()) return fail(Fault::io, "the probe of the store failed");
    const auto fault = static_cast<Fault>(static_cast<unsigned char>(report->front()));
    return fail(fault, report->substr(1) + (fault == Fault::invalid ? mend : ""));
}

}  // namespace

Result<void> probe_store(const std::filesystem::path& file, std::string_view settings,
                         const std::vector<std::string>& tables, ProbeDepth depth) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Fault::io, std::strerror(errno));
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);  // no copy of the store's memory on disk
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) ::signal(fatal, SIG_DFL);
        ::close(ends[0]);
        report_and_end(ends[1], look_inside(file, settings, tables, depth));
    }
    ::close(ends[1]);
    const auto report = child > 0 ? listen(ends[0]) : std::nullopt;
    ::close(ends[0]);
    if (child < 0) return fail(Fault::io, "the store cannot be probed: no process");
    if (!report) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return conclude(status, report);
}

}  // namespace sanad::plugins
