// sanad backup, sanad restore: everything a node needs to begin again elsewhere, in one file.
#include "core/node/backup_file.h"
#include "core/node/restore.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"
#include "nodes/cli/progress_line.h"
#include "nodes/cli/surroundings.h"

#include <CLI/App.hpp>

#include <chrono>
#include <iostream>
#include <thread>

namespace sanad::cli {
namespace {

using node::json_string;

constexpr std::chrono::milliseconds look_each{300};
constexpr std::uint64_t mebibyte = 1 << 20;

struct Options {
    std::string file, key, folder, erased;
    bool wait = false;
};

std::string mebibytes(std::uint64_t bytes) {
    return std::to_string((bytes + mebibyte - 1) / mebibyte) + " MiB";
}

node::RestoreTold shown_on(ProgressLine& line) {
    return [&line, step = std::string()](const char* now, std::uint64_t done,
                                         std::uint64_t of) mutable {
        const bool begins = step != now;
        step = now;
        line.show(step + " " + mebibytes(done) + " of " + mebibytes(of), begins);
    };
}

void add_key(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "key", "Make the key that opens backups; on a machine apart, and keep two copies",
        "sanad backup key backup.key");
    add_word(*command, "file", options->file, "the file to make, mode 0600");
    choose(*command, chosen, [options](const Common& common) {
        trust::SystemEntropy entropy;
        const auto made = node::create_backup_key(options->file, entropy);
        if (!made) return complain(made.error(), exit_refused);
        const std::string key = node::backup_key_text(*made);
        if (common.json) return print("{\"key\":" + json_string(key) + "}\n");
        std::cerr << "write this into node.toml, [backup], and start the node again; without "
                  << options->file << " nobody opens its backups:\n";
        return print("key = \"" + key + "\"\n");
    });
}

std::string show_list(door::Reply::Reader reply) {
    const auto backups = reply.getBackups();
    std::string out = line("folder", text_of(backups.getFolder()));
    if (backups.getKey().size() == 0)
        return out + "there is no key: sanad backup key FILE, on another machine\n";
    out += line("each", backups.getEveryHours() == 0
                            ? "only when asked"
                            : std::to_string(backups.getEveryHours()) + " h") +
           line("kept", std::to_string(backups.getKeep()));
    if (backups.getRunning()) out += line("under way", mebibytes(backups.getBytes()));
    if (backups.getFault().size() > 0) out += line("failed", text_of(backups.getFault()));
    if (backups.getLate()) out += line("late", "the newest is older than two rounds");
    Table table({"MADE", "BYTES", "FILE"});
    for (const auto one : backups.getMade())
        table.add({text_of(one.getAt()), std::to_string(one.getBytes()), text_of(one.getFile())});
    return out + table.text("there is no backup yet");
}

void ask_list(door::Request::Builder request) { request.setBackupList(); }

// Until the one that was begun is there, or has failed.
int wait_for_it(const Common& common) {
    for (;;) {
        bool running = false;
        std::string fault;
        const int looked = ask_then(common, ask_list, [&](door::Reply::Reader reply) {
            running = reply.getBackups().getRunning();
            fault = text_of(reply.getBackups().getFault());
            return 0;
        });
        if (looked != 0) return looked;
        if (!running && !fault.empty()) return complain(fault, exit_refused);
        if (!running) return ask(common, ask_list, show_list);
        std::this_thread::sleep_for(look_each);
    }
}

void add_make(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* make = add_command(group, "make", "Make a backup now, while everybody works",
                             "sanad backup make --wait");
    make->add_flag("--wait", options->wait, "until it is there");
    choose(*make, chosen, [options](const Common& common) {
        const auto begin = [](door::Request::Builder request) { request.setBackupMake(); };
        if (!options->wait) return ask(common, begin, show_done);
        const int begun = ask_then(common, begin, [](door::Reply::Reader) { return 0; });
        return begun != 0 ? begun : wait_for_it(common);
    });
}

void add_check(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* check =
        add_command(group, "check", "Open a whole backup, and keep nothing of it",
                    "sanad backup check ma.cmrpi-20261124T020000Z.backup --key backup.key");
    add_word(*check, "file", options->file, "the backup");
    add_word(*check, "--key", options->key, "what sanad backup key made");
    check->get_option("--key")->required();
    choose(*check, chosen, [options](const Common& common) {
        const auto about = [&] {
            ProgressLine line;
            return node::check_backup(options->file, options->key, shown_on(line));
        }();
        if (!about) return complain(about.error(), exit_refused);
        return print(common.json ? "{\"backup\":" + json_string(*about) + "}\n"
                                 : "whole and sound\n" + *about);
    });
}

int run_restore(const Common& common, const Options& options) {
    StderrLog log(Log::Level::error);
    const auto restored = [&] {
        ProgressLine line;
        return node::restore({options.file, options.key, options.folder, options.erased},
                             SystemClock(), log, shown_on(line));
    }();
    if (!restored) return complain(restored.error(), exit_refused);
    if (common.json)
        return print(
            "{\"restored\":{\"folder\":" + json_string(restored->configuration.folder.string()) +
            ",\"rows\":" + std::to_string(restored->content.rows) +
            ",\"vaultKey\":" + (restored->has_vault_key ? "true" : "false") + "}}\n");
    std::string next;
    if (!restored->has_vault_key)
        next += "  - Bring the vault key to " + restored->configuration.vault.key_file.string() +
                ": it was not in the data folder, and nothing opens without it.\n";
    next +=
        "  - The former node must never run again: two nodes with the same keys would contradict "
        "each\n    other, and their peers would freeze the links.\n"
        "  - Bring a newer erased.list if there is one (--erased): what was erased after the "
        "backup "
        "is\n    in this store.\n"
        "  - Start the node. Its peers give back what came after the backup.\n";
    return print(restored->about + std::to_string(restored->content.rows) + " rows, in " +
                 restored->configuration.folder.string() + "\n\nNext:\n" + next);
}

void add_restore(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* restore = add_command(
        app, "restore", "Make a node from its backup, in a new folder",
        "sanad restore ma.cmrpi-20261124T020000Z.backup --key backup.key /var/lib/sanad");
    add_word(*restore, "backup", options->file,
             "the backup; it is read whole before anything is made");
    add_word(*restore, "folder", options->folder, "the data folder to make: new, or empty");
    add_word(*restore, "--key", options->key, "what sanad backup key made");
    add_word(*restore, "--erased", options->erased, "a newer erased.list than the backup's");
    restore->get_option("--key")->required();
    choose(*restore, chosen,
           [options](const Common& common) { return run_restore(common, *options); });
}

}  // namespace

void add_backup_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "backup", "Copies of everything a node needs to begin again");
    add_key(*group, chosen);
    add_make(*group, chosen);
    auto* list =
        add_command(*group, "list", "The backups of this node, and how the newest one went",
                    "sanad backup list");
    choose(*list, chosen, [](const Common& common) { return ask(common, ask_list, show_list); });
    add_check(*group, chosen);
    add_restore(app, chosen);
}

}  // namespace sanad::cli
