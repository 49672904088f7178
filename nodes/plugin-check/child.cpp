#include "nodes/plugin-check/child.h"

#include "core/base/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace sanad::plugin_check {

namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::size_t verdict_bytes_max = 4'096;

// In the child: one byte for the outcome, then what was found.
[[noreturn]] void report_and_end(int to, const Verdict& verdict) {
    std::string report(1, static_cast<char>(verdict.outcome));
    report += verdict.what.substr(0, verdict_bytes_max - 1);
    const bool told =
        ::write(to, report.data(), report.size()) == static_cast<ssize_t>(report.size());
    ::_exit(told ? 0 : 1);
}

Verdict run_caught(const Check& check, const Subject& subject, Mode mode) {
    try {
        return check.run(subject, mode);
    } catch (const std::exception& error) {
        return failed(std::string("an exception came out of it: ") + error.what());
    } catch (...) {
        return failed("an exception came out of it");
    }
}

[[noreturn]] void be_child(int to, const Check& check, const Subject& subject, Mode mode) {
    ::setpgid(0, 0);  // so that what it leaves behind can be ended by the group
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    ::signal(SIGPIPE, SIG_IGN);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int standard : {0, 1, 2}) ::dup2(nothing, standard);
    if (nothing > 2) ::close(nothing);
    report_and_end(to, run_caught(check, subject, mode));
}

// What the child wrote until it ended or `until` came; false: it did not end.
bool listen(int from, Steady::time_point until, std::string& report) {
    std::array<char, verdict_bytes_max> piece;
    for (;;) {
        const auto left = std::chrono::ceil<Duration>(until - Steady::now()).count();
        pollfd watched{from, POLLIN, 0};
        const int ready = left > 0 ? ::poll(&watched, 1, static_cast<int>(left)) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        const ssize_t got = ::read(from, piece.data(), piece.size());
        if (got <= 0) return true;
        report.append(piece.data(), static_cast<std::size_t>(got));
        if (report.size() >= verdict_bytes_max) return true;
    }
}

std::string signal_name(int number) {
    const char* abbreviation = ::sigabbrev_np(number);
    return abbreviation ? std::string("SIG") + abbreviation : std::to_string(number);
}

Verdict conclude(bool ended, int status, const std::string& report, Duration limit) {
    const bool has_verdict = !report.empty() && static_cast<unsigned char>(report.front()) <=
                                                    static_cast<unsigned>(Outcome::skipped);
    if (has_verdict) return {static_cast<Outcome>(report.front()), report.substr(1)};
    if (!ended) return failed("not done after " + std::to_string(limit.count() / 1'000) + " s");
    if (WIFSIGNALED(status)) return failed("the process ended by " + signal_name(WTERMSIG(status)));
    return failed("the process ended by itself, with code " + std::to_string(WEXITSTATUS(status)));
}

// A file that only its owner may read. returns  its name
std::string write_secret(const fs::path& folder, std::string_view content) {
    const fs::path file =
        folder / ("file-" + std::to_string(std::hash<std::string_view>{}(content)));
    const Descriptor to(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const ssize_t put = ::write(to.get(), content.data(), content.size());
    return put == static_cast<ssize_t>(content.size()) ? file.string() : std::string();
}

// A folder of the check's own, gone with it.
class Scratch {
public:
    Scratch() {
        std::error_code fault;
        std::string pattern = (fs::temp_directory_path(fault) / "sanad-check-XXXXXX").string();
        if (::mkdtemp(pattern.data())) path_ = pattern;
    }
    ~Scratch() {
        std::error_code fault;
        if (!path_.empty()) fs::remove_all(path_, fault);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

}  // namespace

Verdict run_in_child(const Check& check, const Subject& subject, Mode mode, Duration limit) {
    const Scratch scratch;
    Subject own = subject;
    own.folder = scratch.path();
    int ends[2];
    if (scratch.path().empty() || ::pipe2(ends, O_CLOEXEC) != 0)
        return skipped("no folder and no pipe for a process: look at the system");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        be_child(ends[1], check, own, mode);
    }
    ::close(ends[1]);
    std::string report;
    const bool ended = child > 0 && listen(ends[0], Steady::now() + limit, report);
    ::close(ends[0]);
    if (child < 0) return skipped("no process: look at the system");
    ::setpgid(child, child);
    if (!ended) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ::kill(-child, SIGKILL);
    return conclude(ended, status, report, limit);
}

std::string filled(const std::string& text, const Subject& subject) {
    std::string name = subject.folder.filename().string();
    std::ranges::transform(name, name.begin(), [](char c) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return lower == '-' ? '_' : lower;
    });
    std::string whole = text;
    const std::pair<std::string, std::string> places[] = {{"@folder@", subject.folder.string()},
                                                          {"@name@", name}};
    for (const auto& [place, with] : places)
        for (std::size_t at; (at = whole.find(place)) != whole.npos;)
            whole.replace(at, place.size(), with);
    constexpr std::string_view begin = "@file:";
    for (std::size_t at; (at = whole.find(begin)) != whole.npos;) {
        const std::size_t from = at + begin.size();
        const std::size_t end = whole.find('@', from);
        if (end == whole.npos) break;
        const std::string file =
            write_secret(subject.folder, std::string_view(whole).substr(from, end - from));
        whole.replace(at, end + 1 - at, file);
    }
    return whole;
}

}  // namespace sanad::plugin_check
