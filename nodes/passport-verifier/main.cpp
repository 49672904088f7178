// sanad-passport-verify: judges a passport. Shares with a node only core/base and core/trust.
#include "core/trust/keys.h"
#include "nodes/passport-verifier/report.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace sanad;

constexpr int exit_valid = 0, exit_not_valid = 1, exit_usage = 2;
constexpr std::size_t stewards_bytes_max = 64 * 1024;

constexpr const char* help =
    R"(usage: sanad-passport-verify FILE --stewards FILE [--threshold N] [--json] [--lang en|fr|ar]

Judges a passport: one file that proves what two helplines said to each other about one referral.
It reads the two files and nothing else: no network, no clock, no node.

  FILE              the passport
  --stewards FILE   the keys of the stewards whom you trust, which you got from them and not with the
                    passport: a trust.txt of sanad directory trust, or a verifier key on each line
  --threshold N     how many of them must have signed [as the trust file says]
  --json            one JSON object instead of words
  --lang CODE       en, fr or ar [en]
  --help            this

Ends with 0: valid; 1: not valid; 2: it could not be judged (a file or an option is missing).
How it judges, and how to write such a program yourself: schemas/PASSPORT.md.
)";

struct Options {
    std::string passport, stewards;
    std::uint64_t threshold = 0;
    bool json = false, help = false;
    verifier::Language language = verifier::Language::english;
};

int complain(const std::string& what) {
    std::cerr << "sanad-passport-verify: " << what << "\n";
    return exit_usage;
}

// What is wrong with the command line, or nothing.
std::string read_options(const std::vector<std::string>& words, Options& options) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const bool has_value = word == "--stewards" || word == "--threshold" || word == "--lang";
        if (has_value && i + 1 == words.size()) return word + " needs a value: see --help";
        if (word == "--help" || word == "-h") {
            options.help = true;
        } else if (word == "--json") {
            options.json = true;
        } else if (word == "--stewards") {
            options.stewards = words[++i];
        } else if (word == "--threshold") {
            const std::string& number = words[++i];
            if (number.empty() || number.size() > 2 ||
                number.find_first_not_of("0123456789") != std::string::npos || number == "0")
                return "--threshold wants a number from 1 to 99";
            options.threshold = std::stoul(number);
        } else if (word == "--lang") {
            const auto language = verifier::language_from(words[++i]);
            if (!language) return "--lang wants en, fr or ar";
            options.language = *language;
        } else if (word.starts_with("-") || !options.passport.empty()) {
            return "one word too many: see --help";
        } else {
            options.passport = word;
        }
    }
    if (options.help) return {};
    if (options.passport.empty()) return "which passport: name the file, see --help";
    if (options.stewards.empty())
        return "whom do you trust: name their keys with --stewards FILE, which you got from them";
    return {};
}

/// errors  io · bad_size
Result<Bytes> read_file(const std::string& path, std::size_t bytes_max) {
    std::ifstream file(path, std::ios::binary);
    Bytes bytes(bytes_max + 1);
    if (!file) return fail(Fault::io, path + ": cannot be read");
    file.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size()));
    if (file.bad()) return fail(Fault::io, path + ": cannot be read");
    bytes.resize(std::size_t(file.gcount()));
    if (bytes.size() > bytes_max) return fail(Fault::bad_size, path + ": too long to be one");
    return bytes;
}

Result<verifier::Stewards> stewards_of(const Options& options) {
    const auto text = read_file(options.stewards, stewards_bytes_max);
    if (!text) return std::unexpected(text.error());
    auto stewards = verifier::read_stewards(text_of(*text));
    if (!stewards)
        return fail(stewards.error().fault, options.stewards + ": " + stewards.error().detail +
                                                ": want a verifier key on each line");
    if (options.threshold != 0) stewards->threshold = options.threshold;
    if (stewards->threshold == 0)
        return fail(Fault::invalid, "how many stewards must have signed: say --threshold N");
    return stewards;
}

int run(const Options& options) {
    const auto stewards = stewards_of(options);
    if (!stewards) return complain(stewards.error().detail);
    const auto file = read_file(options.passport, verifier::passport_bytes_max);
    if (!file) return complain(file.error().detail);
    const auto findings = verifier::examine(*file, *stewards);
    if (!findings) {
        if (options.json)
            std::cout << "{\"passport\":\"invalid\",\"fault\":\"" << name(findings.error().fault)
                      << "\"}\n";
        std::cerr << verifier::refusal_in_words(findings.error(), options.language) << "\n";
        return exit_not_valid;
    }
    std::cout << (options.json ? verifier::in_json(*findings) + "\n"
                               : verifier::in_words(*findings, options.language));
    return std::cout.flush() ? exit_valid : exit_usage;
}

}  // namespace

int main(int count, char** words) {
    Options options;
    const std::string wrong = read_options({words + 1, words + count}, options);
    if (!wrong.empty()) return complain(wrong);
    if (options.help) {
        std::cout << help;
        return exit_valid;
    }
    if (const auto started = trust::start_trust(); !started)
        return complain(started.error().detail);
    return run(options);
}
