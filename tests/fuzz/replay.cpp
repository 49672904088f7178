#include "core/trust/keys.h"
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/target.h"

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

// Runs a fuzz target over its own seeds, the given files, and many changed copies of both, the same
// ones in each run:
//   fuzz-NAME [--mutations N] [--only N] [--write FOLDER] [FILE...]
namespace {

using namespace sanad;

// No input, however it was made, may take longer: a stranger must not be able to stop the node.
constexpr std::chrono::milliseconds longest_input{2'000};

struct Wish {
    std::uint64_t mutations = 5'000;
    std::uint64_t only = 0;  // this one mutation; 0: all
    std::filesystem::path write;
    std::vector<std::filesystem::path> files;
};

volatile std::sig_atomic_t input_number =
    0;  // for the handler of a crash: nothing else can be told

void say_which(int number) {
    char text[96];
    const int size = std::snprintf(text, sizeof text, "fuzz: signal %d at input %ld: --only %ld\n",
                                   number, long(input_number), long(input_number));
    (void)!::fwrite(text, 1, std::size_t(size), stderr);
    std::fflush(stderr);
    std::_Exit(1);
}

bool read_number(const char* text, std::uint64_t& number) {
    const char* end = text + std::strlen(text);
    return std::from_chars(text, end, number).ptr == end;
}

bool read_wish(int argc, char** argv, Wish& wish) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (!option.starts_with("--")) {
            wish.files.emplace_back(option);
            continue;
        }
        if (++i == argc) return false;
        if (option == "--write")
            wish.write = argv[i];
        else if (option == "--mutations" ? !read_number(argv[i], wish.mutations)
                                         : option != "--only" || !read_number(argv[i], wish.only))
            return false;
    }
    return true;
}

Bytes read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) std::fprintf(stderr, "fuzz: %s cannot be read\n", path.c_str()), std::exit(2);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Bytes> all_seeds(const Wish& wish) {
    auto seeds = fuzz::seeds();
    for (const auto& path : wish.files) seeds.push_back(read_file(path));
    return seeds;
}

int write_seeds(const Wish& wish) {
    std::filesystem::create_directories(wish.write);
    std::size_t number = 0;
    for (const Bytes& seed : all_seeds(wish))
        std::ofstream(wish.write / ("seed-" + std::to_string(number++)), std::ios::binary)
            << text_of(seed);
    return 0;
}

bool run(const Bytes& input) {
    const auto began = std::chrono::steady_clock::now();
    LLVMFuzzerTestOneInput(input.data(), input.size());
    if (std::chrono::steady_clock::now() - began < longest_input) return true;
    std::fprintf(stderr, "fuzz: input %ld takes too long\n", long(input_number));
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    Wish wish;
    if (!read_wish(argc, argv, wish) || !trust::start_trust()) return 2;
    if (!wish.write.empty()) return write_seeds(wish);
    for (const int number : {SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE})
        std::signal(number, say_which);
    const auto seeds = all_seeds(wish);
    if (seeds.empty()) return std::fprintf(stderr, "fuzz: there is nothing to begin with\n"), 2;
    for (const Bytes& seed : seeds)
        if (!run(seed)) return 1;
    for (std::uint64_t number = 1; number <= wish.mutations; ++number) {
        if (wish.only != 0 && number != wish.only) continue;
        input_number = std::sig_atomic_t(number);
        test::CounterEntropy entropy(number);
        const Bytes& seed = seeds[entropy.next() % seeds.size()];
        if (!run(fuzz::mutate(seed, seeds[entropy.next() % seeds.size()], entropy))) return 1;
    }
    std::printf("%zu seeds and %llu mutations held\n", seeds.size(),
                static_cast<unsigned long long>(wish.mutations));
    return 0;
}
