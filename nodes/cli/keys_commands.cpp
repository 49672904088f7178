// sanad keys: what keys this node has, and how they are changed. All of it works on files, whether
// the node runs or not: it takes new keys over when a directory has them.
#include "core/node/ceremony.h"
#include "core/node/directory_words.h"
#include "core/node/files.h"
#include "core/node/key_rotation.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"
#include "nodes/cli/surroundings.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

using node::json_string;

constexpr std::size_t directory_file_bytes_max = 1 << 20;
constexpr ::mode_t public_mode = 0644;

/// What each of these commands opens first.
struct Opened {
    node::Configuration configuration;
    trust::Vault vault;
};

Result<Opened> open_node(const Common& common) {
    const auto data = data_folder(common);
    if (!data) return std::unexpected(data.error());
    auto configuration = node::load_configuration(*data / "node.toml");
    if (!configuration) return std::unexpected(configuration.error());
    auto key = node::load_vault_key(configuration->vault, vault_inputs());
    if (!key) return std::unexpected(key.error());
    const auto store_id = node::load_store_id(configuration->store_id_file());
    if (!store_id) return std::unexpected(store_id.error());
    return Opened{std::move(*configuration), trust::Vault(std::move(*key), *store_id)};
}

/// Opens the node's files and runs `use` with them and the keys.
int with_keys(const Common& common, const std::function<int(const Opened&, node::NodeKeys)>& use) {
    const auto opened = open_node(common);
    if (!opened) return complain(opened.error(), exit_configuration_fault);
    auto keys = node::load_keys(opened->configuration.keys_file(), opened->vault);
    if (!keys) return complain(keys.error(), exit_configuration_fault);
    return use(*opened, std::move(*keys));
}

int print_bundle(const Common& common, const Opened& opened, node::NodeKeys keys,
                 const std::string& identity) {
    const auto line =
        node::bundle_line(opened.configuration, std::move(keys), identity, SystemClock().now());
    if (!line) return complain(line.error(), exit_refused);
    return print(common.json ? "{\"bundle\":" + json_string(*line) +
                                   ",\"words\":" + json_string(node::identity_words(*line)) + "}\n"
                             : *line);
}

void add_keys_show(CLI::App& group, Chosen& chosen) {
    auto* command = add_command(group, "show", "The keys of this node as words, and what waits",
                                "sanad keys show --data /var/lib/sanad");
    choose(*command, chosen, [](const Common& common) {
        return with_keys(common, [&](const Opened&, const node::NodeKeys& keys) {
            const auto text = node::describe_node_keys(keys);
            return print(common.json ? "{\"text\":" + json_string(text) + "}\n" : text);
        });
    });
}

struct RotateOptions {
    std::vector<std::string> kinds;
    std::string identity;
};

int run_rotate(const Common& common, const RotateOptions& options) {
    node::KeyKinds kinds;
    for (const auto& kind : options.kinds) {
        if (kind == "signing") kinds.signing = true;
        if (kind == "sealing") kinds.sealing = true;
        if (kind == "transport") kinds.transport = true;
    }
    return with_keys(common, [&](const Opened& opened, const node::NodeKeys& before) {
        if (!before.identity && options.identity.empty())
            return complain(
                "the identity key of this node is kept offline: bring its file, and name it with "
                "--identity",
                exit_refused);
        trust::SystemEntropy entropy;
        const auto made = node::rotate_keys(opened.configuration, opened.vault, kinds, entropy);
        if (!made) return complain(made.error(), exit_refused);
        auto keys = node::load_keys(opened.configuration.keys_file(), opened.vault);
        if (!keys) return complain(keys.error(), exit_refused);
        return print_bundle(common, opened, std::move(*keys), options.identity);
    });
}

