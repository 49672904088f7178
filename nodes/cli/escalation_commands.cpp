// sanad escalate, sanad escalation: an urgent request for action to a partner organisation.
#include "nodes/cli/clock_text.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string id, partner, urgency, consent, summary, basis;
    bool redacted = false;
};

std::string show_list(door::Reply::Reader reply) {
    Table table({"ID", "STATE", "URGENCY", "PARTNER", "SINCE", "DUE", "CASE"});
    for (const auto escalation : reply.getEscalations())
        table.add({text_of(escalation.getId()), text_of(escalation.getState()),
                   text_of(escalation.getUrgency()), text_of(escalation.getPartner()),
                   text_of(escalation.getCreatedAt()), text_of(escalation.getDueAt()),
                   text_of(escalation.getCase())});
    return table.text("there is no escalation");
}

std::string show_one(door::Reply::Reader reply) {
    const auto escalation = reply.getEscalation();
    return line("escalation", text_of(escalation.getId())) +
           line("state", text_of(escalation.getState())) +
           line("urgency", text_of(escalation.getUrgency())) +
           line("partner", text_of(escalation.getPartner())) +
           line("their number", text_of(escalation.getPartnerReference())) +
           line("case", text_of(escalation.getCase())) +
           line("since", text_of(escalation.getCreatedAt())) +
           line("next due", text_of(escalation.getDueAt())) + clocks_text(escalation.getClocks()) +
           timeline_text(escalation.getTimeline());
}

std::string show_partners(door::Reply::Reader reply) {
    Table table({"ID", "NAME", "PLUGIN", "STATE"});
    for (const auto partner : reply.getPartners()) {
        std::string name;
        for (const auto label : partner.getName())
            if (name.empty() || text_of(label.getLanguage()) == "en")
                name = text_of(label.getText());
        table.add({text_of(partner.getId()), name, text_of(partner.getInstance()),
                   text_of(partner.getState())});
    }
    return table.text("there is no partner: add one to node.toml, [[partner]]");
}

void add_escalate(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* escalate = add_command(
        app, "escalate", "Ask a partner organisation to act, urgently",
        std::string("sanad escalate ") + example_id +
            " --partner legal-aid --redacted --summary \"فتاة تتعرض لابتزاز على الإنترنت\"");
    add_word(*escalate, "case", options->id, "the case's id");
    add_word(*escalate, "--partner", options->partner, "a partner's id of node.toml");
    add_word(*escalate, "--urgency", options->urgency, "U0 to U4 [the case's]");
    add_word(*escalate, "--consent", options->consent, "a consent's id [the case's newest]");
    add_word(*escalate, "--basis", options->basis,
             "a word of the list transfer-basis [same_jurisdiction]");
    add_prose(*escalate, "--summary", options->summary, "what the partner is told");
    escalate->add_flag("--redacted", options->redacted,
                       "you have read the summary once more, and it names nobody and no place");
    escalate->get_option("--partner")->required();
    escalate->get_option("--summary")->required();
    choose(*escalate, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->summary,
            [&](door::Request::Builder request, const std::string& summary) {
                auto body = request.initEscalate();
                body.setCase(text_for(options->id));
                body.setPartner(text_for(options->partner));
                body.setUrgency(text_for(options->urgency));
                body.setTransferBasis(text_for(options->basis));
                body.setConsent(text_for(options->consent));
                body.setSummary(text_for(summary));
                body.setRedactionConfirmed(options->redacted);
            },
            show_done);
    });
}

}  // namespace

void add_escalation_commands(CLI::App& app, Chosen& chosen) {
    add_escalate(app, chosen);
    auto* group = add_group(app, "escalation", "Urgent requests to partner organisations");
    auto* partners = add_command(*group, "partners", "Whom an escalation can be sent to",
                                 "sanad escalation partners");
    choose(*partners, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setPartnerList(); },
            show_partners);
    });
    auto* list =
        add_command(*group, "list", "The escalations of this node", "sanad escalation list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setEscalationList(); }, show_list);
    });
    add_id_command(
        *group, chosen,
        {"show", "An escalation with its timeline; that you read it is audited", "escalation"},
        [](auto request, auto id) { request.setEscalationShow(id); }, show_one);
}

}  // namespace sanad::cli
