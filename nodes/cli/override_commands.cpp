// sanad override: telling another node about a child without consent; a second person decides.
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

std::string show_list(door::Reply::Reader reply) {
    Table table({"ID", "STATE", "TO", "ASKED BY", "SINCE", "DECIDED BY", "CASE", "REASON"});
    for (const auto one : reply.getOverrides())
        table.add({text_of(one.getId()), text_of(one.getState()), text_of(one.getTo()),
                   text_of(one.getRequestedBy()), text_of(one.getRequestedAt()),
                   text_of(one.getDecidedBy()), text_of(one.getCase()), text_of(one.getReason())});
    return table.text("nobody has asked to share anything without consent");
}

std::string show_one(door::Reply::Reader reply) {
    const auto one = reply.getOverride();
    return line("override", text_of(one.getId())) + line("state", text_of(one.getState())) +
           line("case", text_of(one.getCase())) + line("to", text_of(one.getTo())) +
           line("would tell", join(texts_of(one.getItems()))) +
           line("asked by", text_of(one.getRequestedBy())) +
           line("since", text_of(one.getRequestedAt())) + line("reason", text_of(one.getReason())) +
           "why confidentiality is broken\n" + shown_prose(text_of(one.getNote()), "    ") +
           "what would be told\n" + shown_prose(text_of(one.getNarrative()), "    ") +
           line("decided by", text_of(one.getDecidedBy())) +
           line("at", text_of(one.getDecidedAt())) + line("because", text_of(one.getDecidedWhy())) +
           line("referral", text_of(one.getReferral()));
}

void add_decision(CLI::App& group, Chosen& chosen, const char* name, const char* help,
                  bool approve) {
    struct Options {
        std::string id, reason;
    };
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, name, help,
                                "sanad override " + std::string(name) + " " + example_id +
                                    (approve ? "" : " --reason \"ask the child first\""));
    add_word(*command, "override", options->id, "its id");
    add_word(*command, "--reason", options->reason, "why you decide so");
    choose(*command, chosen, [options, approve](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initOverrideDecide();
                body.setOverride(text_for(options->id));
                body.setApprove(approve);
                body.setReason(text_for(options->reason));
            },
            show_done);
    });
}

}  // namespace

void add_override_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "override",
                            "Sharing without consent, in the child's best interest: asked for with "
                            "sanad refer --without-consent, decided here by somebody else");
    auto* list = add_command(*group, "list", "Who asked to share what, and who decided",
                             "sanad override list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setOverrideList(); }, show_list);
    });
    add_id_command(
        *group, chosen,
        {"show", "One of them with its reasons; that you read it is audited", "override"},
        [](auto request, auto id) { request.setOverrideShow(id); }, show_one);
    add_decision(*group, chosen, "approve", "Decide that it is told: it is sent at once", true);
    add_decision(*group, chosen, "refuse", "Decide that it is not told", false);
}

}  // namespace sanad::cli
