// sanad directory: who is in the federation. The stewards' ceremony works on files, without a node.
#include "core/api/client.h"
#include "core/node/ceremony.h"
#include "core/node/directory_words.h"
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

#include <iostream>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;
using node::json_string;

constexpr std::size_t directory_file_bytes_max = 1 << 20;
constexpr ::mode_t public_mode = 0644;

struct Options {
    std::string file, other, name, key, out, trust, federation, reason = "key_stolen";
    bool now = false;
    std::vector<std::string> stewards;
    std::uint32_t threshold = 0;
    std::uint32_t days = 90;
};
using Shared = std::shared_ptr<Options>;

Duration life_of(const Options& options) { return std::chrono::days(options.days); }

Result<std::string> read(const std::string& file) {
    if (file == "-") return prose(file);
    return node::read_file(file, directory_file_bytes_max, node::FileTrust::any);
}

int refuse(const std::string& file, const Error& error) {
    return complain(Error{error.fault, file + ": " + error.detail}, exit_refused);
}

int wrote(const Common& common, const std::string& file) {
    return print(common.json ? "{\"file\":" + json_string(file) + "}\n"
                             : "wrote " + shown(file) + "\n");
}

enum class Signed : std::uint8_t { keep, replace };

// Changes `file` in place, or into --out. A signed directory is not overwritten by its next draft:
// nodes may still need it.
int change(const Common& common, const Options& options,
           const std::function<Result<std::string>(const std::string&)>& make, Signed signed_file) {
    const auto text = read(options.file);
    if (!text) return complain(text.error(), exit_refused);
    const auto changed = make(*text);
    if (!changed) return refuse(options.file, changed.error());
    const std::string& target = options.out.empty() ? options.file : options.out;
    if (options.out.empty() && signed_file == Signed::keep && node::is_signed(*text))
        return complain(options.file +
                            ": is signed already, and this change makes the next version: name a "
                            "new file with --out",
                        exit_refused);
    if (const auto written = node::replace_file(target, *changed, public_mode); !written)
        return complain(written.error(), exit_refused);
    return wrote(common, target);
}

void add_days(CLI::App& command, const Shared& options) {
    command.add_option("--days", options->days, "how long it lives [90]")
        ->check(CLI::Range(1U, 400U));
}

void add_steward_key(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "steward-key", "Make a steward's key; keep the file on a machine apart",
                    "sanad directory steward-key cmrpi.key --name cmrpi.ma");
    add_word(*command, "file", options->file, "the file to make, mode 0600");
    add_word(*command, "--name", options->name, "the steward's name, without spaces");
    command->get_option("--name")->required();
    choose(*command, chosen, [options](const Common& common) {
        trust::SystemEntropy entropy;
        const auto made = node::create_steward_key(options->file, options->name, entropy);
        if (!made) return complain(made.error(), exit_refused);
        const std::string verifier = trust::format(*made);
        if (common.json)
            return print("{\"steward\":" + json_string(verifier) +
                         ",\"words\":" + json_string(node::key_line(made->key)) + "}\n");
        std::cerr << "read these words, or numbers, to the other stewards by telephone:\n"
                  << node::key_line(made->key);
        return print(verifier + "\n");
    });
}

int run_create(const Common& common, const Options& options) {
    node::DirectoryPlan plan{options.federation, {}, options.threshold, life_of(options)};
    for (const std::string& text : options.stewards) {
        const auto steward = trust::parse_verifier(text);
        if (!steward)
            return complain("--steward " + text +
                                ": is no verifier: use what sanad directory steward-key printed",
                            exit_usage);
        plan.stewards.push_back(*steward);
    }
    const auto draft = node::create_directory(plan, SystemClock().now());
    if (!draft) return refuse(options.file, draft.error());
    if (const auto made = node::create_file(options.file, *draft, public_mode); !made)
        return complain(made.error(), exit_refused);
    return wrote(common, options.file);
}

