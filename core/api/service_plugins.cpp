// The part of Service that is about plugins.
#include "core/api/service.h"
#include "core/base/message.h"
#include "core/base/time_text.h"

#include <algorithm>
#include <map>

namespace sanad::api {
namespace {

using schema::api::PluginView;

void fill_letters(PluginView::Builder view, const std::vector<store::OutboxItem>& dead) {
    auto letters = view.initDeadLetters(static_cast<unsigned>(dead.size()));
    for (unsigned i = 0; i < letters.size(); ++i) {
        letters[i].setNumber(dead[i].number);
        letters[i].setSubject(to_text(format_uuid(dead[i].subject)));
        letters[i].setCreatedAt(to_text(format_time(dead[i].created_at)));
        letters[i].setAttempt(dead[i].attempt);
    }
}

void fill(capnp::List<capnp::Text>::Builder list, const std::vector<std::string>& texts) {
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(texts[i]));
}

void fill(PluginView::Builder view, const NodeControl::Plugin& plugin) {
    view.setInstance(to_text(plugin.instance));
    view.setPlugin(to_text(plugin.plugin));
    view.setVersion(to_text(plugin.version));
    view.setState(to_text(plugin.state));
    view.setKind(to_text(plugin.kind));
    view.setRun(to_text(plugin.run));
    view.setHealth(to_text(plugin.health));
    view.setHealthReason(to_text(plugin.health_reason));
    view.setCrashes(plugin.crashes);
    view.setSandboxLacks(to_text(plugin.sandbox_lacks));
    auto measures = view.initMeasures(static_cast<unsigned>(plugin.measures.size()));
    for (unsigned i = 0; i < measures.size(); ++i) {
        measures[i].setName(to_text(plugin.measures[i].first));
        measures[i].setCount(plugin.measures[i].second);
    }
    view.setHash(to_text(plugin.hash));
    view.setSigner(to_text(plugin.signer));
    fill(view.initGrants(static_cast<unsigned>(plugin.grants.size())), plugin.grants);
    fill(view.initWithheld(static_cast<unsigned>(plugin.withheld.size())), plugin.withheld);
    auto transitions = view.initTransitions(static_cast<unsigned>(plugin.transitions.size()));
    for (unsigned i = 0; i < transitions.size(); ++i) {
        transitions[i].setAt(to_text(format_time(plugin.transitions[i].at)));
        transitions[i].setState(to_text(plugin.transitions[i].state));
        transitions[i].setReason(to_text(plugin.transitions[i].reason));
        transitions[i].setHow(to_text(plugin.transitions[i].how));
    }
}

}  // namespace

Result<void> Service::plugin_list(Context& context, In request, Out reply) {
    const std::string wanted = from_text(request.getPluginList());
    auto facts = parts_.node.facts();
    std::erase_if(facts.plugins, [&](const NodeControl::Plugin& plugin) {
        return !wanted.empty() && plugin.instance != wanted;
    });
    if (!wanted.empty() && facts.plugins.empty()) return fail(Fault::not_found, "plugin");
    auto views = reply.initPlugins(static_cast<unsigned>(facts.plugins.size()));
    for (unsigned i = 0; i < views.size(); ++i) {
        fill(views[i], facts.plugins[i]);
        auto items = parts_.outbox.read(context.from, facts.plugins[i].instance, 0, list_items_max);
        if (!items) return std::unexpected(items.error());
        const auto alive =
            std::ranges::stable_partition(*items, std::identity(), &store::OutboxItem::dead);
        views[i].setWaiting(static_cast<std::uint32_t>(alive.size()));
        items->erase(alive.begin(), alive.end());
        fill_letters(views[i], *items);
    }
    return {};
}

Result<void> Service::plugin_move(Context& context, In request, Out reply) {
    const auto in = request.getPluginMove();
    const std::string instance = from_text(in.getInstance());
    const std::string move = from_text(in.getMove());
    if (move == "resume") {
        if (const auto resumed = parts_.node.resume_plugin(instance); !resumed) return resumed;
    } else if (move == "retry" || move == "drop") {
        if (const auto moved = move_dead_letter(context, instance, move, in.getNumber()); !moved)
            return moved;
    } else {
        return fail(Fault::unsupported, "move");
    }
    auto done = reply.initDone();
    done.setId(to_text(instance));
    done.setState(to_text(move));
    return {};
}

void Service::plugin_change(In request, const Settle& settle) {
    using enum NodeControl::PluginChange;
    static const std::map<std::string, NodeControl::PluginChange, std::less<>> changes{
        {"enable", enable}, {"disable", disable}, {"reload", reload}, {"rollback", rollback}};
    const auto in = request.getPluginChange();
    const std::string instance = from_text(in.getInstance());
    const auto change = changes.find(from_text(in.getWhat()));
    if (change == changes.end()) return settle(fail(Fault::unsupported, "what"), {});
    // Why a plugin stays as it was is for the person who asked, in whole words.
    parts_.node.change_plugin(instance, change->second,
                              [instance, settle](const Result<std::string>& state) {
                                  if (!state && state.error().fault == Fault::not_found)
                                      return settle(std::unexpected(state.error()), {});
                                  settle({}, [&](Out reply) {
                                      auto done = reply.initDone();
                                      done.setId(to_text(instance));
                                      if (state) return done.setState(to_text(*state));
                                      done.setCode(to_text(std::string(name(state.error().fault))));
                                      done.setNote(to_text(state.error().detail));
                                  });
                              });
}

Result<void> Service::move_dead_letter(Context& context, const std::string& instance,
                                       std::string_view move, std::uint64_t number) {
    const auto items = parts_.outbox.read(context.from, instance, number == 0 ? 0 : number - 1, 1);
    if (!items) return std::unexpected(items.error());
    if (items->empty() || items->front().number != number || !items->front().dead)
        return fail(Fault::not_found, "dead letter");
    store::OutboxItem item = items->front();
    context.subject = item.subject;
    parts_.feed.emit(*context.draft,
                     {.at = context.now,
                      .name = move == "retry" ? "plugin.letter_retried" : "plugin.letter_dropped",
                      .subject = item.subject,
                      .peer = instance,
                      .number = number});
    if (move == "drop") return parts_.outbox.remove(*context.draft, instance, number);
    item.dead = false;
    item.strikes = 0;
    item.not_before = context.now;
    return parts_.outbox.update(*context.draft, instance, item);
}

}  // namespace sanad::api
