// sanad plugin new: the project of a plugin of one's own.
#include "core/node/plugin_template.h"
#include "core/node/toml_document.h"
#include "nodes/cli/command.h"
#include "nodes/cli/output.h"
#include "nodes/cli/surroundings.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
    std::string kind, name, folder, contact;
};

std::string next_steps(const node::NewPlugin& made, const std::vector<fs::path>& files) {
    const std::string folder = made.folder.string();
    std::string text = "made the plugin " + made.name + " in " + folder + "\n";
    for (const fs::path& file : files) text += "  " + file.string() + "\n";
    return text + "\nNext:\n  1. Build it and run its tests:  cd " + folder +
           " && meson setup build && meson compile -C build && meson test -C build\n"
           "     It needs the SDK: installed (pkg-config knows sanad-plugin), or as "
           "subprojects/sanad-sdk.\n"
           "  2. Let the node's check look at it:  sanad plugin check build/" +
           made.name +
           ".so\n"
           "  3. Say in manifest.capnp what it is, in all three languages.\n"
           "  4. Read README.md, and change one thing.\n";
}

int run_new(const Common& common, const NewOptions& options) {
    const auto kind = node::plugin_kind(options.kind);
    if (!kind) return complain(kind.error(), exit_usage);
    const node::NewPlugin plugin{*kind, options.name, options.contact,
                                 options.folder.empty() ? options.name : options.folder};
    trust::SystemEntropy entropy;
    const auto files = node::write_plugin(plugin, share_folder() / "plugin-template", entropy);
    if (!files)
        return complain(files.error(),
                        files.error().fault == Fault::invalid ? exit_usage : exit_refused);
    if (!common.json) return print(next_steps(plugin, *files));
    std::string list;
    for (const fs::path& file : *files)
        list += (list.empty() ? "" : ",") + node::json_string(file.string());
    return print("{\"folder\":" + node::json_string(fs::absolute(plugin.folder).string()) +
                 ",\"files\":[" + list + "]}\n");
}

}  // namespace

void add_plugin_new(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<NewOptions>();
    auto* command = add_command(
        group, "new", "Write a plugin of your own: a whole project that builds and tests itself",
        "sanad plugin new channel night-line");
    add_word(*command, "kind", options->kind, "channel, partner, storage, desk or assist");
    add_word(*command, "name", options->name, "2 to 31 letters a-z, digits and hyphens");
    add_word(*command, "--folder", options->folder, "where to write it [./NAME]");
    add_word(*command, "--contact", options->contact,
             "who answers for it, for its manifest [the author of NAME]");
    choose(*command, chosen, [options](const Common& common) { return run_new(common, *options); });
}

}  // namespace sanad::cli
