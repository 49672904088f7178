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
    const bool down = transition.to == InstanceState::quarantined;
    const bool fell = down || transition.to == InstanceState::restarting;
    const std::string reason = plugins::name(transition.reason);
    if (PluginSlot* slot = find_slot(settings.instance)) {
        slot->note(life, {transition.at, plugins::name(transition.to), reason, transition.how});
        if (fell) slot->fell(life, transition.how.empty() ? reason : transition.how);
    }
    if (down) show_fallback(settings, broker);
    if (transition.to == InstanceState::running) hide_fallback(settings.instance);
    if (fell) counters_.add("plugin.fell");
    if (!fell && (transition.to != InstanceState::running || transition.number == 1)) return;
    const auto taken = engine_->submit(
        [this, down, instance = settings.instance,
         transition](store::Draft& draft) -> Result<void> {
            store::Event event{.at = transition.at,
                               .name = std::string("plugin.") + plugins::name(transition.to),
                               .peer = instance};
            if (down)
                if (const auto paged = page_duty(draft, event, plugins::name(transition.reason));
                    !paged)
                    return paged;
            feed_->emit(draft, std::move(event));
            return {};
        },
        {});
    if (!taken) counters_.add("plugin.untold");
}

void Node::tell_feed(const std::string& name, const std::string& instance) {
    const auto taken = engine_->submit(
        [this, name, instance, at = around_.clock.now()](store::Draft& draft) -> Result<void> {
            feed_->emit(draft, {.at = at, .name = name, .peer = instance});
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
