// sanad erasure, sanad consent withdraw, sanad case erase: what is taken back and destroyed.
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string id, reason, law, until, consent;
    bool erase = false, confirm = false;
};

std::string show_list(door::Reply::Reader reply) {
    Table table({"REFERRAL", "STATE", "PEER", "WE ARE", "ASKED AT", "ANSWERED AT", "DUE", "WHY"});
    std::string certificates;
    for (const auto one : reply.getErasures()) {
        const auto state = text_of(one.getState());
        table.add({text_of(one.getReferral()), state, text_of(one.getPeer()),
                   text_of(one.getSide()), text_of(one.getRequestedAt()),
                   text_of(one.getAnsweredAt()), text_of(one.getDueAt()),
                   state == "held" ? text_of(one.getHoldReason()) + ": " + text_of(one.getHoldLaw())
                                   : text_of(one.getReason())});
        const auto hash = text_of(one.getKeyHash());
        if (!hash.empty())
            certificates += "  certified: " + shown(text_of(one.getReferral())) + ", key " +
                            shown(hash) + ", " + std::to_string(one.getEntries()) + " entries\n";
    }
    return table.text("nobody has asked to erase anything") + certificates;
}

void add_request(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command =
        add_command(group, "request",
                    "Ask the other node to erase a referral of ours; it answers within 30 days",
                    std::string("sanad erasure request ") + example_id + " --reason child_request");
    add_word(*command, "referral", options->id, "the referral's id");
    add_word(*command, "--reason", options->reason,
             "a word of the list withdraw-reasons [child_request]");
    choose(*command, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initErasureRequest();
                body.setReferral(text_for(options->id));
                body.setReason(text_for(options->reason));
            },
            show_done);
    });
}

void add_answer(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "answer", "Answer another node: erase for good, or name the law and until when",
        std::string("sanad erasure answer ") + example_id +
            " --hold court_order --law \"the rule, in words\" --until 2027-06-30T00:00:00Z");
    add_word(*command, "referral", options->id, "the referral's id");
    command->add_flag("--erase", options->erase, "destroy its key, here and in every backup");
    add_word(*command, "--hold", options->reason, "a word of the list legal-hold");
    add_word(*command, "--law", options->law, "with --hold: the rule that forbids it");
    add_word(*command, "--until", options->until, "with --hold: when that ends");
    choose(*command, chosen, [options](const Common& common) {
        if (options->erase == !options->reason.empty())
            return complain("the answer is --erase or --hold: give one of them", exit_usage);
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initErasureAnswer();
                body.setReferral(text_for(options->id));
                body.setErase(options->erase);
                body.setReason(text_for(options->reason));
                body.setLaw(text_for(options->law));
                body.setUntil(text_for(options->until));
            },
            show_done);
    });
}

}  // namespace

void add_erasure_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "erasure", "What was asked back, and how it was answered");
    auto* list = add_command(*group, "list", "Every request to erase, with its answer or its clock",
                             "sanad erasure list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setErasureList(); }, show_list);
    });
    add_request(*group, chosen);
    add_answer(*group, chosen);
    auto* compact = add_command(
        *group, "compact", "Compact the store now, so that no page of it holds what was erased",
        "sanad erasure compact");
    choose(*compact, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setStoreCompact(); }, show_done);
    });
}

void add_consent_withdraw(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "withdraw", "Take a consent back: every referral under it is recalled and erased",
        std::string("sanad consent withdraw ") + example_id);
    add_word(*command, "case", options->id, "the case's id");
    add_word(*command, "--consent", options->consent, "a consent's id [the case's newest]");
    choose(*command, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initConsentWithdraw();
                body.setCase(text_for(options->id));
                body.setConsent(text_for(options->consent));
            },
            show_done);
    });
}

void add_case_erase(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "erase", "Erase a closed case for good: asked by one person, confirmed by another",
        std::string("sanad case erase ") + example_id + " --reason \"the child asked for it\"");
    add_word(*command, "case", options->id, "the case's id");
    add_word(*command, "--reason", options->reason, "why, by the first person");
    command->add_flag("--confirm", options->confirm,
                      "the second person: destroy its keys now; nothing brings it back");
    choose(*command, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initCaseErase();
                body.setCase(text_for(options->id));
                body.setReason(text_for(options->reason));
                body.setConfirm(options->confirm);
            },
            show_done);
    });
}

}  // namespace sanad::cli