void add_create(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, "create", "Begin a directory: a draft without nodes",
                                "sanad directory create directory.txt --federation maghreb "
                                "--threshold 2 --steward cmrpi.ma+... --steward steward.tn+...");
    add_word(*command, "file", options->file, "the draft to make");
    add_word(*command, "--federation", options->federation, "its name, of a-z 0-9 -");
    add_words(*command, "--steward", options->stewards, "a steward's verifier");
    command->add_option("--threshold", options->threshold, "how many of them must sign");
    for (const char* name : {"--federation", "--steward", "--threshold"})
        command->get_option(name)->required();
    add_days(*command, options);
    choose(*command, chosen,
           [options](const Common& common) { return run_create(common, *options); });
}

void add_add(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, "add", "Add a node, or a node's new keys",
                                "sanad directory add directory.txt tn.line");
    add_word(*command, "file", options->file, "the draft, or the signed directory");
    add_word(*command, "line", options->other, "a file with what sanad node bundle printed; or -");
    add_word(*command, "--out", options->out, "write there instead");
    add_days(*command, options);
    choose(*command, chosen, [options](const Common& common) {
        const auto line = read(options->other);
        if (!line) return complain(line.error(), exit_refused);
        return change(
            common, *options,
            [&](const std::string& text) {
                return node::add_node(text, *line, life_of(*options), SystemClock().now());
            },
            Signed::keep);
    });
}

int run_revoke(const Common& common, const Options& options) {
    if (!options.now)
        return change(
            common, options,
            [&](const std::string& text) {
                return node::revoke_node(text, NodeId{options.other}, life_of(options),
                                         SystemClock().now());
            },
            Signed::keep);
    if (options.key.empty() || options.out.empty())
        return complain("--now: name your steward's key with --key and a new file with --out",
                        exit_usage);
    const auto directory = read(options.file);
    if (!directory) return complain(directory.error(), exit_refused);
    const auto notice = node::write_revocation(*directory, NodeId{options.other}, options.reason,
                                               options.key, SystemClock().now());
    if (!notice) return refuse(options.file, notice.error());
    if (const auto made = node::create_file(options.out, *notice, public_mode); !made)
        return complain(made.error(), exit_refused);
    return wrote(common, options.out);
}

void add_revoke(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "revoke",
        "Put a node out of the federation: by the next directory; or --now, alone, for 72 hours",
        "sanad directory revoke directory.note tn.helpline --now --key cmrpi.key --reason "
        "key_stolen --out tn.notice, then: sanad directory install tn.notice");
    add_word(*command, "file", options->file, "the draft, or the signed directory");
    add_word(*command, "node", options->other, "the node's id");
    add_word(*command, "--out", options->out, "write there instead");
    command->add_flag("--now", options->now, "make a notice that acts where it is installed");
    add_word(*command, "--key", options->key, "of --now: your steward's key file");
    add_word(*command, "--reason", options->reason, "of --now: a code, a-z 0-9 _ [key_stolen]");
    add_days(*command, options);
    choose(*command, chosen,
           [options](const Common& common) { return run_revoke(common, *options); });
}

void add_sign(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "sign", "Sign a directory as a steward: show it first, then sign",
                    "sanad directory sign directory.txt --key cmrpi.key --out directory.note");
    add_word(*command, "file", options->file, "the draft, or a directory that others have signed");
    add_word(*command, "--key", options->key, "the steward's key file");
    add_word(*command, "--out", options->out, "write there instead");
    command->get_option("--key")->required();
    choose(*command, chosen, [options](const Common& common) {
        return change(
            common, *options,
            [&](const std::string& text) { return node::sign_directory(text, options->key); },
            Signed::replace);
    });
}

void add_merge(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "merge", "Put the signatures of two files together, into the first",
                    "sanad directory merge from-ma.note from-tn.note --out directory.note");
    add_word(*command, "file", options->file, "a signed directory");
    add_word(*command, "other", options->other, "the same, signed by others");
    add_word(*command, "--out", options->out, "write there instead");
    choose(*command, chosen, [options](const Common& common) {
        const auto other = read(options->other);
        if (!other) return complain(other.error(), exit_refused);
        return change(
            common, *options,
            [&](const std::string& text) { return node::merge_directories(text, *other); },
            Signed::replace);
    });
}

