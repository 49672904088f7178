#include "core/plugins/host_process.h"
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
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr std::size_t report_bytes_max = 1024;
constexpr std::uint32_t edge_rows = 64;
constexpr std::uint32_t all_rows = ~std::uint32_t{0};
constexpr std::string_view damaged = "the store's file is damaged: ";
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
        return fail(Fault::invalid, "rows out of order");
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

/// What could be opened and not be read is damaged, whatever the store calls it.
Error of_reading(const Error& error) {
    return {error.fault,
            error.fault == Fault::invalid ? std::string(damaged) + error.detail : error.detail};
}

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
        if (!table) return std::unexpected(of_reading(table.error()));
        const auto view = opened->store->snapshot();
        if (!view) return std::unexpected(view.error());
        if (const auto walked = walk(**view, *table, depth); !walked)
            return std::unexpected(of_reading(walked.error()));
    }
    return {};
}

Result<StoreContent> read_inside(const std::filesystem::path& file, std::string_view settings,
                                 const Told& told) {
    NullLog log;
    const SystemClock clock;
    const auto opened = open_store(file, settings, log, clock);
    if (!opened) return std::unexpected(opened.error());
    const auto content = content_of(
        *static_cast<const sanad_store_v1*>(opened->instance->extension(SANAD_EXT_STORE)), told);
    if (!content) return std::unexpected(of_reading(content.error()));
    return content;
}

// What the child says: any number of these while it goes on; then one byte for the fault and its
// detail, or what it found.
constexpr char still_reading = '\xff';
constexpr char found_content = '\0';

bool write_all(int to, std::string_view text) {
    return ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

[[noreturn]] void report_and_end(int to, const Result<std::string>& found) {
    std::string report;
    if (found) {
        report = *found;
    } else {
        report.assign(1, static_cast<char>(found.error().fault));
        report += found.error().detail;
        report.resize(std::min(report.size(), report_bytes_max));
    }
    if (!write_all(to, report)) ::_exit(2);
    ::_exit(found ? 0 : 1);
}

// What the child wrote until it ended; empty when it was silent for too long.
std::optional<std::string> listen(int from, const std::function<void()>& went_on) {
    std::string report;
    std::array<char, report_bytes_max> piece;
    for (;;) {
        pollfd watched{from, POLLIN, 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(probe_limit.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return std::nullopt;
        const ssize_t got = ::read(from, piece.data(), piece.size());
        if (got <= 0 || report.size() > report_bytes_max) return report;
        std::string_view said(piece.data(), static_cast<std::size_t>(got));
        for (; report.empty() && said.starts_with(still_reading); said.remove_prefix(1)) went_on();
        report += said;
    }
}

Result<std::string> conclude(int status, const std::optional<std::string>& report) {
    if (!report)
        return fail(Fault::malformed, std::string(damaged) + "reading it did not end" + mend);
    if (WIFSIGNALED(status))
        return fail(Fault::malformed, std::string(damaged) + "reading it ended with " +
                                          ProcessEnd{true, WTERMSIG(status)}.text() + mend);
    if (WEXITSTATUS(status) == 0) return *report;
    if (report->empty()) return fail(Fault::io, "the probe of the store failed");
    const auto fault = static_cast<Fault>(static_cast<unsigned char>(report->front()));
    return fail(fault, report->substr(1) + (fault == Fault::invalid ? mend : ""));
}

// The work is done by a child, with the descriptor that it reports to.
Result<std::string> in_child(const std::function<Result<std::string>(int)>& work,
                             const std::function<void()>& went_on) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Fault::io, std::strerror(errno));
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);  // no copy of the store's memory on disk
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) ::signal(fatal, SIG_DFL);
        ::close(ends[0]);
        report_and_end(ends[1], work(ends[1]));
    }
    ::close(ends[1]);
    const auto report = child > 0 ? listen(ends[0], went_on) : std::nullopt;
    ::close(ends[0]);
    if (child < 0) return fail(Fault::io, "the store cannot be probed: no process");
    if (!report) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return conclude(status, report);
}

}  // namespace

Result<void> probe_store(const std::filesystem::path& file, std::string_view settings,
                         const std::vector<std::string>& tables, ProbeDepth depth) {
    const auto done = in_child(
        [&](int) -> Result<std::string> {
            const auto looked = look_inside(file, settings, tables, depth);
            if (!looked) return std::unexpected(looked.error());
            return std::string();
        },
        [] {});
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<StoreContent> read_store(const std::filesystem::path& file, std::string_view settings,
                                const Told& told) {
    static_assert(std::is_trivially_copyable_v<StoreContent>);
    Progress so_far;
    const auto done = in_child(
        [&](int to) -> Result<std::string> {
            const auto content = read_inside(file, settings, [to](const Progress&) {
                write_all(to, std::string_view(&still_reading, 1));
            });
            if (!content) return std::unexpected(content.error());
            std::string found(1 + sizeof *content, found_content);
            std::memcpy(found.data() + 1, &*content, sizeof *content);
            return found;
        },
        // The first is said before the first row.
        [&, is_first = true]() mutable {
            if (!std::exchange(is_first, false)) so_far.rows += told_each_rows;
            if (told) told(so_far);
        });
    if (!done) return std::unexpected(done.error());
    StoreContent content;
    if (done->size() != 1 + sizeof content) return fail(Fault::io, "the probe of the store failed");
    std::memcpy(&content, done->data() + 1, sizeof content);
    return content;
}

}  // namespace sanad::plugins
