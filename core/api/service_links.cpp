// The part of Service that is about single links: what they hold, freezing, and the courier.
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/base/message.h"

#include <algorithm>

namespace sanad::api {

using federation::Direction;
using federation::Lane;
using federation::LinkFreezes;

namespace {

Result<Lane> lane_from(const std::string& name) {
    for (const Lane lane : federation::all_lanes)
        if (name == federation::name(lane)) return lane;
    return fail(Fault::unsupported, "lane");
}

void fill_freeze(schema::api::LinkDetail::Builder out, const federation::LinkFreeze& freeze) {
    out.setFrozen(text(freeze.why));
    out.setFrozenAt(text(format_time(freeze.at)));
    out.setFrozenBy(text(freeze.by));
    out.setReason(text(freeze.reason));
    out.setEvidenceLane(text(freeze.lane));
    out.setHeldHead(text(freeze.held_head));
    out.setShownHead(text(freeze.shown_head));
    out.setResumeBy(text(freeze.resume_by));
    out.setResumeAt(text(time_or_nothing(freeze.resume_at)));
    out.setResumeReason(text(freeze.resume_reason));
}

}  // namespace

Result<NodeId> Service::link_peer(const std::string& name) const {
    const NodeId peer{name};
    const auto table = parts_.peers.current();
    if (peer == parts_.self || !table->nodes.contains(peer))
        return fail(Fault::denied, "node_unknown");
    return peer;
}

Result<void> Service::link_show(Context& context, In request, Out reply) {
    const auto peer = link_peer(from_text(request.getLinkShow()));
    if (!peer) return std::unexpected(peer.error());
    const auto all = parts_.node.links();
    const auto status = std::ranges::find(all, *peer, &federation::Links::Status::peer);
    auto out = reply.initLink();
    out.setPeer(text(peer->text));
    auto lanes = out.initLanes(2);
    for (unsigned i = 0; i < lanes.size(); ++i) {
        const Lane lane = federation::all_lanes[i];
        const auto ours = parts_.referrals.logs().end(context.from, {*peer, Direction::out, lane});
        const auto theirs = parts_.referrals.logs().end(context.from, {*peer, Direction::in, lane});
        if (!ours) return std::unexpected(ours.error());
        if (!theirs) return std::unexpected(theirs.error());
        lanes[i].setLane(federation::name(lane));
        lanes[i].setSent(ours->size);
        lanes[i].setReceipted(ours->receipted.size());
        lanes[i].setReceived(theirs->size);
        lanes[i].setOurHead(text(ours->note));
        lanes[i].setTheirHead(text(theirs->note));
        if (status == all.end()) continue;
        for (const auto& progress : status->recovering)
            if (progress.lane.lane == lane) {
                lanes[i].setRecovered(progress.have);
                lanes[i].setRecovering(progress.wanted);
            }
    }
    if (status != all.end()) {
        out.setUp(status->up);
        out.setHeard(status->heard);
    }
    const auto freeze = parts_.freezes.find(context.from, *peer);
    if (!freeze) return std::unexpected(freeze.error());
    if (*freeze) fill_freeze(out, **freeze);
    return {};
}

Result<void> Service::link_freeze(Context& context, In request, Out reply) {
    const auto in = request.getLinkFreeze();
    const auto peer = link_peer(from_text(in.getPeer()));
    if (!peer) return std::unexpected(peer.error());
    const std::string reason = from_text(in.getReason());
    if (reason.empty()) return fail(Fault::denied, "reason_missing");
    if (reason.size() > LinkFreezes::reason_bytes_max) return fail(Fault::bad_size, "reason");
    federation::LinkFreeze freeze;
    freeze.why = "by_administrator";
    freeze.at = context.now;
    freeze.by = context.actor.name;
    freeze.reason = reason;
    const auto frozen = parts_.freezes.freeze(*context.draft, *peer, freeze);
    if (!frozen) return std::unexpected(frozen.error());
    if (!*frozen) return fail(Fault::conflict, "frozen");
    parts_.feed.emit(*context.draft,
                     {.at = context.now, .name = "link.frozen", .peer = peer->text});
    context.reason = peer->text + ": " + reason;
    auto done = reply.initDone();
    done.setId(text(peer->text));
    done.setState("frozen");
    return {};
}

Result<void> Service::link_resume(Context& context, In request, Out reply) {
    const auto in = request.getLinkResume();
    const auto peer = link_peer(from_text(in.getPeer()));
    if (!peer) return std::unexpected(peer.error());
    const std::string reason = from_text(in.getReason());
    if (reason.empty()) return fail(Fault::denied, "reason_missing");
    if (reason.size() > LinkFreezes::reason_bytes_max) return fail(Fault::bad_size, "reason");
    const auto resumed =
        parts_.freezes.resume(*context.draft, *peer, context.actor.name, reason, context.now);
    if (!resumed) return std::unexpected(resumed.error());
    const bool is_done = *resumed == LinkFreezes::Resumed::done;
    parts_.feed.emit(*context.draft, {.at = context.now,
                                      .name = is_done ? "link.resumed" : "link.resume_asked",
                                      .peer = peer->text});
    context.reason = peer->text + (is_done ? " resumed: " : " asked: ") + reason;
    auto done = reply.initDone();
    done.setId(text(peer->text));
    done.setState(is_done ? "resumed" : "waits_for_second_administrator");
    return {};
}

void Service::link_retry(federation::Links& links, In request, const Settle& settle) {
    const auto peer = link_peer(from_text(request.getLinkRetry()));
    if (!peer) return settle(std::unexpected(peer.error()), {});
    links.retry(*peer);
    settle({}, [&](Out reply) { reply.initDone().setState("tried_now"); });
}

void Service::link_recover(federation::Links& links, In request, const Settle& settle) {
    const auto peer = link_peer(from_text(request.getLinkRecover()));
    if (!peer) return settle(std::unexpected(peer.error()), {});
    links.recover(*peer);
    settle({}, [&](Out reply) { reply.initDone().setState("asked"); });
}

void Service::link_export(federation::Links& links, In request, const Settle& settle) {
    using Links = federation::Links;
    const auto in = request.getLinkExport();
    const auto peer = link_peer(from_text(in.getPeer()));
    if (!peer) return settle(std::unexpected(peer.error()), {});
    Result<Links::CourierPart> part;
    if (const auto wanted = from_text(in.getLane()); wanted.empty()) {
        part = links.courier_greeting(*peer);
    } else {
        const auto lane = lane_from(wanted);
        if (!lane) return settle(std::unexpected(lane.error()), {});
        part = links.courier_push(*peer, *lane, in.getFirst(),
                                  in.getUnheard() ? Links::Heard::may : Links::Heard::must);
    }
    if (!part) return settle(std::unexpected(part.error()), {});
    settle({}, [&](Out reply) {
        auto out = reply.initCourier();
        out.setFrom(text(parts_.self.text));
        out.setNext(part->next);
        out.setSize(part->size);
        auto frames = out.initFrames(static_cast<unsigned>(part->frames.size()));
        for (unsigned i = 0; i < frames.size(); ++i) frames.set(i, to_data(part->frames[i]));
    });
}

void Service::link_import(federation::Links& links, In request, const Settle& settle) {
    const auto in = request.getLinkImport();
    const auto peer = link_peer(from_text(in.getFrom()));
    if (!peer) return settle(std::unexpected(peer.error()), {});
    if (from_text(in.getTo()) != parts_.self.text)
        return settle(fail(Fault::denied, "courier_for_another"), {});
    links.courier_take(*peer, from_data(in.getFrame()),
                       [settle](const Result<federation::Links::CourierTaken>& taken) {
                           if (!taken) return settle(std::unexpected(taken.error()), {});
                           settle({}, [&](Out reply) {
                               auto out = reply.initCourierTaken();
                               out.setEntries(taken->entries);
                           });
                       });
}

}  // namespace sanad::api