void add_keys_rotate(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<RotateOptions>();
    auto* command = add_command(
        group, "rotate",
        "Make the next key, and print the line for the stewards; it is used when their directory "
        "has it",
        "sanad keys rotate sealing > tn.line");
    command->add_option("kinds", options->kinds, "signing, sealing, transport; one or more")
        ->required()
        ->check(CLI::IsMember({"signing", "sealing", "transport"}));
    add_word(*command, "--identity", options->identity, "the file with the identity key");
    choose(*command, chosen,
           [options](const Common& common) { return run_rotate(common, *options); });
}

void add_keys_bundle(CLI::App& group, Chosen& chosen) {
    auto identity = std::make_shared<std::string>();
    auto* command =
        add_command(group, "bundle", "Print the line for the stewards again, with the next keys",
                    "sanad keys bundle --identity /media/stick/tn.identity > tn.line");
    add_word(*command, "--identity", *identity, "the file with the identity key");
    choose(*command, chosen, [identity](const Common& common) {
        return with_keys(common, [&](const Opened& opened, node::NodeKeys keys) {
            return print_bundle(common, opened, std::move(keys), *identity);
        });
    });
}

void add_keys_identity(CLI::App& group, Chosen& chosen) {
    auto file = std::make_shared<std::string>();
    auto* command = add_command(
        group, "identity",
        "Take the identity key out of the node, into a file to be kept on a medium apart",
        "sanad keys identity /media/stick/tn.identity");
    add_word(*command, "file", *file, "the file to make, mode 0600");
    choose(*command, chosen, [file](const Common& common) {
        const auto opened = open_node(common);
        if (!opened) return complain(opened.error(), exit_configuration_fault);
        trust::SystemEntropy entropy;
        const auto taken =
            node::take_identity_out(opened->configuration, opened->vault, *file, entropy);
        if (!taken) return complain(taken.error(), exit_refused);
        return print(common.json
                         ? "{\"file\":" + json_string(*file) + "}\n"
                         : "wrote " + shown(*file) +
                               ", the only one there is: copy it to a second medium, and keep both "
                               "apart from this machine\n");
    });
}

struct RevokeOptions {
    std::string identity, reason = "key_stolen", out;
};

int run_revoke(const Common& common, const RevokeOptions& options) {
    return with_keys(common, [&](const Opened& opened, node::NodeKeys keys) {
        const auto directory = node::read_file(opened.configuration.federation.directory,
                                               directory_file_bytes_max, node::FileTrust::own);
        if (!directory) return complain(directory.error(), exit_refused);
        const auto notice =
            node::self_revocation(opened.configuration, std::move(keys), options.identity,
                                  *directory, options.reason, SystemClock().now());
        if (!notice) return complain(notice.error(), exit_refused);
        if (const auto made = node::create_file(options.out, *notice, public_mode); !made)
            return complain(made.error(), exit_refused);
        return print(common.json ? "{\"file\":" + json_string(options.out) + "}\n"
                                 : "wrote " + shown(options.out) +
                                       ": give it to any other node, to be installed there\n");
    });
}

void add_keys_revoke(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<RevokeOptions>();
    auto* command = add_command(
        group, "revoke", "This node's own word that its keys are not to be believed, for 72 hours",
        "sanad keys revoke --reason device_lost --out tn.notice");
    add_word(*command, "--reason", options->reason, "a code, a-z 0-9 _ [key_stolen]");
    add_word(*command, "--identity", options->identity, "the file with the identity key");
    add_word(*command, "--out", options->out, "the notice to make");
    command->get_option("--out")->required();
    choose(*command, chosen,
           [options](const Common& common) { return run_revoke(common, *options); });
}

}  // namespace

void add_keys_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "keys", "The keys of this node, and how they are changed");
    add_keys_show(*group, chosen);
    add_keys_rotate(*group, chosen);
    add_keys_bundle(*group, chosen);
    add_keys_identity(*group, chosen);
    add_keys_revoke(*group, chosen);
}

}  // namespace sanad::cli
