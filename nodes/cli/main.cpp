// sanad: the command line of a node. Exit codes: command.h.
#include "core/base/text.h"
#include "core/node/node_keys.h"
#include "core/node/settings.h"
#include "nodes/cli/command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <csignal>

namespace {

using namespace sanad;
using namespace sanad::cli;

// The command as far as it was understood, and the word after it.
struct Understood {
    const CLI::App* command;
    std::string path;
    std::string next;
};

Understood understand(const CLI::App& app, const std::vector<std::string>& arguments) {
    Understood understood{&app, "sanad", ""};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--data" || argument == "--as") ++i;  // and its value
        if (argument.starts_with('-')) continue;
        const auto below = understood.command->get_subcommands(
            [&](const CLI::App* candidate) { return candidate->get_name() == argument; });
        if (below.empty()) {
            understood.next = argument;
            break;
        }
        understood.command = below.front();
        understood.path += " " + argument;
    }
    return understood;
}

std::string nearest(const Understood& understood) {
    std::string best;
    for (const CLI::App* candidate :
         understood.command->get_subcommands([](const CLI::App*) { return true; }))
        if (best.empty() || node::edit_distance(understood.next, candidate->get_name()) <
                                node::edit_distance(understood.next, best))
            best = candidate->get_name();
    return node::edit_distance(understood.next, best) <=
                   std::max<std::size_t>(2, understood.next.size() / 3)
               ? best
               : "";
}

int wrong_usage(const CLI::App& app, const CLI::ParseError& error,
                const std::vector<std::string>& arguments) {
    const Understood understood = understand(app, arguments);
    const std::string help = "see " + understood.path + " --help";
    if (!understood.next.empty() && understood.command->get_require_subcommand_min() > 0) {
        const std::string hint = nearest(understood);
        return complain(
            "there is no command " + understood.path + " " + understood.next + ": " +
                (hint.empty() ? help : "did you mean " + understood.path + " " + hint + "?"),
            exit_usage);
    }
    std::string what = error.what();
    std::ranges::replace(what, '\n', ' ');
    while (what.ends_with(' ')) what.pop_back();
    return complain(understood.path.substr(std::min<std::size_t>(6, understood.path.size())) +
                        (understood.path.size() > 6 ? ": " : "") + what + ": " + help,
                    exit_usage);
}

// Prose may have several lines; nothing on a command line has other control characters.
bool are_texts(const std::vector<std::string>& arguments) {
    return std::ranges::all_of(arguments, [](const std::string& argument) {
        return argument.empty() || check_prose(argument, argument_bytes_max);
    });
}

void describe(CLI::App& app, Chosen& chosen) {
    Common& common = chosen.common;
    app.require_subcommand(1);
    app.fallthrough();  // --json may also stand behind the command
    app.failure_message([](const CLI::App*, const CLI::Error&) { return std::string(); });
    app.set_version_flag("--version", std::string("sanad ") + SANAD_VERSION);
    app.add_option("--data", common.data, "the node's data folder")->envname("SANAD_DATA");
    app.add_option("--as", common.actor,
                   "who you are: a name of [[staff]] in node.toml, or of an account")
        ->envname("SANAD_AS");
    app.add_flag("--json", common.json, "answer in JSON");
    app.footer("Example: sanad --data /var/lib/sanad --as amina contact list");
    add_setup_commands(app, chosen);
    add_node_commands(app, chosen);
    add_audit_commands(app, chosen);
    add_link_commands(app, chosen);
    add_contact_commands(app, chosen);
    add_case_commands(app, chosen);
    add_referral_commands(app, chosen);
    add_escalation_commands(app, chosen);
    add_clock_commands(app, chosen);
    add_cover_commands(app, chosen);
    add_directory_commands(app, chosen);
    add_attachment_commands(app, chosen);
    add_keys_commands(app, chosen);
    add_passport_commands(app, chosen);
    add_policy_commands(app, chosen);
    add_override_commands(app, chosen);
    add_erasure_commands(app, chosen);
    add_plugin_commands(app, chosen);
    add_statistics_commands(app, chosen);
    add_store_commands(app, chosen);
    add_backup_commands(app, chosen);
    add_search_command(app, chosen);
    add_user_commands(app, chosen);
    add_phone_commands(app, chosen);
}

int run(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    if (!are_texts(arguments))
        return complain(
            "an argument is no text of at most 64 KiB, or has invisible control characters: type "
            "it "
            "again, or give it by the standard input with -",
            exit_usage);
    Chosen chosen;
    CLI::App app("The command line of a node of Sanad, the federated software of child helplines.",
                 "sanad");
    describe(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return print(app.help());
    } catch (const CLI::CallForVersion& version) {
        return print(std::string(version.what()) + "\n");
    } catch (const CLI::ParseError& error) {
        return wrong_usage(app, error, arguments);
    }
    return chosen.run(chosen.common);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed output is an error of the write, and is said
    if (const auto ready = trust::start_trust(); !ready)
        return complain("libsodium cannot start: look at the system", exit_refused);
    return run(argc, argv);
}
