// sanad store: the node's store as a whole, and its way to another storage plugin.
#include "core/base/encoding.h"
#include "core/node/store_move.h"
#include "core/node/toml_document.h"
#include "nodes/cli/command.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"
#include "nodes/cli/progress_line.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

using node::json_string;
using plugins::StoreContent;

struct Options {
    std::string from, to;
};

std::string json_of(const node::Configuration& configuration, const StoreContent& content) {
    return "{\"file\":" + json_string(configuration.file.string()) +
           ",\"plugin\":" + json_string(configuration.store.plugin) +
           ",\"tables\":" + std::to_string(content.tables) +
           ",\"rows\":" + std::to_string(content.rows) +
           ",\"bytes\":" + std::to_string(content.bytes) + ",\"digest\":\"" +
           to_hex(content.digest) + "\"}";
}

std::string text_of(const node::Configuration& configuration, const StoreContent& content) {
    return configuration.store.plugin + ": " + std::to_string(content.tables) + " tables, " +
           std::to_string(content.rows) + " rows, " + std::to_string(content.bytes) +
           " bytes\n  digest " + to_hex(content.digest) + "\n";
}

std::string text_of(const plugins::Progress& progress) {
    static constexpr const char* names[] = {"reading", "copying", "comparing"};
    std::string text = names[static_cast<int>(progress.step)];
    if (progress.rows > 0 || progress.of > 0) text += " row " + std::to_string(progress.rows);
    if (progress.of > 0) text += " of " + std::to_string(progress.of);
    return text;
}

// Each step as it begins, and a line now and then.
plugins::Told shown_on(ProgressLine& line) {
    return [&line](const plugins::Progress& progress) {
        line.show(text_of(progress), progress.rows == 0);
    };
}

int refuse(const Error& error) {
    return complain(error,
                    error.fault == Fault::unsupported ? exit_configuration_fault : exit_refused);
}

int run_check(const Common& common, const Options& options) {
    std::string file = options.from;
    if (file.empty()) {
        const auto data = data_folder(common);
        if (!data) return complain(data.error(), exit_usage);
        file = (*data / "node.toml").string();
    }
    const auto configuration = node::load_configuration(std::filesystem::absolute(file));
    if (!configuration) return complain(configuration.error(), exit_configuration_fault);
    StderrLog log(Log::Level::error);
    const auto content = [&] {
        ProgressLine line;
        return node::check_store(*configuration, SystemClock(), log, shown_on(line));
    }();
    if (!content) return refuse(content.error());
    return print(common.json ? "{\"store\":" + json_of(*configuration, *content) + "}\n"
                             : text_of(*configuration, *content));
}

int run_copy(const Common& common, const Options& options) {
    const auto from = node::load_configuration(std::filesystem::absolute(options.from));
    if (!from) return complain(from.error(), exit_configuration_fault);
    const auto to = node::load_configuration(std::filesystem::absolute(options.to));
    if (!to) return complain(to.error(), exit_configuration_fault);
    StderrLog log(Log::Level::error);
    const auto content = [&] {
        ProgressLine line;
        return node::copy_store(*from, *to, SystemClock(), log, shown_on(line));
    }();
    if (!content) return refuse(content.error());
    if (common.json) return print("{\"store\":" + json_of(*to, *content) + "}\n");
    return print("copied, and read again: the same\n" + text_of(*to, *content) +
                 "\nNext:\n  1. mv " + to->file.string() + " " + from->file.string() +
                 "\n  2. Put the former store away where no node finds it: two nodes on two copies "
                 "would\n     contradict each other, and their peers would freeze the links.\n"
                 "  3. Start the node.\n");
}

}  // namespace

void add_store_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "store", "The store as a whole; the node must not be running");
    auto looked = std::make_shared<Options>();
    auto* check = add_command(*group, "check",
                              "Read every row, and print how many there are and their digest",
                              "sanad --data /var/lib/sanad store check");
    add_word(*check, "file", looked->from, "another configuration [node.toml of --data]");
    check->get_option("file")->required(false);
    choose(*check, chosen, [looked](const Common& common) { return run_check(common, *looked); });
    auto options = std::make_shared<Options>();
    auto* copy = add_command(
        *group, "copy", "Copy the store into a new one of another plugin, and compare them",
        "sanad store copy /var/lib/sanad/node.toml /var/lib/sanad/node-postgres.toml");
    add_word(*copy, "from", options->from, "the node's configuration");
    add_word(*copy, "to", options->to, "a copy of it in the same folder with another [store]");
    choose(*copy, chosen, [options](const Common& common) { return run_copy(common, *options); });
}

}  // namespace sanad::cli
