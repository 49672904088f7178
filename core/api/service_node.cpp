// The part of Service that is about the node itself: status, links, audit, feed, passport.
#include "core/api/service.h"
#include "core/base/encoding.h"
#include "core/base/message.h"
#include "core/base/time_text.h"
#include "core/federation/passport_export.h"

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
    const auto health = parts_.engine.health();
    const auto contacts = parts_.contacts.list(context.from, list_items_max);
    if (!contacts) return std::unexpected(contacts.error());
    auto status = reply.initStatus();
    status.setNode(to_text(parts_.self.text));
    status.setVersion(to_text(facts.version));
    status.setHealthy(health.has_value());
    status.setFault(health ? "" : name(health.error().fault));
    status.setDirectoryVersion(parts_.peers.current()->directory_version);
    status.setDirectoryState(to_text(facts.directory_state));
    status.setEndpoint(to_text(facts.endpoint));
    status.setContactsWaiting(static_cast<std::uint32_t>(
        std::ranges::count(*contacts, casework::ContactState::waiting, &casework::Contact::state)));
    status.setCommits(parts_.engine.commits());
    auto plugins = status.initPlugins(static_cast<unsigned>(facts.plugins.size()));
    for (unsigned i = 0; i < plugins.size(); ++i) {
        const auto& plugin = facts.plugins[i];
        const auto items = parts_.outbox.read(context.from, plugin.instance, 0, list_items_max);
        if (!items) return std::unexpected(items.error());
        plugins[i].setInstance(to_text(plugin.instance));
        plugins[i].setPlugin(to_text(plugin.plugin));
        plugins[i].setVersion(to_text(plugin.version));
        plugins[i].setState(to_text(plugin.state));
        plugins[i].setWaiting(static_cast<std::uint32_t>(items->size()));
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

Result<void> Service::directory_install(Context& context, In request, Out reply) {
    const auto version = parts_.node.install_directory(from_text(request.getDirectoryInstall()));
    if (!version) return std::unexpected(version.error());
    context.reason = "version " + std::to_string(*version);
    reply.initDone().setState(to_text(context.reason));
    return {};
}

Result<void> Service::audit_verify(Context& context, In, Out reply) {
    const auto verified = parts_.audit.verify(context.from);
    if (!verified) return std::unexpected(verified.error());
    auto out = reply.initAuditVerified();
    out.setSize(verified->size);
    out.setRoot(to_text(to_hex(verified->root)));
    return {};
}

Result<void> Service::audit_export(Context& context, In request, Out reply) {
    const auto wanted = request.getAuditExport();
    std::vector<std::pair<std::uint64_t, store::AuditEntry>> entries;
    const auto read = parts_.audit.read(context.from, wanted.getFirst(),
                                        std::clamp<std::uint32_t>(wanted.getLimit(), 1, 1'000),
                                        [&](std::uint64_t number, const store::AuditEntry& entry) {
                                            entries.emplace_back(number, entry);
                                            return true;
                                        });
    if (!read) return read;
    auto out = reply.initAudit(static_cast<unsigned>(entries.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto& [number, entry] = entries[i];
        out[i].setNumber(number);
        out[i].setAt(to_text(format_time(entry.at)));
        out[i].setActor(to_text(entry.actor));
        out[i].setRole(to_text(entry.role));
        out[i].setAction(to_text(entry.action));
        out[i].setSubject(to_text(subject_text(entry.subject)));
        out[i].setReason(to_text(entry.reason));
        out[i].setResult(to_text(entry.result));
    }
    return {};
}

Result<void> Service::passport_export(Context& context, In request, Out reply) {
    const auto id = parse_id<ReferralId>(from_text(request.getPassportExport()));
    if (!id) return std::unexpected(id.error());
    const auto passport =
        federation::export_passport(context.from, parts_.referrals, parts_.node.directory_note(),
                                    parts_.signing, *id, context.now);
    if (!passport) return std::unexpected(passport.error());
    // It crosses the door in one message; a longer one would need a door for files.
    if (passport->size() > door_message_bytes_max - 1024) return fail(Fault::bad_size, "passport");
    reply.setPassport(to_data(*passport));
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
    }
    return {};
}

}  // namespace sanad::api
