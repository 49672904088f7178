// sanad-plugin-check: whether a plugin keeps the rules. People run it as `sanad plugin check`.
#include "nodes/plugin-check/run.h"

#include "nodes/cli/command.h"
#include "nodes/cli/output.h"

#include <getopt.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>

namespace {

using namespace sanad;
using namespace sanad::plugin_check;

constexpr const char* usage =
    "sanad plugin check FILE.so [--json] [--mode isolated|inprocess|both] [--only ID] [--seed N]\n"
    "    [--settings FILE] [--settings-again FILE] [--settings-restored FILE]\n";

struct Asked {
    Choice choice;
    bool json = false;
    std::string wrong;  // what is wrong with it; empty: nothing
};

std::string content_of(const char* file, std::string& wrong) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) wrong = std::string(file) + ": may not be read";
    return {std::istreambuf_iterator<char>(stream), {}};
}

bool read_number(std::string_view text, std::uint64_t& number) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc{} && end == text.data() + text.size();
}

std::vector<Mode> modes_of(std::string_view word) {
    if (word == "isolated") return {Mode::isolated};
    if (word == "inprocess") return {Mode::in_process};
    if (word == "both") return {Mode::in_process, Mode::isolated};
    return {};
}

void take(int option, const char* value, Asked& asked) {
    Choice& choice = asked.choice;
    switch (option) {
        case 'j':
            asked.json = true;
            break;
        case 'm':
            choice.modes = modes_of(value);
            if (choice.modes.empty()) asked.wrong = "--mode is isolated, inprocess or both";
            break;
        case 'o':
            choice.only = value;
            break;
        case 's':
            if (!read_number(value, choice.seed)) asked.wrong = "--seed is a whole number";
            break;
        case 'f':
            choice.settings.given = true;
            choice.settings.first = content_of(value, asked.wrong);
            break;
        case 'a':
            choice.settings.again = content_of(value, asked.wrong);
            break;
        case 'r':
            choice.settings.restored = content_of(value, asked.wrong);
            break;
        case 'h':
            choice.plugin_host = value;
            break;
        default:
            asked.wrong = "an option that is not known, or lacks its value";
    }
}

Asked read_arguments(int argc, char** argv) {
    constexpr option options[] = {{"json", no_argument, nullptr, 'j'},
                                  {"mode", required_argument, nullptr, 'm'},
                                  {"only", required_argument, nullptr, 'o'},
                                  {"seed", required_argument, nullptr, 's'},
                                  {"settings", required_argument, nullptr, 'f'},
                                  {"settings-again", required_argument, nullptr, 'a'},
                                  {"settings-restored", required_argument, nullptr, 'r'},
                                  {"plugin-host", required_argument, nullptr, 'h'},
                                  {nullptr, 0, nullptr, 0}};
    Asked asked;
    ::opterr = 0;
    for (int option; (option = ::getopt_long(argc, argv, "", options, nullptr)) != -1;)
        take(option, ::optarg, asked);
    if (asked.wrong.empty() && ::optind + 1 != argc) asked.wrong = "name one plugin's file";
    if (::optind < argc) asked.choice.file = argv[::optind];
    return asked;
}

}  // namespace

int main(int argc, char** argv) {
    const Asked asked = read_arguments(argc, argv);
    if (!asked.wrong.empty())
        return cli::complain(Error{Fault::invalid, asked.wrong + ":\n" + usage}, cli::exit_usage);
    const auto report = run_checks(asked.choice);
    if (!report) return cli::complain(report.error().detail, cli::exit_usage);
    const int printed = cli::print(asked.json ? as_json(*report) : as_text(*report));
    return printed == cli::exit_done && has_failed(*report) ? cli::exit_refused : printed;
}
