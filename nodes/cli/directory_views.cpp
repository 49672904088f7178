// sanad directory show, diff, alarms, override: looking at directories, and at what a running node
// holds against one.
#include "core/node/ceremony.h"
#include "core/node/directory_words.h"
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

using node::json_string;

constexpr std::size_t directory_file_bytes_max = 1 << 20;
constexpr ::mode_t public_mode = 0644;

Result<std::string> read(const std::string& file) {
    if (file == "-") return prose(file);
    return node::read_file(file, directory_file_bytes_max, node::FileTrust::any);
}

int print_text(const Common& common, const std::string& text) {
    return print(common.json ? "{\"text\":" + json_string(text) + "}\n" : shown_prose(text, ""));
}

std::string notices_text(door::DirectoryView::Reader view) {
    Table table({"REVOKED", "ACTS", "UNTIL", "REASON", "BY"});
    const auto notices = view.getNotices();
    for (const auto notice : notices)
        table.add({text_of(notice.getNode()), notice.getActs() ? "yes" : "no, a directory ended it",
                   text_of(notice.getLapsesAt()), text_of(notice.getReason()),
                   text_of(notice.getBy())});
    return notices.size() == 0 ? "" : "\nuntil the stewards meet:\n" + table.text("");
}

std::string override_text(door::DirectoryView::Reader view) {
    const auto exception = view.getOverride();
    const auto asked = text_of(exception.getAskedBy());
    if (asked.empty()) return "";
    const auto agreed = text_of(exception.getAgreedBy());
    return "\noverride by " + shown(asked) + ": " + shown(text_of(exception.getReason())) +
           (agreed.empty() ? "\n  nobody has agreed yet: sanad directory override --agree\n"
                           : "\n  " + shown(agreed) + " agreed; it ends at " +
                                 shown(text_of(exception.getUntil())) + "\n");
}

std::string view_text(door::Reply::Reader reply) {
    const auto view = reply.getDirectory();
    std::string text =
        line("state", text_of(view.getState())) + line("not before", text_of(view.getTimeFloor()));
    if (view.getClockWrong()) text += "!! this machine's clock is earlier than that: set it\n";
    const auto note = text_of(view.getNote());
    if (note.empty()) return text + "this node follows no directory yet\n";
    const auto words = node::describe_directory(note, SystemClock().now());
    text += "\n" + shown_prose(words ? *words : "unreadable\n", "");
    text += notices_text(view) + override_text(view);
    if (const auto alarms = view.getAlarms(); alarms.size() > 0)
        text += "\n!! " + std::to_string(alarms.size()) +
                " times somebody signed another directory of one version: sanad directory "
                "alarms\n";
    return text;
}

int show_running(const Common& common) {
    return ask(
        common, [](door::Request::Builder request) { request.setDirectoryShow(); }, view_text);
}

void add_show(CLI::App& group, Chosen& chosen) {
    auto file = std::make_shared<std::string>();
    auto* command =
        add_command(group, "show", "A directory in plain words; without a file, the running node's",
                    "sanad directory show directory.note");
    command->add_option("file", *file, "the draft, or the signed directory");
    choose(*command, chosen, [file](const Common& common) {
        if (file->empty()) return show_running(common);
        const auto text = read(*file);
        if (!text) return complain(text.error(), exit_refused);
        const auto words = node::describe_directory(*text, SystemClock().now());
        if (!words) return complain(*file + ": " + words.error().detail, exit_refused);
        return print_text(common, *words);
    });
}

void add_diff(CLI::App& group, Chosen& chosen) {
    struct Files {
        std::string before, after;
    };
    auto files = std::make_shared<Files>();
    auto* command = add_command(group, "diff", "What is different between two directories",
                                "sanad directory diff directory.note next.txt");
    add_word(*command, "before", files->before, "a draft, or a signed directory");
    add_word(*command, "after", files->after, "another one");
    choose(*command, chosen, [files](const Common& common) {
        const auto before = read(files->before), after = read(files->after);
        if (!before) return complain(before.error(), exit_refused);
        if (!after) return complain(after.error(), exit_refused);
        const auto words = node::compare_directories(*before, *after);
        if (!words) return complain(words.error(), exit_refused);
        return print_text(common, *words);
    });
}

