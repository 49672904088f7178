// sanad store: the node's store as a whole, and its way to another storage plugin.
#include "core/base/encoding.h"
#include "core/node/store_move.h"
#include "core/node/toml_document.h"
#include "nodes/cli/command.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>

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

// How far the work is, on stderr: each step as it begins, and a line now and then. On a terminal it
// is one line that changes.
class ProgressLine {
public:
    ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine() {
        if (is_open_) std::fputc('\n', stderr);
    }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const plugins::Progress& progress) {
        const auto now = std::chrono::steady_clock::now();
        const bool begins = progress.rows == 0;
        if (!begins && now - shown_ < (is_terminal_ ? each_on_terminal : each_in_log)) return;
        shown_ = now;
        if (is_open_) std::fputs(begins ? "\n" : "\r", stderr);
        std::fputs(text_of(progress).c_str(), stderr);
        is_open_ = is_terminal_;
        if (!is_open_) std::fputc('\n', stderr);
        std::fflush(stderr);
    }

private:
    static constexpr std::chrono::milliseconds each_on_terminal{200}, each_in_log{10'000};

    static std::string text_of(const plugins::Progress& progress) {
        static constexpr const char* names[] = {"reading", "copying", "comparing"};
        std::string text = std::string("sanad: ") + names[static_cast<int>(progress.step)];
        if (progress.rows > 0 || progress.of > 0) text += " row " + std::to_string(progress.rows);
        if (progress.of > 0) text += " of " + std::to_string(progress.of);
        return text;
    }

    const bool is_terminal_;
    bool is_open_ = false;  // a line without its end
    std::chrono::steady_clock::time_point shown_;
};

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
        return node::check_store(*configuration, SystemClock(), log,
                                 [&](const plugins::Progress& progress) { line.show(progress); });
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
        return node::copy_store(*from, *to, SystemClock(), log,
                                [&](const plugins::Progress& progress) { line.show(progress); });
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
