// sanad case assign, share, break-glass, glasses: whose a case is, and who else opened it.
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string id, colleague, reason;
    bool end = false;
};

void add_assign(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* assign =
        add_command(group, "assign", "Give a case to a colleague, who has it from then on",
                    std::string("sanad case assign ") + example_id + " karim");
    add_word(*assign, "case", options->id, "the case's id");
    add_word(*assign, "colleague", options->colleague, "a counsellor");
    choose(*assign, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initCaseChange();
                body.setCase(text_for(options->id));
                body.setAssignTo(text_for(options->colleague));
            },
            show_done);
    });
}

void add_share(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* share = add_command(group, "share", "Let a colleague open a case too",
                              std::string("sanad case share ") + example_id + " karim");
    add_word(*share, "case", options->id, "the case's id");
    add_word(*share, "colleague", options->colleague, "a counsellor");
    share->add_flag("--end", options->end, "no longer");
    choose(*share, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initCaseShare();
                body.setCase(text_for(options->id));
                body.setWith(text_for(options->colleague));
                body.setEnd(options->end);
            },
            show_done);
    });
}

void add_break_glass(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* glass = add_command(
        group, "break-glass",
        "Open a colleague's case for an hour; the supervisors are told, and it stays in the case",
        std::string("sanad case break-glass ") + example_id +
            " --reason \"elle appelle de la gare, et sa conseillère est en route\"");
    add_word(*glass, "case", options->id, "the case's id");
    add_prose(*glass, "--reason", options->reason, "why, in 20 characters or more");
    glass->get_option("--reason")->required();
    choose(*glass, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->reason,
            [&](door::Request::Builder request, const std::string& reason) {
                auto body = request.initGlassBreak();
                body.setCase(text_for(options->id));
                body.setReason(text_for(reason));
            },
            show_done);
    });
}

std::string show_glasses(door::Reply::Reader reply) {
    Table table({"AT", "UNTIL", "BY", "CODE", "CASE", "REASON"});
    for (const auto glass : reply.getGlasses())
        table.add({text_of(glass.getAt()), text_of(glass.getUntil()), text_of(glass.getBy()),
                   text_of(glass.getCode()), text_of(glass.getCase()), text_of(glass.getReason())});
    return table.text("nobody has opened a case that was not theirs");
}

}  // namespace

std::string glasses_text(capnp::List<door::GlassView>::Reader glasses) {
    std::string out;
    for (const auto glass : glasses)
        out += line("glass broken", text_of(glass.getAt()) + " by " + text_of(glass.getBy()) +
                                        ": " + text_of(glass.getReason()));
    return out;
}

void add_case_access(CLI::App& group, Chosen& chosen) {
    add_assign(group, chosen);
    add_share(group, chosen);
    add_break_glass(group, chosen);
    auto* list = add_command(group, "glasses", "Every time that somebody opened a colleague's case",
                             "sanad case glasses");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setGlassList(); }, show_glasses);
    });
}

}  // namespace sanad::cli
