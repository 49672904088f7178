// The part of Node that runs plugins.
#include "core/node/loading_mark.h"
#include "core/node/node.h"
#include "core/plugins/configuration.h"

#include <algorithm>

namespace sanad::node {

// Before any thread is there: what wakes the pumps goes through this list.
void Node::make_slots() {
    life_parts_.emplace(life_parts());
    for (const auto& settings : configuration_.plugins)
        slots_.push_back(
            std::make_unique<PluginSlot>(settings.instance, slot_acts(settings.instance)));
}

LifeParts Node::life_parts() {
    return {.services = *services_,
            .clock = around_.clock,
            .entropy = around_.entropy,
            .log = around_.log,
            .pump =
                [this](plugins::Instance& instance) {
                    return std::make_unique<PluginPump>(PluginPump::Parts{
                        *store_.store, *engine_, *outbox_, *feed_, *escalations_, *switchboard_,
                        instance, around_.clock, around_.log, counters_});
                },
            .told =
                [this](std::uint64_t life, const PluginSettings& settings, plugins::Broker& broker,
                       const plugins::Transition& transition) {
                    tell_plugin(life, settings, broker, transition);
                },
            .show_page = [this](const PluginSettings& settings,
                                plugins::Broker& broker) { show_fallback(settings, broker); },
            .hide_page = [this](const std::string& instance) { hide_fallback(instance); }};
}

PluginSlot::Acts Node::slot_acts(const std::string& instance) {
    return {
        .make = [this, instance](
                    PluginLife* former,
                    std::uint64_t number) { return make_life(instance, former, number); },
        .roll_back = [this, instance]() -> Result<void> {
            const auto& all = configuration_.plugins;
            const auto settings = std::ranges::find(all, instance, &PluginSettings::instance);
            return roll_back_plugin(configuration_, settings->plugin);
        },
        .keep =
            [this](const PluginLife& runs) {
                const auto& opened = static_cast<const InstanceLife&>(runs).opened();
                const auto use = plugin_use(configuration_, opened.manifest().id);
                if (use && use->current && use->current->hash != opened.bundle.hash &&
                    use->previous && use->previous->hash == opened.bundle.hash)
                    (void)roll_back_plugin(configuration_, opened.manifest().id);
            },
        .remember = [this, instance](
                        bool enabled) { return set_disabled(configuration_, instance, !enabled); },
        .now = [this] { return around_.clock.now(); },
        .elapsed = [this] { return around_.clock.elapsed(); },
        .tell =
            [this, instance](const std::string& event, const std::string& how) {
                around_.log.warn(event, {{"instance", instance}, {"how", how}});
                tell_feed(event, instance);
            }};
}

// Of the configuration that the node started with, or, for a change, as the file is now.
Result<std::unique_ptr<PluginLife>> Node::make_life(const std::string& instance, PluginLife* former,
                                                    std::uint64_t number) {
    auto configuration = number > 1 ? load_configuration(configuration_.file)
                                    : Result<Configuration>(configuration_);
    if (!configuration) return std::unexpected(configuration.error());
    auto made = InstanceLife::make(*life_parts_,
                                   std::make_shared<const Configuration>(std::move(*configuration)),
                                   instance, static_cast<InstanceLife*>(former), number);
    if (!made) return std::unexpected(made.error());
    return std::unique_ptr<PluginLife>(std::move(*made));
}

Result<void> Node::start_plugins() {
    if (configuration_.plugin_signers.empty())
        around_.log.warn("plugin.no_signers", {{"plugins", "any in the folders"}});
    const auto disabled = disabled_plugins(configuration_);
    if (!disabled) return std::unexpected(disabled.error());
    if (configuration_.safe_mode) around_.log.warn("node.safe_mode");
    for (const auto& slot : slots_) {
        const bool fatal = LoadingMark::is_left(configuration_, slot->instance());
        const bool runs =
            !configuration_.safe_mode && !disabled->contains(slot->instance()) && !fatal;
        if (const auto started = slot->start(runs); !started)
            return fail(started.error().fault,
                        "plugin " + slot->instance() + ": " + started.error().detail);
        if (fatal) tell_quarantined_at_start(*slot);
    }
    return {};
}

PluginSlot* Node::find_slot(const std::string& instance) {
    const auto found = std::ranges::find_if(
        slots_, [&](const auto& slot) { return slot->instance() == instance; });
    return found == slots_.end() ? nullptr : found->get();
}

Result<void> Node::resume_plugin(const std::string& name) {
    PluginSlot* slot = find_slot(name);
    return slot ? slot->resume() : fail(Fault::not_found, "plugin");
}

void Node::change_plugin(const std::string& instance, PluginChange change,
                         std::function<void(const Result<std::string>&)> done) {
    PluginSlot* slot = find_slot(instance);
    if (slot == nullptr)
        return done(fail(Fault::invalid, instance +
                                             ": no such [[plugin]] when the node started: see "
                                             "that node.toml has it, and start the node again"));
    if (configuration_.safe_mode)
        return done(
            fail(Fault::denied, "the node runs in safe mode: start it without --safe-mode"));
    // That a file is not there is not that the plugin is unknown.
    slot->ask(change, [done = std::move(done)](const Result<std::string>& state) {
        if (state || state.error().fault != Fault::not_found) return done(state);
        done(fail(Fault::invalid, state.error().detail));
    });
}

api::NodeControl::Plugin Node::plugin_facts(const PluginSlot& slot) const {
    auto facts = slot.facts();
    const auto settings =
        std::ranges::find(configuration_.plugins, slot.instance(), &PluginSettings::instance);
    if (facts.plugin.empty()) facts.plugin = settings->plugin;
    if (facts.run.empty()) facts.run = name(settings->placement);
    for (const auto& [measure, value] : services_->measures(slot.instance()))
        facts.measures.push_back({measure, value.value});
    return facts;
}

}  // namespace sanad::node
