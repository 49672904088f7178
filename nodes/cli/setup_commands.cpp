// sanad init, doctor, node bundle: a node before it runs.
#include "core/node/ceremony.h"
#include "core/node/directory_words.h"
#include "core/node/doctor.h"
#include "core/node/initialise.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/init_questions.h"
#include "nodes/cli/output.h"
#include "nodes/cli/surroundings.h"

#include <CLI/App.hpp>

#include <algorithm>
#include <iostream>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;
using node::json_string;

// `amina:counsellor,supervisor`
Result<node::StaffMember> staff_member(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0)
        return fail(Fault::invalid, "--staff " + text +
                                        ": write a name, a colon and roles, such as "
                                        "amina:counsellor,supervisor");
    node::StaffMember member{text.substr(0, colon), {}};
    std::string_view rest = std::string_view(text).substr(colon + 1);
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        member.roles.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return member;
}

Result<node::InitialiseOptions> options_for(const InitOptions& from) {
    node::InitialiseOptions options;
    options.folder = from.folder;
    options.country = from.country;
    options.node = from.id;
    options.name = from.name;
    options.listen = from.listen;
    options.endpoints = from.endpoints;
    if (const auto chat = read_place("--chat", from.chat, options.chat_address, options.chat_port);
        !chat)
        return std::unexpected(chat.error());
    if (from.desk != "none")
        if (const auto desk =
                read_place("--desk", from.desk, options.desk_address, options.desk_port);
            !desk)
            return std::unexpected(desk.error());
    for (const std::string& text : from.staff) {
        auto member = staff_member(text);
        if (!member) return std::unexpected(member.error());
        options.staff.push_back(std::move(*member));
    }
    options.share = fs::absolute(from.share.empty() ? share_folder() : fs::path(from.share));
    for (const std::string& folder : from.plugins)
        options.plugin_folders.push_back(fs::absolute(folder));
    if (options.plugin_folders.empty()) options.plugin_folders = plugin_folders();
    options.store = from.store;
    options.store_settings = from.store_settings;
    for (const std::string& setting : from.store_settings)
        if (const auto equals = setting.find('='); equals == 0 || equals == setting.npos)
            return fail(Fault::invalid,
                        "--store-setting " + setting + ": write KEY=VALUE, such as schema=sanad");
    if (from.vault == "passphrase") {
        options.vault = node::VaultSource::passphrase;
        auto passphrase = new_passphrase();
        if (!passphrase) return std::unexpected(passphrase.error());
        options.passphrase = std::move(*passphrase);
    }
    return options;
}

// Nobody has an account to begin with: a code that works once makes the first.
std::string first_person(const node::Configuration& configuration) {
    const auto admin = std::ranges::find_if(configuration.staff, [](const auto& member) {
        return std::ranges::find(member.roles, "admin") != member.roles.end();
    });
    if (admin == configuration.staff.end())
        return "  5. Give somebody the role admin there: they let people in with sanad user "
               "invite.\n";
    return "  5. Let the first person in at a desk, with a code that works for 15 minutes:\n     "
           "sanad --data " +
           configuration.folder.string() + " --as " + admin->name + " user invite " + admin->name +
           "\n";
}

std::string next_steps(const node::NewNode& made) {
    const auto& configuration = made.configuration;
    const std::string folder = configuration.folder.string();
    const std::string file = configuration.file.string();
    std::string text = "made the node " + configuration.id.text + " in " + folder + "\n\nNext:\n";
    text += configuration.vault.source == node::VaultSource::key_file
                ? "  1. Copy " + configuration.vault.key_file.string() +
                      " to a safe place apart from this machine: without it nothing here can be "
                      "read.\n"
                : std::string(
                      "  1. Keep the passphrase in a safe place: without it nothing here can be "
                      "read.\n");
    text += "  2. Look through " + file + ": staff, chat page, partners.\n";
    text += "  3. Check it:  sanad doctor --data " + folder + "\n";
    text += "  4. Start it:  sanad-node --config " + file + "\n";
    text += first_person(configuration);
    text +=
        "  6. To join a federation, give its stewards this line, and read its words, or numbers,\n"
        "     to them by another way, such as a telephone call:\n\n";
    return text + node::identity_words(made.node_line) + "\n" + made.node_line;
}

int run_init(const Common& common, InitOptions from) {
    if (from.ask)
        if (const auto asked = ask_questions(from, std::cin, std::cerr); !asked)
            return complain(asked.error(), exit_refused);
    if (from.folder.empty() || from.country.empty())
        return complain("init: name a folder and --country, or let it ask you: sanad init --ask",
                        exit_usage);
    const auto options = options_for(from);
    if (!options) return complain(options.error(), exit_usage);
    trust::SystemEntropy entropy;
    SystemClock clock;
    StderrLog log(Log::Level::warn);
    const auto made = node::initialise(*options, clock, entropy, log);
    if (!made)
        return complain(made.error(), made.error().fault == Fault::invalid
                                          ? exit_configuration_fault
                                          : exit_refused);
    if (!common.json) return print(next_steps(*made));
    return print("{\"node\":" + json_string(made->configuration.id.text) +
                 ",\"folder\":" + json_string(made->configuration.folder.string()) +
                 ",\"bundle\":" + json_string(made->node_line) +
                 ",\"words\":" + json_string(node::identity_words(made->node_line)) + "}\n");
}

