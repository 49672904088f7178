// The part of Node that tells people what became of plugins.
#include "core/node/node.h"

namespace sanad::node {

void Node::show_fallback(const PluginSettings& settings, plugins::Broker& broker) {
    auto socket = broker.listen("listen");
    if (!socket) return;  // nothing of it faces the outside, or it never did
    if (!broker.field("certificateFile").empty())
        return around_.log.warn("plugin.no_fallback",
                                {{"instance", settings.instance}, {"why", "tls"}});
    const std::lock_guard lock(fallback_mutex_);
    fallback_pages_[settings.instance] =
        std::make_unique<FallbackPage>(std::move(*socket), settings.fallback);
    around_.log.warn("plugin.fallback_shown", {{"instance", settings.instance}});
}

void Node::hide_fallback(const std::string& instance) {
    std::unique_ptr<FallbackPage> page;  // goes without the mutex
    const std::lock_guard lock(fallback_mutex_);
    const auto found = fallback_pages_.find(instance);
    if (found == fallback_pages_.end()) return;
    page = std::move(found->second);
    fallback_pages_.erase(found);
}

// What becomes of a plugin's process stands in the feed, from its first fall on. One that stays
// down is a matter of the people on duty: children may be waiting there.
void Node::tell_plugin(std::uint64_t life, const PluginSettings& settings, plugins::Broker& broker,
                       const plugins::Transition& transition) {
    using plugins::InstanceState;
    const bool quarantined = transition.to == InstanceState::quarantined;
    const bool hung = transition.to == InstanceState::hung;
    const bool fell = quarantined || transition.to == InstanceState::restarting;
    const std::string reason = plugins::name(transition.reason);
    if (PluginSlot* slot = find_slot(settings.instance)) {
        slot->note(life, {transition.at, plugins::name(transition.to), reason, transition.how});
        if (fell) slot->fell(life, transition.how.empty() ? reason : transition.how);
    }
    if (quarantined) show_fallback(settings, broker);
    if (transition.to == InstanceState::running) hide_fallback(settings.instance);
    if (fell) counters_.add("plugin.fell");
    const bool back = transition.to == InstanceState::running && transition.number != 1;
    if (fell || hung || back)
        tell_feed(std::string("plugin.") + plugins::name(transition.to), settings.instance,
                  quarantined || hung ? reason : "");
}

// The process before this one ended while it loaded the plugin, and would again.
void Node::tell_quarantined_at_start(PluginSlot& slot) {
    const std::string state = plugins::name(plugins::InstanceState::quarantined);
    const std::string reason = plugins::name(plugins::EndReason::crash);
    around_.log.error("plugin.quarantined", {{"instance", slot.instance()}, {"how", "loading"}});
    slot.note(0, {around_.clock.now(), state, reason, "the node ended while it loaded it"});
    tell_feed("plugin." + state, slot.instance(), reason);
}

// page  why the people on duty are to look at once; empty: they are not
void Node::tell_feed(const std::string& name, const std::string& instance,
                     const std::string& page) {
    const auto taken = engine_->submit(
        [this, name, instance, page,
         at = around_.clock.now()](store::Draft& draft) -> Result<void> {
            store::Event event{.at = at, .name = name, .peer = instance};
            if (!page.empty())
                if (const auto paged = page_duty(draft, event, page); !paged) return paged;
            feed_->emit(draft, std::move(event));
            return {};
        },
        {});
    if (!taken) counters_.add("plugin.untold");
}

Result<void> Node::page_duty(store::Draft& draft, store::Event& event, const std::string& reason) {
    for (const auto action :
         {casework::StepAction::alert_supervisor_and_fallback, casework::StepAction::call_list}) {
        auto names = duty_->tell(draft,
                                 {.subject = {},
                                  .case_id = {},
                                  .peer = event.peer,
                                  .urgency = casework::Urgency::u1,
                                  .action = action,
                                  .name = event.name,
                                  .limit = reason},
                                 event.at);
        if (!names) return std::unexpected(names.error());
        if (!names->empty()) event.who += (event.who.empty() ? "" : ", ") + *names;
    }
    return {};
}

}  // namespace sanad::node
