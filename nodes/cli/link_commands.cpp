// sanad link: the links to the other nodes, and what to do when one stands still.
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

std::string show_links(door::Reply::Reader reply) {
    Table table({"PEER", "UP", "LANE", "SENT", "RECEIPTED", "RECEIVED", "FROZEN"});
    for (const auto link : reply.getLinks())
        for (const auto lane : link.getLanes())
            table.add({text_of(link.getPeer()), link.getUp() ? "yes" : "no",
                       text_of(lane.getLane()), std::to_string(lane.getSent()),
                       std::to_string(lane.getReceipted()), std::to_string(lane.getReceived()),
                       text_of(link.getFrozen())});
    return table.text("there are no links: see sanad directory --help");
}

std::string head_text(const std::string& title, const std::string& note) {
    if (note.empty()) return {};
    return title + "\n" + shown_prose(note, "  ");
}

// Read once, because the reader has a budget: for the screen, and for the evidence file.
struct Shown {
    std::string screen;
    std::string evidence;
};

Shown describe(door::LinkDetail::Reader link) {
    Shown out;
    const std::string peer = text_of(link.getPeer());
    const std::string frozen = text_of(link.getFrozen());
    out.screen = line("peer", peer) + line("connection", link.getUp() ? "up" : "down") +
                 line("heard", link.getHeard() ? "since this start" : "not since this start") +
                 line("frozen", frozen) + line("since", text_of(link.getFrozenAt())) +
                 line("by", text_of(link.getFrozenBy())) +
                 line("reason", text_of(link.getReason())) +
                 line("resume", text_of(link.getResumeBy())) +
                 line("asked at", text_of(link.getResumeAt())) +
                 line("because", text_of(link.getResumeReason()));
    std::string heads;
    for (const auto lane : link.getLanes()) {
        const std::string name = text_of(lane.getLane());
        out.screen +=
            line("lane " + name, "sent " + std::to_string(lane.getSent()) + ", receipted " +
                                     std::to_string(lane.getReceipted()) + ", received " +
                                     std::to_string(lane.getReceived()));
        if (lane.getRecovering() > 0)
            out.screen += line("recovering", std::to_string(lane.getRecovered()) + " of " +
                                                 std::to_string(lane.getRecovering()));
        heads += head_text("Our newest head with their receipt, " + name + ":",
                           text_of(lane.getOurHead()));
        heads += head_text("Their newest head, " + name + ":", text_of(lane.getTheirHead()));
    }
    const std::string lane = text_of(link.getEvidenceLane());
    heads += head_text("The head that we hold of lane " + lane + ":", text_of(link.getHeldHead()));
    heads += head_text("The head that contradicts it, " + lane + ":", text_of(link.getShownHead()));
    out.screen += heads;
    out.evidence = "Evidence of the link with " + peer + "\n" + out.screen;
    return out;
}

struct Options {
    std::string peer, reason, evidence;
};
using Shared = std::shared_ptr<Options>;

int show(const Common& common, const Options& options) {
    return ask_then(
        common,
        [&](door::Request::Builder request) { request.setLinkShow(text_for(options.peer)); },
        [&](door::Reply::Reader reply) {
            if (common.json && options.evidence.empty()) return print(json_of(reply) + "\n");
            const Shown link = describe(reply.getLink());
            if (options.evidence.empty()) return print(link.screen);
            const auto written = node::create_file(options.evidence, link.evidence, 0600);
            if (!written) return complain(written.error(), exit_refused);
            return print(common.json ? "{\"file\":" + node::json_string(options.evidence) + "}\n"
                                     : "wrote " + shown(options.evidence) + "\n");
        });
}

void add_show(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, "show", "One link with the signed heads of both sides",
                                "sanad link show tn.amal --evidence tn.txt");
    add_word(*command, "peer", options->peer, "the other node's id");
    command->add_option("--evidence", options->evidence, "write it into a new file instead");
    choose(*command, chosen, [options](const Common& common) { return show(common, *options); });
}

void add_simple(CLI::App& group, Chosen& chosen, const std::string& name, const std::string& help,
                void (*fill)(door::Request::Builder, const Options&)) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, name, help, "sanad link " + name + " tn.amal");
    add_word(*command, "peer", options->peer, "the other node's id");
    choose(*command, chosen, [options, fill](const Common& common) {
        return ask(
            common, [&](door::Request::Builder request) { fill(request, *options); }, show_done);
    });
}

void add_with_reason(CLI::App& group, Chosen& chosen, const std::string& name,
                     const std::string& help, const std::string& example,
                     void (*fill)(door::Request::Builder, const Options&)) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, name, help,
                                "sanad link " + name + " tn.amal --reason \"" + example + "\"");
    add_word(*command, "peer", options->peer, "the other node's id");
    add_prose(*command, "--reason", options->reason, "why, for the audit log");
    choose(*command, chosen, [options, fill](const Common& common) {
        const auto reason = prose(options->reason);
        if (!reason) return complain(reason.error(), exit_usage);
        options->reason = *reason;
        return ask(
            common, [&](door::Request::Builder request) { fill(request, *options); }, show_done);
    });
}

}  // namespace

void add_link_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "link", "The links to the other nodes");
    auto* list =
        add_command(*group, "list", "Each link with what was sent and received", "sanad link list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setLinkList(); }, show_links);
    });
    add_show(*group, chosen);
    add_simple(*group, chosen, "retry", "Try the connection now, without waiting for the next try",
               [](door::Request::Builder request, const Options& options) {
                   request.setLinkRetry(text_for(options.peer));
               });
    add_simple(*group, chosen, "recover",
               "Ask the peer again for what our own log has lost; it begins by itself as well",
               [](door::Request::Builder request, const Options& options) {
                   request.setLinkRecover(text_for(options.peer));
               });
    add_with_reason(*group, chosen, "freeze", "Stop a link in both directions",
                    "their machine was stolen",
                    [](door::Request::Builder request, const Options& options) {
                        auto body = request.initLinkFreeze();
                        body.setPeer(text_for(options.peer));
                        body.setReason(text_for(options.reason));
                    });
    add_with_reason(*group, chosen, "resume",
                    "Let a frozen link go on: two administrators say so within 24 hours",
                    "they rebuilt it, and we spoke with them",
                    [](door::Request::Builder request, const Options& options) {
                        auto body = request.initLinkResume();
                        body.setPeer(text_for(options.peer));
                        body.setReason(text_for(options.reason));
                    });
    add_courier_commands(*group, chosen);
}

}  // namespace sanad::cli
