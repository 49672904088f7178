#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

// What every command of `sanad` shares. Each group of commands is one add_... function in one file.
namespace sanad::cli {

/// How the program ends.
inline constexpr int exit_done = 0;
inline constexpr int exit_refused = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_not_reachable = 3;
inline constexpr int exit_output_failed = 74;
inline constexpr int exit_configuration_fault = 78;

/// The options that every command takes.
struct Common {
    std::string data;   // the data folder: --data, else $SANAD_DATA
    std::string actor;  // --as, else $SANAD_AS; empty: the only member of staff
    bool json = false;
};

/// The command that was chosen on the command line, to be run once everything is parsed.
struct Chosen {
    Common common;
    std::function<int(const Common&)> run;
};

void add_node_commands(CLI::App& app, Chosen& chosen);
void add_audit_commands(CLI::App& app, Chosen& chosen);
void add_keys_commands(CLI::App& app, Chosen& chosen);
void add_setup_commands(CLI::App& app, Chosen& chosen);
void add_directory_commands(CLI::App& app, Chosen& chosen);
/// Those of the group `directory` that look, and those that speak to the running node.
void add_directory_views(CLI::App& group, Chosen& chosen);
void add_contact_commands(CLI::App& app, Chosen& chosen);
void add_case_commands(CLI::App& app, Chosen& chosen);
void add_referral_commands(CLI::App& app, Chosen& chosen);
void add_cover_commands(CLI::App& app, Chosen& chosen);
void add_clock_commands(CLI::App& app, Chosen& chosen);
void add_escalation_commands(CLI::App& app, Chosen& chosen);
void add_attachment_commands(CLI::App& app, Chosen& chosen);
void add_passport_commands(CLI::App& app, Chosen& chosen);
void add_link_commands(CLI::App& app, Chosen& chosen);
void add_courier_commands(CLI::App& group, Chosen& chosen);  // below `sanad link`
void add_policy_commands(CLI::App& app, Chosen& chosen);
void add_override_commands(CLI::App& app, Chosen& chosen);
void add_erasure_commands(CLI::App& app, Chosen& chosen);
void add_plugin_commands(CLI::App& app, Chosen& chosen);
void add_plugin_check(CLI::App& group, Chosen& chosen);  // below `sanad plugin`
void add_plugin_new(CLI::App& group, Chosen& chosen);    // below `sanad plugin`
void add_statistics_commands(CLI::App& app, Chosen& chosen);
void add_store_commands(CLI::App& app, Chosen& chosen);
void add_search_command(CLI::App& app, Chosen& chosen);
void add_backup_commands(CLI::App& app, Chosen& chosen);
void add_user_commands(CLI::App& app, Chosen& chosen);
void add_phone_commands(CLI::App& app, Chosen& chosen);
void add_contact_files(CLI::App& group, Chosen& chosen);  // below `sanad contact`
/// `withdraw` below `sanad consent`, `erase` below `sanad case`.
void add_consent_withdraw(CLI::App& group, Chosen& chosen);
void add_case_erase(CLI::App& group, Chosen& chosen);
void add_case_access(CLI::App& group, Chosen& chosen);  // assign, share, break-glass, glasses

/// A command below `parent`, with one line of help and one example.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help,
                      const std::string& example);
/// A command that only holds others.
CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& help);

/// An argument that must be given, of one line without invisible characters.
void add_word(CLI::App& command, const std::string& name, std::string& into,
              const std::string& help);
/// An option that may be given several times, each with one word.
void add_words(CLI::App& command, const std::string& name, std::vector<std::string>& into,
               const std::string& help);
/// Prose that must be given: `-` reads it from the standard input, at run time, by prose().
void add_prose(CLI::App& command, const std::string& name, std::string& into,
               const std::string& help);

/// Makes `run` the chosen command, when `command` is on the command line.
void choose(CLI::App& command, Chosen& chosen, std::function<int(const Common&)> run);

}  // namespace sanad::cli
