#include "nodes/cli/command.h"

#include "core/base/text.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <utility>

namespace sanad::cli {
namespace {

std::string one_line(const std::string& text) {
    if (check_label(text, argument_bytes_max)) return {};
    return "one line of text without invisible characters is wanted, not \"" + shown(text) + "\"";
}

}  // namespace

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help,
                      const std::string& example) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->footer("Example: " + example);
    return command;
}

CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& help) {
    CLI::App* group = parent.add_subcommand(name, help);
    group->require_subcommand(1);
    return group;
}

void add_word(CLI::App& command, const std::string& name, std::string& into,
              const std::string& help) {
    auto* option = command.add_option(name, into, help);
    option->check(one_line, "");
    if (!name.starts_with('-')) option->required();
}

void add_words(CLI::App& command, const std::string& name, std::vector<std::string>& into,
               const std::string& help) {
    command.add_option(name, into, help + "; may be repeated")
        ->allow_extra_args(false)  // or it would take the arguments behind it as well
        ->check(one_line, "");
}

void add_prose(CLI::App& command, const std::string& name, std::string& into,
               const std::string& help) {
    auto* option = command.add_option(name, into, help + "; - reads it from the standard input");
    if (!name.starts_with('-')) option->required();
}

void choose(CLI::App& command, Chosen& chosen, std::function<int(const Common&)> run) {
    command.callback([&chosen, run = std::move(run)] { chosen.run = run; });
}

}  // namespace sanad::cli
