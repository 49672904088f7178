// sanad plugin: a version's file, before it runs: what it asks for, who answers for it, and
// bringing it into the node. None of it needs the node to run.
#include "core/node/files.h"
#include "core/node/plugin_comparison.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"
#include "nodes/cli/plugin_files.h"

#include <CLI/App.hpp>

#include <algorithm>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;
using node::json_string;

constexpr ::mode_t public_mode = 0644;

struct Options {
    std::string file, key, note, out;
    std::vector<std::string> grants;
};
using Shared = std::shared_ptr<Options>;

// What is there already: signatures of others stay.
Result<std::string> note_before(const fs::path& file) {
    auto note = node::read_file(file, plugins::bundle_note_bytes_max, node::FileTrust::any);
    if (!note && note.error().fault == Fault::not_found) return std::string();
    return note;
}

int run_sign(const Common& common, const Options& options) {
    const fs::path target = options.out.empty() ? options.file + ".note" : options.out;
    const auto before = note_before(target);
    if (!before) return complain(before.error(), exit_refused);
    const auto note = node::sign_plugin(options.file, *before, options.key);
    if (!note) return complain(note.error(), exit_refused);
    if (const auto written = node::replace_file(target, *note, public_mode); !written)
        return complain(written.error(), exit_refused);
    if (common.json) return print("{\"file\":" + json_string(target.string()) + "}\n");
    return print(shown_prose(note->substr(0, note->find("\n\n") + 1), "  ") + "wrote " +
                 shown(target.string()) + "\n");
}

void add_sign(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "sign", "Answer for a plugin's file: its note goes beside it",
                    "sanad plugin sign webchat.so --key plugins.key");
    add_word(*command, "file", options->file, "the plugin's file");
    add_word(*command, "--key", options->key, "a key that sanad directory steward-key made");
    add_word(*command, "--out", options->out, "write the note there [FILE.note]");
    command->get_option("--key")->required();
    choose(*command, chosen,
           [options](const Common& common) { return run_sign(common, *options); });
}

std::string json_list(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ",") + json_string(word);
    return "[" + text + "]";
}

std::string next_step(const node::Configuration& configuration, const std::string& id) {
    std::string text;
    for (const auto& plugin : configuration.plugins)
        if (plugin.plugin == id)
            text += "use it now with: sanad plugin reload " + shown(plugin.instance) + "\n";
    return text.empty() ? "no [[plugin]] of node.toml names " + shown(id) + ": add one\n" : text;
}

int run_install(const Common& common, const Options& options) {
    const auto data = data_folder(common);
    if (!data) return complain(data.error(), exit_usage);
    const auto configuration = node::load_configuration(*data / "node.toml");
    if (!configuration) return complain(configuration.error(), exit_configuration_fault);
    const auto done =
        node::install_plugin(*configuration, {options.file, options.note, options.grants});
    if (!done) return complain(done.error(), exit_refused);
    const auto& manifest = done->bundle.file.manifest;
    if (common.json)
        return print("{\"installed\":{\"plugin\":" + json_string(manifest.id) + ",\"version\":" +
                     json_string(manifest.version) + ",\"hash\":" + json_string(done->bundle.hash) +
                     ",\"former\":" + json_string(done->former) + ",\"signer\":" +
                     json_string(done->signer) + ",\"grants\":" + json_list(done->grants) +
                     ",\"withheld\":" + json_list(done->withheld) + "}}\n");
    std::string text =
        "installed " + shown(manifest.id) + " " + shown(manifest.version) +
        (done->former.empty() ? "" : " in place of " + shown(done->former)) + "\n" +
        line("sha256", done->bundle.hash) +
        line("signed by", done->signer.empty() ? "nobody: this node names no [[plugins.signer]]"
                                               : done->signer) +
        line("may", join(done->grants));
    for (const auto& grant : done->withheld)
        text += "NOT GRANTED " + shown(grant) + ": it asks for it, and the version before did " +
                "not have it; give it with --grant " + shown(grant) + "\n";
    return print(text + next_step(*configuration, manifest.id));
}

