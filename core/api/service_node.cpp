// The part of Service that is about the node itself: status, links, feed.
#include "core/api/directory_reply.h"
#include "core/api/policy_reply.h"
#include "core/api/service.h"
#include "core/base/message.h"
#include "core/base/time_text.h"

#include <algorithm>

namespace sanad::api {
namespace {

const std::array<std::uint8_t, 16> no_subject{};

std::string subject_text(const std::array<std::uint8_t, 16>& subject) {
    return subject == no_subject ? std::string() : format_uuid(subject);
}

}  // namespace

Result<void> Service::node_status(Context& context, In, Out reply) {
    const auto facts = parts_.node.facts();
    const auto health = parts_.engine.condition();
    const auto contacts = parts_.contacts.list(context.from, list_items_max);
    if (!contacts) return std::unexpected(contacts.error());
    auto status = reply.initStatus();
    status.setNode(to_text(parts_.self.text));
    status.setVersion(to_text(facts.version));
    status.setHealthy(health.has_value());
    status.setFault(health ? "" : name(health.error().fault));
    status.setDirectoryVersion(parts_.peers.current()->directory_version);
    fill_directory_status(status, *parts_.directories.current(), parts_.directories.grace(),
                          context.now);
    status.setEndpoint(to_text(facts.endpoint));
    status.setContactsWaiting(static_cast<std::uint32_t>(
        std::ranges::count(*contacts, casework::ContactState::waiting, &casework::Contact::state)));
    status.setCommits(parts_.engine.commits());
    if (const auto told = tell_audit(context, status); !told) return told;
    const auto policies = parts_.policies.current();
    auto packs = status.initPolicies(static_cast<unsigned>(policies->packs.size()));
    for (unsigned p = 0; p < packs.size(); ++p) fill_policy(packs[p], policies->packs[p]);
    auto plugins = status.initPlugins(static_cast<unsigned>(facts.plugins.size()));
    for (unsigned i = 0; i < plugins.size(); ++i) {
        const auto& plugin = facts.plugins[i];
        const auto items = parts_.outbox.read(context.from, plugin.instance, 0, list_items_max);
        if (!items) return std::unexpected(items.error());
        plugins[i].setInstance(to_text(plugin.instance));
        plugins[i].setPlugin(to_text(plugin.plugin));
        plugins[i].setVersion(to_text(plugin.version));
        plugins[i].setState(to_text(plugin.state));
        plugins[i].setWaiting(static_cast<std::uint32_t>(
            std::ranges::count(*items, false, &store::OutboxItem::dead)));
    }
    const auto counts = parts_.counters.all();
    auto counters = status.initCounters(static_cast<unsigned>(counts.size()));
    unsigned i = 0;
    for (const auto& [counter, count] : counts) {
        counters[i].setName(to_text(counter));
        counters[i++].setCount(count);
    }
    return {};
}

Result<void> Service::link_list(Context&, In, Out reply) {
    const auto links = parts_.node.links();
    auto out = reply.initLinks(static_cast<unsigned>(links.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        out[i].setPeer(to_text(links[i].peer.text));
        out[i].setUp(links[i].up);
        out[i].setFrozen(to_text(links[i].frozen));
        auto lanes = out[i].initLanes(2);
        for (unsigned lane = 0; lane < 2; ++lane) {
            lanes[lane].setLane(federation::name(federation::Lane(lane)));
            lanes[lane].setSent(links[i].out[lane].size);
            lanes[lane].setReceipted(links[i].out[lane].receipted);
            lanes[lane].setReceived(links[i].in[lane]);
        }
    }
    return {};
}

Result<void> Service::feed_read(Context& context, In request, Out reply) {
    return read_feed(context.from, request, reply);
}

Result<void> Service::read_feed(store::Snapshot& from, In request, Out reply) {
    const auto wanted = request.getFeedRead();
    const auto limit = std::clamp<std::uint32_t>(wanted.getLimit(), 1, 1'000);
    const auto events = parts_.feed.read(from, wanted.getAfter(), limit);
    if (!events) return std::unexpected(events.error());
    auto out = reply.initFeed(static_cast<unsigned>(events->size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto& event = (*events)[i];
        out[i].setSequence(event.sequence);
        out[i].setAt(to_text(format_time(event.at)));
        out[i].setName(to_text(event.name));
        out[i].setSubject(to_text(subject_text(event.subject)));
        out[i].setPeer(to_text(event.peer));
        out[i].setNumber(event.number);
        out[i].setWho(to_text(event.who));
    }
    return {};
}

}  // namespace sanad::api
