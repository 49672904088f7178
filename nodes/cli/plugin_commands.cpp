// sanad plugin: how plugins are, and what to do when one does not run.
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"
#include "nodes/cli/plugin_files.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string instance, against;
    std::uint64_t number = 0;
};

// Read once, because the reader has a budget.
std::string with_reason(const std::string& state, const std::string& reason) {
    return reason.empty() ? state : state + " (" + reason + ")";
}

std::string show_list(door::Reply::Reader reply) {
    Table table({"PLUGIN", "IS", "VERSION", "RUNS", "STATE", "HEALTH", "WAITING", "DEAD LETTERS"});
    for (const auto plugin : reply.getPlugins())
        table.add(
            {text_of(plugin.getInstance()), text_of(plugin.getPlugin()),
             text_of(plugin.getVersion()), text_of(plugin.getRun()), text_of(plugin.getState()),
             with_reason(text_of(plugin.getHealth()), text_of(plugin.getHealthReason())),
             std::to_string(plugin.getWaiting()), std::to_string(plugin.getDeadLetters().size())});
    return table.text("no plugins run");
}

std::string transition_line(door::PluginView::Transition::Reader transition) {
    const std::string how = text_of(transition.getHow());
    return "  " + shown(text_of(transition.getAt())) + "  " +
           shown(text_of(transition.getState())) + ": " + shown(text_of(transition.getReason())) +
           (how.empty() ? "" : ", " + shown(how)) + "\n";
}

std::string letter_line(const std::string& instance, door::PluginView::DeadLetter::Reader letter) {
    const std::string number = std::to_string(letter.getNumber());
    return "  " + number + "  of " + shown(text_of(letter.getCreatedAt())) + ", tried " +
           std::to_string(letter.getAttempt()) + " times, about " +
           shown(text_of(letter.getSubject())) + ": sanad plugin retry " + shown(instance) + " " +
           number + ", or drop\n";
}

std::string show_one(door::Reply::Reader reply) {
    std::string text;
    for (const auto plugin : reply.getPlugins()) {
        const std::string instance = text_of(plugin.getInstance());
        const std::string state = text_of(plugin.getState());
        const std::string lacks = text_of(plugin.getSandboxLacks());
        if (state == "quarantined")
            text += "!! " + shown(instance) + " does not run any more: see why below, then sanad " +
                    "plugin resume " + shown(instance) + "\n";
        text += line("plugin", instance) + line("is", text_of(plugin.getPlugin())) +
                line("kind", text_of(plugin.getKind())) +
                line("version", text_of(plugin.getVersion())) +
                line("runs", text_of(plugin.getRun())) + line("state", state) +
                line("health",
                     with_reason(text_of(plugin.getHealth()), text_of(plugin.getHealthReason()))) +
                line("crashes", std::to_string(plugin.getCrashes()) + " lately") +
                line("SANDBOX LACKS", lacks) + line("may", join(texts_of(plugin.getGrants()))) +
                line("NOT GRANTED", join(texts_of(plugin.getWithheld()))) +
                line("sha256", text_of(plugin.getHash())) +
                line("signed by", text_of(plugin.getSigner())) +
                line("waiting", std::to_string(plugin.getWaiting()) + " in its outbox");
        for (const auto measure : plugin.getMeasures())
            text += line(text_of(measure.getName()), std::to_string(measure.getCount()));
        for (const auto transition : plugin.getTransitions()) text += transition_line(transition);
        if (plugin.hasDeadLetters() && plugin.getDeadLetters().size() > 0)
            text += "dead letters, which ended it three times:\n";
        for (const auto letter : plugin.getDeadLetters()) text += letter_line(instance, letter);
    }
    return text;
}

void add_move(CLI::App& group, Chosen& chosen, const std::string& move, const std::string& help,
              bool letter) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, move, help, "sanad plugin " + move + " chat" + (letter ? " 17" : ""));
    add_word(*command, "instance", options->instance, "its name in node.toml");
    if (letter)
        command->add_option("number", options->number, "of the dead letter, as info shows it")
            ->required();
    choose(*command, chosen, [options, move](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initPluginMove();
                body.setInstance(text_for(options->instance));
                body.setMove(text_for(move));
                body.setNumber(options->number);
            },
            show_done);
    });
}

// A plugin that has to end what it is doing may take that long.
constexpr Duration change_wait{180'000};

void add_change(CLI::App& group, Chosen& chosen, const std::string& what, const std::string& help) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, what, help, "sanad plugin " + what + " chat");
    add_word(*command, "instance", options->instance, "its name in node.toml");
    choose(*command, chosen, [options, what](const Common& common) {
        return ask_then(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initPluginChange();
                body.setInstance(text_for(options->instance));
                body.setWhat(text_for(what));
            },
            [&](door::Reply::Reader reply) {
                const auto done = reply.getDone();
                const std::string code = text_of(done.getCode());
                if (common.json)
                    print(json_of(reply));
                else if (code.empty())
                    print(shown(options->instance) + ": " + shown(text_of(done.getState())) + "\n");
                if (code.empty()) return exit_done;
                return complain(text_of(done.getNote()), exit_refused);
            },
            change_wait);
    });
}

}  // namespace

void add_plugin_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "plugin", "The plugins: whether they run, and why not");
    auto* list = add_command(*group, "list", "Each plugin with its state", "sanad plugin list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setPluginList(""); }, show_list);
    });
    auto options = std::make_shared<Options>();
    auto* info = add_command(*group, "info",
                             "One plugin: where it runs, its last ten changes with "
                             "their reasons, its dead letters; of a file, what it says of itself",
                             "sanad plugin info chat --against webchat.so");
    add_word(*info, "instance", options->instance, "its name in node.toml, or a file NAME.so");
    add_word(*info, "--against", options->against,
             "show only what differs from this: a file, or an instance");
    choose(*info, chosen, [options](const Common& common) {
        if (is_plugin_file(options->instance) || !options->against.empty())
            return show_plugin_file(common, options->instance, options->against);
        return ask(
            common,
            [&](door::Request::Builder request) {
                request.setPluginList(text_for(options->instance));
            },
            show_one);
    });
    add_plugin_bundle_commands(*group, chosen);
    add_change(*group, chosen, "reload",
               "Read a plugin's file and settings again, and change over without losing a message");
    add_change(*group, chosen, "rollback", "Go back to the version that was installed before");
    add_change(*group, chosen, "disable", "Switch a plugin off, until it is switched on again");
    add_change(*group, chosen, "enable", "Switch a plugin on again");
    add_move(*group, chosen, "resume", "Start a plugin again that is quarantined", false);
    add_move(*group, chosen, "retry", "Give a dead letter to the plugin once more", true);
    add_move(*group, chosen, "drop", "Give up a dead letter", true);
    add_plugin_new(*group, chosen);
    add_plugin_check(*group, chosen);
}

}  // namespace sanad::cli
