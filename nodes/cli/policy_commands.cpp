// sanad policy: what may leave for whom. Packs are files that a lawyer reads, signs and hands back.
#include "core/node/configuration.h"
#include "core/node/files.h"
#include "core/node/policy_files.h"
#include "core/node/share_folder.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;
using node::json_string;

constexpr ::mode_t public_mode = 0644;

struct Options {
    std::string file, key, reviewer, out, signer, share;
};
using Shared = std::shared_ptr<Options>;

Result<std::string> read(const std::string& file) {
    if (file == "-") return prose(file);
    return node::read_file(file, federation::policy_note_bytes_max, node::FileTrust::any);
}

int refuse(const std::string& file, const Error& error) {
    return complain(Error{error.fault, file + ": " + error.detail}, exit_refused);
}

// Without a node: the lists of words that came with the software.
Result<casework::Taxonomies> words(const Options& options) {
    return node::load_taxonomies(options.share.empty() ? fs::path(node::share_folder_default)
                                                       : fs::path(options.share));
}

void add_share(CLI::App& command, const Shared& options) {
    add_word(command, "--share", options->share, "the folder with taxonomy/ [the installation's]");
}

std::string show_list(door::Reply::Reader reply) {
    Table table({"PACK", "VERSION", "COVERS", "FROM", "REVIEWED"});
    for (const auto policy : reply.getPolicies())
        table.add({text_of(policy.getName()), std::to_string(policy.getVersion()),
                   join(texts_of(policy.getCovers())),
                   policy.getInstalled() ? "installed" : "shipped",
                   policy.getReviewed() ? "by " + text_of(policy.getReviewedBy())
                                        : "NOT REVIEWED by a lawyer"});
    return table.text("there is no policy pack, so nothing may leave");
}

std::string show_one(door::Reply::Reader reply) {
    std::string text;
    for (const auto policy : reply.getPolicies())
        text += shown_prose(text_of(policy.getText()), "");
    return text;
}

void add_list(CLI::App& group, Chosen& chosen) {
    auto* command =
        add_command(group, "list", "The packs that the node judges by", "sanad policy list");
    choose(*command, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setPolicyList(); }, show_list);
    });
}

void add_show(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "show", "A pack in plain words: each rule with where it is written",
                    "sanad policy show ma");
    add_word(*command, "pack", options->file, "a name of sanad policy list");
    choose(*command, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) { request.setPolicyShow(text_for(options->file)); },
            show_one);
    });
}

void add_install(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "install", "Give the running node a pack; it judges by it at once",
                    "sanad policy install ma.policy");
    add_word(*command, "file", options->file, "the pack, signed or not; or -");
    choose(*command, chosen, [options](const Common& common) {
        const auto text = read(options->file);
        if (!text) return complain(text.error(), exit_refused);
        return ask(
            common,
            [&](door::Request::Builder request) { request.setPolicyInstall(text_for(*text)); },
            show_done);
    });
}

void add_reload(CLI::App& group, Chosen& chosen) {
    auto* command =
        add_command(group, "reload", "Read all packs again, those of the installation as well",
                    "sanad policy reload");
    choose(*command, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setPolicyReload(); }, show_done);
    });
}

void add_sign(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "sign", "Sign that a lawyer has read a pack and approves of it",
        "sanad policy sign ma.policy --key policy.key --reviewed-by \"Maître Example, Rabat\""
        " --out ma.signed");
    add_word(*command, "file", options->file, "the pack");
    add_word(*command, "--key", options->key, "a key that sanad directory steward-key made");
    add_word(*command, "--reviewed-by", options->reviewer, "who has read it");
    add_word(*command, "--out", options->out, "write there instead");
    add_share(*command, options);
    for (const char* name : {"--key", "--reviewed-by"}) command->get_option(name)->required();
    choose(*command, chosen, [options](const Common& common) {
        const auto text = read(options->file);
        if (!text) return complain(text.error(), exit_refused);
        const auto taxonomies = words(*options);
        if (!taxonomies) return complain(taxonomies.error(), exit_configuration_fault);
        const auto note = node::sign_policy(*text, options->reviewer, options->key, *taxonomies);
        if (!note) return refuse(options->file, note.error());
        const std::string& target = options->out.empty() ? options->file : options->out;
        if (const auto written = node::replace_file(target, *note, public_mode); !written)
            return complain(written.error(), exit_refused);
        return print(common.json ? "{\"file\":" + json_string(target) + "}\n"
                                 : "wrote " + shown(target) + "\n");
    });
}

int run_verify(const Common& common, const Options& options) {
    const auto text = read(options.file);
    if (!text) return complain(text.error(), exit_refused);
    const auto taxonomies = words(options);
    if (!taxonomies) return complain(taxonomies.error(), exit_configuration_fault);
    std::optional<trust::Verifier> signer;
    if (!options.signer.empty()) {
        const auto verifier = trust::parse_verifier(options.signer);
        if (!verifier)
            return complain("--signer " + options.signer +
                                ": is no verifier: use what sanad directory steward-key printed",
                            exit_usage);
        signer = *verifier;
    }
    const auto policy = federation::open_policy(*text, signer, *taxonomies);
    if (!policy) return refuse(options.file, policy.error());
    if (signer && !policy->is_trusted)
        return complain(options.file + ": is not signed by that key: ask for the signed file",
                        exit_refused);
    const auto described = federation::describe_policy(*policy);
    if (!common.json) return print(shown_prose(described, ""));
    return print("{\"pack\":" + json_string(policy->pack.name) +
                 ",\"version\":" + std::to_string(policy->pack.version) +
                 ",\"reviewed\":" + (policy->is_reviewed() ? "true" : "false") +
                 ",\"text\":" + json_string(described) + "}\n");
}

void add_verify(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "verify", "Read a pack without a node: its form, its rules, and who signed it",
        "sanad policy verify ma.signed --signer legal.example+...");
    add_word(*command, "file", options->file, "the pack, signed or not; or -");
    add_word(*command, "--signer", options->signer, "the verifier that must have signed it");
    add_share(*command, options);
    choose(*command, chosen,
           [options](const Common& common) { return run_verify(common, *options); });
}

}  // namespace

void add_policy_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "policy", "What may leave for whom, and on which legal basis");
    add_list(*group, chosen);
    add_show(*group, chosen);
    add_verify(*group, chosen);
    add_sign(*group, chosen);
    add_install(*group, chosen);
    add_reload(*group, chosen);
}

}  // namespace sanad::cli
