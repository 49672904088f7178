#include "core/trust/keys.h"
#include "tests/sim/world.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>

// sim: runs the referral story from many seeds; the first one that fails is named, with the command
// that plays it again.
namespace {

using namespace sanad;

// A number that Meson takes for an error even where a failure is expected.
constexpr int wrong_usage = 99;

struct Wish {
    std::uint64_t first = 1;
    std::uint64_t seeds = 1'000;
    sim::Breakage breakage = sim::Breakage::none;
    const char* breakage_name = nullptr;
    sim::Show show = sim::Show::no;
    bool twice = false;
};

int usage() {
    std::fprintf(stderr,
                 "sim [--seeds N] [--first N] [--seed N] [--trace] [--twice] [--break %s]\n"
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
        if (++i == argc) return std::nullopt;
        bool read = false;
        if (option == "--seeds") read = read_number(argv[i], wish.seeds);
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

struct Sum {
    std::size_t acts = 0, answered = 0, referrals = 0;
    unsigned crashes = 0;
    std::uint64_t hash = 0;

    void add(const sim::Outcome& outcome) {
        acts += outcome.acts;
        answered += outcome.answered;
        referrals += outcome.referrals;
        crashes += outcome.crashes;
        hash = hash * 31 + outcome.hash;
    }
};

bool run_one(const Wish& wish, std::uint64_t seed, const char* program, Sum& sum) {
    auto outcome = sim::run_story(seed, wish.breakage, wish.show);
    if (wish.twice && sim::run_story(seed, wish.breakage, sim::Show::no).hash != outcome.hash)
        outcome.findings.emplace_back("two runs of this seed are not the same");
    sum.add(outcome);
    if (outcome.findings.empty()) return true;
    std::printf("seed %llu failed:\n", static_cast<unsigned long long>(seed));
    for (const auto& finding : outcome.findings) std::printf("  %s\n", finding.c_str());
    std::printf("replay: %s --seed %llu --trace%s%s%s\n", program,
                static_cast<unsigned long long>(seed), wish.twice ? " --twice" : "",
                wish.breakage_name ? " --break " : "",
                wish.breakage_name ? wish.breakage_name : "");
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    const auto wish = read_wish(argc, argv);
    if (!wish) return usage();
    if (!trust::start_trust()) return wrong_usage;
    const auto began = std::chrono::steady_clock::now();
    Sum sum;
    for (std::uint64_t seed = wish->first; seed < wish->first + wish->seeds; ++seed)
        if (!run_one(*wish, seed, argv[0], sum)) return 1;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf(
        "%llu seeds held: %zu acts, %zu of them answered, %zu referrals, %u crashes, "
        "trace %016llx, %.1f s\n",
        static_cast<unsigned long long>(wish->seeds), sum.acts, sum.answered, sum.referrals / 2,
        sum.crashes, static_cast<unsigned long long>(sum.hash), took.count());
    return 0;
}