void add_verify(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "verify", "Whether enough stewards whom you trust have signed",
                    "sanad directory verify directory.note --trust trust.txt");
    add_word(*command, "file", options->file, "the signed directory");
    add_word(*command, "--trust", options->trust, "the trust file");
    command->get_option("--trust")->required();
    choose(*command, chosen, [options](const Common& common) {
        const auto note = read(options->file);
        const auto trust = read(options->trust);
        if (!note) return complain(note.error(), exit_refused);
        if (!trust) return complain(trust.error(), exit_refused);
        const auto directory = node::judge_directory(*note, *trust);
        if (!directory) return refuse(options->file, directory.error());
        const std::string version = std::to_string(directory->version);
        return print(common.json ? "{\"directory\":\"valid\",\"federation\":" +
                                       json_string(directory->federation) +
                                       ",\"version\":" + version + "}\n"
                                 : "VALID: " + directory->federation + ", version " + version +
                                       ", " + std::to_string(directory->nodes.size()) + " nodes\n" +
                                       shown_prose(node::describe_keys(*directory), ""));
    });
}

void add_trust(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "trust", "Print the trust file for a directory's stewards: hand it over in person",
        "sanad directory trust directory.txt > trust.txt");
    add_word(*command, "file", options->file, "the draft, or the signed directory");
    choose(*command, chosen, [options](const Common& common) {
        const auto text = read(options->file);
        if (!text) return complain(text.error(), exit_refused);
        const auto trusted = node::trust_of(*text);
        if (!trusted) return refuse(options->file, trusted.error());
        const std::string trust = node::write_trust(*trusted);
        return print(common.json ? "{\"trust\":" + json_string(trust) + "}\n" : trust);
    });
}

// A running node takes it through its door, and audits who brought it.
int run_install(const Common& common, const Options& options) {
    const auto data = data_folder(common);
    if (!data) return complain(data.error(), exit_usage);
    const auto note = read(options.file);
    if (!note) return complain(note.error(), exit_refused);
    if (api::Client::connect(*data / "door.sock")) {
        if (!options.trust.empty())
            return complain(
                "--trust: the node runs, and keeps the stewards it trusts: stop it first",
                exit_refused);
        return ask(
            common,
            [&](door::Request::Builder request) { request.setDirectoryInstall(text_for(*note)); },
            show_done);
    }
    const auto configuration = node::load_configuration(*data / "node.toml");
    if (!configuration) return complain(configuration.error(), exit_configuration_fault);
    const auto trust = options.trust.empty() ? Result<std::string>("") : read(options.trust);
    if (!trust) return complain(trust.error(), exit_refused);
    const auto installed = node::install_directory(*configuration, *note, *trust);
    if (!installed) return refuse(options.file, installed.error());
    const std::string version = std::to_string(installed->version);
    return print(common.json
                     ? "{\"federation\":" + json_string(installed->federation) +
                           ",\"version\":" + version + "}\n"
                     : "installed " + installed->federation + ", version " + version + "\n");
}

void add_install(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "install", "Give a node its directory, or the next one",
        "sanad directory install directory.note --trust trust.txt --data /var/lib/sanad");
    add_word(*command, "file", options->file, "the signed directory");
    add_word(*command, "--trust", options->trust, "the trust file, the first time");
    choose(*command, chosen,
           [options](const Common& common) { return run_install(common, *options); });
}

}  // namespace

void add_directory_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "directory",
                            "Who is in the federation. Order: steward-key, create, add, trust, "
                            "sign, merge, verify, diff, install");
    add_steward_key(*group, chosen);
    add_create(*group, chosen);
    add_add(*group, chosen);
    add_revoke(*group, chosen);
    add_sign(*group, chosen);
    add_merge(*group, chosen);
    add_verify(*group, chosen);
    add_trust(*group, chosen);
    add_install(*group, chosen);
    add_directory_views(*group, chosen);
}

}  // namespace sanad::cli
