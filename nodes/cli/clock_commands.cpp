// sanad clocks: what is about to break. sanad referral next: whom to ask then.
#include "nodes/cli/clock_text.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

std::string next_of(door::ClockView::Reader clock) {
    if (clock.getStandsStill()) return "stands still";
    const auto step = text_of(clock.getNextStep());
    return step.empty() ? "all told" : step;
}

std::string show_list(door::Reply::Reader reply) {
    Table table({"NEXT", "AT", "LIMIT", "OVER AT", "TOLD", "URGENCY", "WHAT", "PEER", "ID"});
    for (const auto clock : reply.getClocks())
        table.add({next_of(clock), text_of(clock.getNextAt()), text_of(clock.getLimit()),
                   text_of(clock.getDueAt()), join(texts_of(clock.getTold())),
                   text_of(clock.getUrgency()), text_of(clock.getWhat()), text_of(clock.getPeer()),
                   text_of(clock.getId())});
    return table.text("no limit runs");
}

struct NextOptions {
    std::string id, to;
    bool confirm = false;
};

std::string show_next(door::Reply::Reader reply) {
    return reply.isChoices() ? choices_text(reply.getChoices()) : show_done(reply);
}

}  // namespace

std::string clocks_text(capnp::List<door::ClockView>::Reader clocks) {
    std::string text = clocks.size() > 0 ? "clocks\n" : "";
    for (const auto clock : clocks) {
        const auto told = join(texts_of(clock.getTold()));
        text += "  " + shown(text_of(clock.getLimit())) + " by " +
                shown(text_of(clock.getDueAt())) + ": next " + shown(next_of(clock));
        if (const auto at = text_of(clock.getNextAt()); !at.empty() && !clock.getStandsStill())
            text += " at " + shown(at);
        text += told.empty() ? "\n" : "; told: " + shown(told) + "\n";
    }
    return text;
}

std::string choices_text(capnp::List<door::ChoiceView>::Reader choices) {
    Table table({"NODE", "FITS", "ROOM", "WHY"});
    for (const auto choice : choices)
        table.add({text_of(choice.getNode()), choice.getFits() ? "yes" : "no",
                   std::to_string(choice.getRoom()), text_of(choice.getWords())});
    return table.text("there is no other node that could be asked");
}

void add_clock_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "clocks", "Limits that run, and what is told when they are over");
    auto* list =
        add_command(*group, "list", "What is about to break, soonest first", "sanad clocks list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setClockList(); }, show_list);
    });

    auto* referral = app.get_subcommand("referral");
    auto options = std::make_shared<NextOptions>();
    auto* next = add_command(
        *referral, "next", "Whom to ask in the place of a node that did not help; with --to, ask",
        std::string("sanad referral next ") + example_id + " --to dz.helpline --confirm");
    add_word(*next, "referral", options->id, "the id of the referral that did not help");
    add_word(*next, "--to", options->to, "the node that is asked [show who could be]");
    next->add_flag("--confirm", options->confirm,
                   "you have read what leaves, and the child knows who is asked");
    choose(*next, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initReferralNext();
                body.setReferral(text_for(options->id));
                body.setTo(text_for(options->to));
                body.setConfirmed(options->confirm);
            },
            show_next);
    });
}

}  // namespace sanad::cli