void add_install(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "install", "Bring a version into the node's data folder, if its signature is good",
        "sanad plugin install webchat.so --grant net.connect:endpoint");
    add_word(*command, "file", options->file, "the plugin's file");
    add_word(*command, "--note", options->note, "its signatures [FILE.note]");
    add_words(*command, "--grant", options->grants,
              "what it may do that the version before did not have");
    choose(*command, chosen,
           [options](const Common& common) { return run_install(common, *options); });
}

std::string described(const std::vector<node::PluginFact>& facts) {
    std::string text;
    for (const auto& fact : facts) text += line(fact.what, fact.value);
    return text;
}

std::string described(const std::vector<node::PluginDifference>& differences) {
    std::string text;
    for (const auto& one : differences) {
        if (one.before.empty())
            text += "+ " + shown(one.what) + ": " + shown(one.after) + "\n";
        else if (one.after.empty())
            text += "- " + shown(one.what) + ": " + shown(one.before) + "\n";
        else
            text += "  " + shown(one.what) + ": " + shown(one.before) + " -> " + shown(one.after) +
                    "\n";
    }
    return text.empty() ? "nothing differs\n" : text;
}

std::string json_of_facts(const std::vector<node::PluginFact>& facts) {
    std::string text;
    for (const auto& fact : facts)
        text += (text.empty() ? "" : ",") + ("{\"what\":" + json_string(fact.what) +
                                             ",\"value\":" + json_string(fact.value) + "}");
    return "{\"plugin\":[" + text + "]}\n";
}

std::string json_of_differences(const std::vector<node::PluginDifference>& differences) {
    std::string text;
    for (const auto& one : differences)
        text += (text.empty() ? "" : ",") +
                ("{\"what\":" + json_string(one.what) + ",\"before\":" + json_string(one.before) +
                 ",\"after\":" + json_string(one.after) + "}");
    return "{\"differences\":[" + text + "]}\n";
}

// The file that is meant by a path, or the version in use of an instance's plugin.
Result<node::OpenedPlugin> open_named(const node::Configuration* configuration,
                                      const std::string& name) {
    if (is_plugin_file(name)) return node::look_at_plugin(configuration, name);
    if (configuration == nullptr)
        return fail(Fault::not_found, "which node is meant: use --data with its data folder");
    const auto found =
        std::ranges::find(configuration->plugins, name, &node::PluginSettings::instance);
    if (found == configuration->plugins.end())
        return fail(Fault::not_found, name + ": no [[plugin]] of node.toml has that instance");
    return node::open_plugin(*configuration, *found);
}

}  // namespace

bool is_plugin_file(const std::string& name) { return name.ends_with(".so"); }

int show_plugin_file(const Common& common, const std::string& name, const std::string& against) {
    std::optional<node::Configuration> configuration;
    if (const auto data = data_folder(common)) {
        auto read = node::load_configuration(*data / "node.toml");
        if (!read) return complain(read.error(), exit_configuration_fault);
        configuration = std::move(*read);
    }
    const auto* known = configuration ? &*configuration : nullptr;
    const auto first = open_named(known, name);
    if (!first) return complain(first.error(), exit_refused);
    if (against.empty()) {
        const auto facts = node::describe_plugin(*first);
        if (!facts) return complain(facts.error(), exit_refused);
        return print(common.json ? json_of_facts(*facts) : described(*facts));
    }
    const auto second = open_named(known, against);
    if (!second) return complain(second.error(), exit_refused);
    // An instance is what is there, and the file what may come; of two files the first is newer.
    const bool first_is_newer = is_plugin_file(name);
    const auto differences =
        node::compare_plugins(first_is_newer ? *second : *first, first_is_newer ? *first : *second);
    if (!differences) return complain(differences.error(), exit_refused);
    return print(common.json ? json_of_differences(*differences) : described(*differences));
}

void add_plugin_bundle_commands(CLI::App& group, Chosen& chosen) {
    add_sign(group, chosen);
    add_install(group, chosen);
}

}  // namespace sanad::cli