struct AlarmOptions {
    std::uint32_t number = 0;
    std::string out;
};

std::string alarms_text(door::Reply::Reader reply) {
    Table table({"NUMBER", "AT", "VERSION", "BROUGHT BY"});
    unsigned number = 0;
    for (const auto alarm : reply.getDirectory().getAlarms())
        table.add({std::to_string(++number), text_of(alarm.getAt()),
                   std::to_string(alarm.getVersion()), text_of(alarm.getFrom())});
    return table.text("no two directories contradicted each other");
}

// Evidence for the stewards: both notes as they came, and what is different between them.
int save_alarm(const Common& common, const AlarmOptions& options, door::Reply::Reader reply) {
    const auto alarm = reply.getDirectoryAlarm();
    const auto held = text_of(alarm.getHeld()), other = text_of(alarm.getOther());
    for (const auto& [end, note] : {std::pair(".held", &held), std::pair(".other", &other)})
        if (const auto made = node::create_file(options.out + end, *note, public_mode); !made)
            return complain(made.error(), exit_refused);
    const auto words = node::compare_directories(held, other);
    return print_text(common, "wrote " + options.out + ".held and " + options.out +
                                  ".other, which differ in:\n" +
                                  (words ? *words : std::string("their form\n")));
}

int run_alarms(const Common& common, const AlarmOptions& options) {
    if (options.number == 0)
        return ask(
            common, [](door::Request::Builder request) { request.setDirectoryShow(); },
            alarms_text);
    if (options.out.empty())
        return complain("alarms: name files for the two notes with --out", exit_usage);
    return ask_then(
        common, [&](door::Request::Builder request) { request.setDirectoryAlarm(options.number); },
        [&](door::Reply::Reader reply) { return save_alarm(common, options, reply); });
}

void add_alarms(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<AlarmOptions>();
    auto* command = add_command(group, "alarms",
                                "Two directories of one version, both signed: which, and as files",
                                "sanad directory alarms 1 --out evidence");
    command->add_option("number", options->number, "which one; without it, a list");
    add_word(*command, "--out", options->out, "writes OUT.held and OUT.other");
    choose(*command, chosen,
           [options](const Common& common) { return run_alarms(common, *options); });
}

struct OverrideOptions {
    std::string reason;
    std::uint32_t hours = 24;
    bool agree = false, end = false;
};

void add_override(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<OverrideOptions>();
    auto* command = add_command(
        group, "override",
        "New referrals although the directory expired long ago: one asks, another agrees",
        "sanad directory override --as nadia --hours 24 --reason \"the stewards meet on Monday\"");
    add_word(*command, "--reason", options->reason, "why it cannot wait");
    command->add_option("--hours", options->hours, "how long [24]")->check(CLI::Range(1U, 72U));
    command->add_flag("--agree", options->agree, "agree to what a colleague asked for");
    command->add_flag("--end", options->end, "end it now");
    choose(*command, chosen, [options](const Common& common) {
        if (options->agree + options->end + !options->reason.empty() != 1)
            return complain("override: give one of --reason, --agree and --end", exit_usage);
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initDirectoryOverride();
                body.setAction(options->agree ? "agree" : options->end ? "end" : "ask");
                body.setReason(text_for(options->reason));
                body.setHours(options->hours);
            },
            show_done);
    });
}

}  // namespace

void add_directory_views(CLI::App& group, Chosen& chosen) {
    add_show(group, chosen);
    add_diff(group, chosen);
    add_alarms(group, chosen);
    add_override(group, chosen);
}

}  // namespace sanad::cli
