// sanad plugin check: whether a plugin keeps the rules, before a node runs it.
#include "nodes/cli/command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

#include <unistd.h>

#include <filesystem>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string file, mode = "both", only, settings, again, restored;
    std::string seed;
};

// bin/sanad beside libexec/sanad, or nodes/cli/sanad of a build tree beside nodes/plugin-check.
fs::path program_of_checks() {
    std::error_code fault;
    const fs::path program = fs::read_symlink("/proc/self/exe", fault).parent_path();
    for (const fs::path& folder : {program / "../libexec/sanad", program / "../plugin-check"})
        if (const auto found = folder / "sanad-plugin-check"; fs::exists(found, fault))
            return found.lexically_normal();
    return {};
}

std::vector<std::string> words_of(const Options& options, bool json) {
    std::vector<std::string> words{"sanad-plugin-check", "--mode", options.mode};
    const std::pair<const char*, const std::string&> values[] = {
        {"--only", options.only},
        {"--seed", options.seed},
        {"--settings", options.settings},
        {"--settings-again", options.again},
        {"--settings-restored", options.restored}};
    for (const auto& [option, value] : values)
        if (!value.empty()) words.insert(words.end(), {option, value});
    if (json) words.emplace_back("--json");
    words.insert(words.end(), {"--", options.file});
    return words;
}

// The checks run in a program of their own: it loads what nobody trusts yet, and this one knows the
// way to the vault.
int become_checks(const Options& options, bool json) {
    const fs::path program = program_of_checks();
    std::vector<std::string> words = words_of(options, json);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    if (!program.empty()) ::execv(program.c_str(), pointers.data());
    return complain("sanad-plugin-check does not start: install it in libexec/sanad beside bin",
                    exit_refused);
}

}  // namespace

void add_plugin_check(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, "check",
                                "Whether a plugin's file keeps the rules: it is looked at, loaded "
                                "and tried, each check in a process of its own",
                                "sanad plugin check sms.so --settings sms.json");
    add_word(*command, "file", options->file, "the plugin's library");
    command->add_option("--mode", options->mode, "isolated, inprocess or both");
    command->add_option("--only", options->only, "one check, or the start of several: static");
    command->add_option("--seed", options->seed, "of what is made up by chance");
    command->add_option("--settings", options->settings,
                        "file with a JSON object for the plugin's configuration; @folder@ in it is "
                        "an empty folder, @name@ a new word, @file:TEXT@ a private file");
    command->add_option("--settings-again", options->again,
                        "storage: the same, to open what is there already");
    command->add_option("--settings-restored", options->restored,
                        "storage: the same, to open the backup in @folder@/backup/data.mdb");
    choose(*command, chosen,
           [options](const Common& common) { return become_checks(*options, common.json); });
}

}  // namespace sanad::cli