void add_init(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<InitOptions>();
    auto* init = add_command(app, "init", "Make a new node in a new folder",
                             "sanad init --country ma --staff amina:counsellor,supervisor "
                             "/var/lib/sanad");
    add_word(*init, "folder", options->folder, "its data folder: new, or empty");
    init->get_option("folder")->required(false);
    init->add_flag("--ask", options->ask, "ask for each of these, question by question");
    add_word(*init, "--country", options->country, "two letters: ma, tn, dz, jo, lb, ...");
    add_word(*init, "--node", options->id, "the node's id [the country profile's]");
    add_word(*init, "--name", options->name, "the helpline's name [the country profile's]");
    add_word(*init, "--listen", options->listen,
             "where other nodes reach it, such as tcp://0.0.0.0:5670 [nowhere: it dials]");
    add_words(*init, "--endpoint", options->endpoints,
              "the same as others see it, such as tcp://node.example.org:5670");
    add_word(*init, "--chat", options->chat, "where the chat page listens [127.0.0.1:8080]");
    add_word(*init, "--desk", options->desk,
             "where the staff's desk listens, or none [127.0.0.1:8090]");
    add_words(*init, "--staff", options->staff, "NAME:ROLE,ROLE [one person with every role]");
    init->add_option("--vault", options->vault, "key_file or passphrase [key_file]")
        ->check(CLI::IsMember({"key_file", "passphrase"}));
    add_word(*init, "--store", options->store, "the storage plugin: lmdb or postgres [lmdb]");
    add_words(*init, "--store-setting", options->store_settings,
              "one of its own settings, such as connection=\"host=/run/postgresql dbname=sanad\"");
    add_word(*init, "--share", options->share, "folder with taxonomy/ and countries/ [installed]");
    add_words(*init, "--plugins", options->plugins, "folder with plugins");
    choose(*init, chosen, [options](const Common& common) { return run_init(common, *options); });
}

std::string findings_json(const std::vector<node::Finding>& findings) {
    std::string json = "{\"findings\":[";
    for (std::size_t i = 0; i < findings.size(); ++i)
        json += (i == 0 ? "" : ",") + ("{\"level\":" + json_string(node::name(findings[i].level))) +
                ",\"subject\":" + json_string(findings[i].subject) +
                ",\"text\":" + json_string(findings[i].text) + "}";
    return json + "]}\n";
}

int run_doctor(const Common& common) {
    const auto data = data_folder(common);
    if (!data) return complain(data.error(), exit_usage);
    const auto findings = node::examine(*data / "node.toml", vault_inputs(), SystemClock());
    std::string text;
    for (const node::Finding& finding : findings) {
        const std::string level =
            finding.level == node::Finding::Level::bad ? "BAD" : name(finding.level);
        text += level + (level.size() < 5 ? std::string(5 - level.size(), ' ') : "") +
                finding.subject + ": ";
        const auto first = finding.text.find('\n');
        text += shown(finding.text.substr(0, first)) + "\n";
        if (first != finding.text.npos)
            text += shown_prose(finding.text.substr(first + 1), "     ");
    }
    const int printed = print(common.json ? findings_json(findings) : text);
    if (printed != exit_done) return printed;
    const auto is_bad = [](const auto& finding) {
        return finding.level == node::Finding::Level::bad;
    };
    if (is_bad(findings.front())) return exit_configuration_fault;
    return std::ranges::any_of(findings, is_bad) ? exit_refused : exit_done;
}

int run_bundle(const Common& common) {
    const auto data = data_folder(common);
    if (!data) return complain(data.error(), exit_usage);
    const auto configuration = node::load_configuration(*data / "node.toml");
    if (!configuration) return complain(configuration.error(), exit_configuration_fault);
    auto key = node::load_vault_key(configuration->vault, vault_inputs());
    if (!key) return complain(key.error(), exit_configuration_fault);
    const auto store_id = node::load_store_id(configuration->store_id_file());
    if (!store_id) return complain(store_id.error(), exit_configuration_fault);
    const auto keys =
        node::load_keys(configuration->keys_file(), trust::Vault(std::move(*key), *store_id));
    if (!keys) return complain(keys.error(), exit_configuration_fault);
    const auto line = node::node_line(*configuration, *keys, SystemClock().now());
    if (!line) return complain(line.error(), exit_configuration_fault);
    return print(common.json ? "{\"bundle\":" + json_string(*line) + "}\n" : *line);
}

}  // namespace

void add_setup_commands(CLI::App& app, Chosen& chosen) {
    add_init(app, chosen);
    auto* doctor = add_command(app, "doctor", "Check everything that the node needs to start",
                               "sanad doctor --data /var/lib/sanad");
    choose(*doctor, chosen, run_doctor);
    auto* group = add_group(app, "node", "What this node tells others of itself");
    auto* bundle = add_command(*group, "bundle", "Print this node's line for the directory",
                               "sanad node bundle > tn.line");
    choose(*bundle, chosen, run_bundle);
}

}  // namespace sanad::cli
