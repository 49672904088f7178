#include "core/trust/keys.h"
#include "tests/sim/world.h"

#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

// sim: runs the referral story from many seeds; the first one that fails is named, with the command
// that plays it again.
namespace {

using namespace sanad;

// A number that Meson takes for an error even where a failure is expected.
constexpr int wrong_usage = 99;

unsigned long long counted(std::uint64_t number) { return number; }

struct Wish {
    std::uint64_t first = 1;
    std::uint64_t seeds = 1'000;
    sim::Breakage breakage = sim::Breakage::none;
    const char* breakage_name = nullptr;
    sim::Show show = sim::Show::no;
    bool twice = false;
    sim::Plan plan = sim::short_plan();
    bool is_long = false;
    std::uint64_t jobs = 1;
};

int usage() {
    std::fprintf(stderr,
                 "sim [--long] [--seeds N] [--first N] [--seed N] [--jobs N] [--trace] [--twice]\n"
                 "    [--break %s]\n"
                 "  --long     five helplines for 72 hours, not two to four for a minute\n"
                 "  --jobs N   so many processes, each with its share of the seeds\n"
                 "  --seed N   this one seed only\n"
                 "  --trace    prints everything that happens\n"
                 "  --twice    runs each seed twice and compares the two traces\n"
                 "  --break X  puts a lie into the run, which must be found\n",
                 std::string(sim::breakage_names()).c_str());
    return wrong_usage;
}

bool read_number(const char* text, std::uint64_t& number) {
    const char* end = text + std::strlen(text);
    const auto read = std::from_chars(text, end, number);
    return read.ec == std::errc() && read.ptr == end;
}

std::optional<Wish> read_wish(int argc, char** argv) {
    Wish wish;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--trace") {
            wish.show = sim::Show::yes;
            continue;
        }
        if (option == "--twice") {
            wish.twice = true;
            continue;
        }
        if (option == "--long") {
            wish.plan = sim::long_plan();
            wish.is_long = true;
            continue;
        }
        if (++i == argc) return std::nullopt;
        bool read = false;
        if (option == "--seeds") read = read_number(argv[i], wish.seeds);
        if (option == "--jobs") read = read_number(argv[i], wish.jobs) && wish.jobs > 0;
        if (option == "--first") read = read_number(argv[i], wish.first);
        if (option == "--seed") {
            read = read_number(argv[i], wish.first);
            wish.seeds = 1;
        }
        if (option == "--break") {
            const auto breakage = sim::breakage_from(argv[i]);
            read = breakage.has_value();
            wish.breakage = breakage.value_or(sim::Breakage::none);
            wish.breakage_name = argv[i];
        }
        if (!read) return std::nullopt;
    }
    return wish;
}

/// Of many runs; the order in which they were added does not show.
struct Sum {
    std::uint64_t acts = 0, answered = 0, referrals = 0, crashes = 0, hash = 0;

    void add(const sim::Outcome& outcome) {
        add(Sum{outcome.acts, outcome.answered, outcome.referrals, outcome.crashes, outcome.hash});
    }
    void add(const Sum& other) {
        acts += other.acts;
        answered += other.answered;
        referrals += other.referrals;
        crashes += other.crashes;
        hash += other.hash;
    }
};

bool run_one(const Wish& wish, std::uint64_t seed, const char* program, Sum& sum) {
    auto outcome = sim::run_story(seed, wish.plan, wish.breakage, wish.show);
    if (wish.twice &&
        sim::run_story(seed, wish.plan, wish.breakage, sim::Show::no).hash != outcome.hash)
        outcome.findings.emplace_back("two runs of this seed are not the same");
    sum.add(outcome);
    if (outcome.findings.empty()) return true;
    std::printf("seed %llu failed:\n", static_cast<unsigned long long>(seed));
    for (const auto& finding : outcome.findings) std::printf("  %s\n", finding.c_str());
    std::printf("replay: %s%s --seed %llu --trace%s%s%s\n", program, wish.is_long ? " --long" : "",
                static_cast<unsigned long long>(seed), wish.twice ? " --twice" : "",
                wish.breakage_name ? " --break " : "",
                wish.breakage_name ? wish.breakage_name : "");
    return false;
}

/// The seeds of one process: each `jobs`-th, beginning with number `job`.
bool run_share(const Wish& wish, std::uint64_t job, const char* program, Sum& sum) {
    for (std::uint64_t seed = wish.first + job; seed < wish.first + wish.seeds; seed += wish.jobs)
        if (!run_one(wish, seed, program, sum)) return false;
    return true;
}

/// Each share in a process of its own, which writes its sum into a pipe.
bool run_shares(const Wish& wish, const char* program, Sum& sum) {
    std::vector<std::pair<pid_t, int>> children;
    for (std::uint64_t job = 0; job < wish.jobs; ++job) {
        int ends[2];
        if (::pipe(ends) != 0) return false;
        const pid_t child = ::fork();
        if (child == 0) {
            Sum share;
            const bool held = run_share(wish, job, program, share);
            std::fflush(stdout);
            const bool told = ::write(ends[1], &share, sizeof share) == ssize_t(sizeof share);
            ::_exit(held && told ? 0 : 1);
        }
        ::close(ends[1]);
        if (child < 0) return false;
        children.emplace_back(child, ends[0]);
    }
    bool held = true;
    for (const auto& [child, pipe] : children) {
        Sum share;
        held = ::read(pipe, &share, sizeof share) == ssize_t(sizeof share) && held;
        sum.add(share);
        int status = 0;
        held = ::waitpid(child, &status, 0) == child && status == 0 && held;
        ::close(pipe);
    }
    return held;
}

}  // namespace

int main(int argc, char** argv) {
    const auto wish = read_wish(argc, argv);
    if (!wish) return usage();
    if (!trust::start_trust()) return wrong_usage;
    const auto began = std::chrono::steady_clock::now();
    Sum sum;
    if (!(wish->jobs == 1 ? run_share(*wish, 0, argv[0], sum) : run_shares(*wish, argv[0], sum)))
        return 1;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf(
        "%llu seeds held: %llu acts, %llu of them answered, %llu referrals, %llu crashes, "
        "trace %016llx, %.1f s\n",
        counted(wish->seeds), counted(sum.acts), counted(sum.answered), counted(sum.referrals / 2),
        counted(sum.crashes), counted(sum.hash), took.count());
    return 0;
}
