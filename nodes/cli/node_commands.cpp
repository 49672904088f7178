// sanad status, feed: the running node itself.
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

constexpr std::uint32_t feed_page = 200;
constexpr std::uint32_t feed_wait_ms = 25'000;

std::string audit_lines(door::NodeStatus::Reader status) {
    const std::string checked = text_of(status.getAuditChecked());
    const std::string bad = text_of(status.getAuditBad());
    const auto alarms = status.getAuditAlarms();
    return line("audit", checked.empty() ? ""
                                         : "read again " + checked +
                                               (bad.empty() ? ", whole" : ": NOT WHOLE: " + bad)) +
           line("ALARMS",
                alarms == 0 ? ""
                            : std::to_string(alarms) + " about audit logs: see sanad audit alarms");
}

// What a person must not overlook stands first.
std::string banner(door::NodeStatus::Reader status) {
    std::string text;
    const auto warn = [&](const std::string& what) { text += "!! " + what + "\n"; };
    if (!status.getHealthy() && text_of(status.getFault()) == "exhausted")
        warn(
            "the store is full, so nothing is taken in: make room on its disk, and the node goes "
            "on "
            "by itself; or raise mapSizeMiB in node.toml and start it again");
    else if (!status.getHealthy())
        warn(
            "the disk failed, so nothing is taken in any more: look at the disk, then start the "
            "node again");
    const std::string state = text_of(status.getDirectoryState());
    if (state == "expired_soft")
        warn("the directory expired: everything still works; ask the stewards for the next one");
    const std::string until = text_of(status.getDirectoryOverrideUntil());
    if (state == "expired_hard" && until.empty())
        warn(
            "the directory expired long ago: what is open goes on, but no new referral leaves; ask "
            "the stewards for the next one, or see sanad directory override --help");
    if (state == "expired_hard" && !until.empty())
        warn("the directory expired long ago; by an override new referrals leave until " +
             shown(until));
    if (status.getClockWrong())
        warn("this machine's clock is wrong: the stewards signed something at " +
             shown(text_of(status.getTimeFloor())) + ", which is later: set the clock");
    if (status.getDirectoryAlarms() > 0)
        warn("two directories of one version, both signed: see sanad directory alarms");
    for (const auto node : status.getRevoked())
        warn(shown(text_of(node)) +
             " is revoked until the stewards meet: see sanad directory show");
    return text;
}

std::string show_status(door::Reply::Reader reply) {
    const auto status = reply.getStatus();
    std::string text = banner(status) + line("node", text_of(status.getNode())) +
                       line("version", text_of(status.getVersion())) +
                       line("health", status.getHealthy() ? "good" : "RED") +
                       line("fault", text_of(status.getFault())) +
                       line("waiting", std::to_string(status.getContactsWaiting()) + " contacts") +
                       line("directory", "version " + std::to_string(status.getDirectoryVersion()) +
                                             ", " + text_of(status.getDirectoryState())) +
                       line("expires", text_of(status.getDirectoryExpires())) +
                       line("endpoint", text_of(status.getEndpoint())) +
                       line("commits", std::to_string(status.getCommits())) + audit_lines(status);
    for (const auto policy : status.getPolicies())
        text += line("policy",
                     text_of(policy.getName()) + " v" + std::to_string(policy.getVersion()) + ", " +
                         (policy.getReviewed() ? "reviewed by " + text_of(policy.getReviewedBy())
                                               : "NOT REVIEWED by a lawyer"));
    Table plugins({"PLUGIN", "IS", "VERSION", "STATE", "WAITING"});
    for (const auto plugin : status.getPlugins())
        plugins.add({text_of(plugin.getInstance()), text_of(plugin.getPlugin()),
                     text_of(plugin.getVersion()), text_of(plugin.getState()),
                     std::to_string(plugin.getWaiting())});
    text += plugins.text("no plugins run");
    for (const auto counter : status.getCounters())
        text += "  " + shown(text_of(counter.getName())) + " " +
                std::to_string(counter.getCount()) + "\n";
    return text;
}

std::string feed_line(door::FeedView::Reader event) {
    std::string text = std::to_string(event.getSequence()) + "  " + shown(text_of(event.getAt())) +
                       "  " + shown(text_of(event.getName()));
    for (const auto extra : {event.getSubject(), event.getPeer()})
        if (extra.size() > 0) text += "  " + shown(text_of(extra));
    if (event.getNumber() != 0) text += "  " + std::to_string(event.getNumber());
    return text + "\n";
}

std::string show_feed(door::Reply::Reader reply) {
    std::string text;
    for (const auto event : reply.getFeed()) text += feed_line(event);
    return text.empty() ? "nothing has happened since\n" : text;
}

std::string feed_json(door::FeedView::Reader event) {
    using node::json_string;
    return "{\"sequence\":\"" + std::to_string(event.getSequence()) +
           "\",\"at\":" + json_string(text_of(event.getAt())) +
           ",\"name\":" + json_string(text_of(event.getName())) +
           ",\"subject\":" + json_string(text_of(event.getSubject())) +
           ",\"peer\":" + json_string(text_of(event.getPeer())) + ",\"number\":\"" +
           std::to_string(event.getNumber()) + "\"}\n";
}

struct FeedOptions {
    std::uint64_t after = 0;
    bool follow = false;
};

void fill_feed(door::Request::Builder request, std::uint64_t after, std::uint32_t wait_ms) {
    auto body = request.initFeedRead();
    body.setAfter(after);
    body.setLimit(feed_page);
    body.setWaitMs(wait_ms);
}

// One line an event, in JSON as well, until Ctrl-C or the node ends.
int follow_feed(const Common& common, std::uint64_t after) {
    for (;;) {
        const int ended = ask_then(
            common,
            [&](door::Request::Builder request) { fill_feed(request, after, feed_wait_ms); },
            [&](door::Reply::Reader reply) {
                std::string text;
                for (const auto event : reply.getFeed()) {
                    after = event.getSequence();
                    text += common.json ? feed_json(event) : feed_line(event);
                }
                return print(text);
            });
        if (ended != exit_done) return ended;
    }
}

int run_feed(const Common& common, const FeedOptions& options) {
    if (options.follow) return follow_feed(common, options.after);
    return ask(
        common, [&](door::Request::Builder request) { fill_feed(request, options.after, 0); },
        show_feed);
}

void add_feed(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<FeedOptions>();
    auto* feed = add_command(app, "feed", "What happens in the node, without what people wrote",
                             "sanad feed --follow");
    feed->add_option("--after", options->after, "only events after this number [0]");
    feed->add_flag("--follow", options->follow, "wait for more until Ctrl-C");
    choose(*feed, chosen, [options](const Common& common) { return run_feed(common, *options); });
}

}  // namespace

void add_node_commands(CLI::App& app, Chosen& chosen) {
    auto* status = add_command(app, "status", "How the node is", "sanad status --json");
    choose(*status, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setNodeStatus(); }, show_status);
    });
    add_feed(app, chosen);
}

}  // namespace sanad::cli
