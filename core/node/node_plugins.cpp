// The part of Node that runs plugins.
#include "core/node/node.h"
#include "core/plugins/configuration.h"
#include "core/plugins/supervised_instance.h"

#include <algorithm>
#include <future>

namespace sanad::node {

Result<std::unique_ptr<plugins::Instance>> Node::make_in_process(
    const PluginSettings& settings, const std::filesystem::path& file) {
    auto library = plugins::Library::load(file);
    if (!library) return std::unexpected(library.error());
    return plugins::run_in_process(*library, settings.instance, *services_, around_.log,
                                   around_.clock, {}, brokers_.back().get());
}

Result<std::unique_ptr<plugins::Instance>> Node::make_isolated(const PluginSettings& settings,
                                                               const std::filesystem::path& file,
                                                               const plugins::Manifest& manifest) {
    plugins::Isolation isolation{find_plugin_host(configuration_)};
    if (configuration_.unsandboxed_plugins) isolation.sandbox = plugins::Sandbox::if_possible;
    isolation.broker = brokers_.back().get();
    const auto start_process = [this, file, name = settings.instance,
                                isolation](std::function<void(const plugins::Ending&)> on_end) {
        auto once = isolation;
        once.on_end = std::move(on_end);
        return plugins::run_isolated(file, name, *services_, around_.log, around_.clock,
                                     std::move(once));
    };
    const auto told = [this, &settings,
                       broker = brokers_.back().get()](const plugins::Transition& transition) {
        tell_plugin(settings, *broker, transition);
    };
    return plugins::supervise(manifest, settings.instance, start_process, {}, told, around_.entropy,
                              around_.log, around_.clock);
}

namespace {

// What is known of a plugin before any of its code runs.
struct Prepared {
    std::filesystem::path file;
    plugins::Manifest manifest;
    Bytes config;
    std::unique_ptr<plugins::Broker> broker;
};

Result<Prepared> prepare(const Configuration& configuration, const PluginSettings& settings) {
    const auto file = find_plugin(configuration, settings);
    if (!file) return std::unexpected(file.error());
    auto read = plugins::read_plugin(*file);
    if (!read) return fail(read.error().fault, file->string() + ": " + read.error().detail);
    const auto schema = plugins::Configuration::load(read->config_schema);
    if (!schema) return std::unexpected(schema.error());
    auto config = (*schema)->from_json(settings.config.empty() ? "{}" : settings.config);
    if (!config) return std::unexpected(config.error());
    auto broker = std::make_unique<plugins::Broker>(
        plugins::effective_grants(read->manifest.grants, settings.grants),
        (*schema)->fields(*config));
    return Prepared{*file, std::move(read->manifest), std::move(*config), std::move(broker)};
}

}  // namespace

Result<void> Node::start_plugin(const PluginSettings& settings) {
    auto prepared = prepare(configuration_, settings);
    if (!prepared) return std::unexpected(prepared.error());
    brokers_.push_back(std::move(prepared->broker));
    services_->set_channel(settings.instance, prepared->manifest.id);
    auto instance = settings.placement == Placement::in_process
                        ? make_in_process(settings, prepared->file)
                        : make_isolated(settings, prepared->file, prepared->manifest);
    if (!instance) return std::unexpected(instance.error());
    if (const auto configured = (*instance)->configure(prepared->config); !configured)
        return configured;
    if (const auto started = (*instance)->start(); !started) return started;
    around_.log.info("plugin.running", {{"instance", settings.instance},
                                        {"version", prepared->manifest.version},
                                        {"run", name(settings.placement)}});
    instances_.push_back(std::move(*instance));
    return {};
}

// In safe mode people still read something where a channel was.
Result<void> Node::stand_in_for_plugins() {
    around_.log.warn("node.safe_mode");
    for (const auto& settings : configuration_.plugins) {
        auto prepared = prepare(configuration_, settings);
        if (!prepared) continue;  // it may be why there is a safe mode
        brokers_.push_back(std::move(prepared->broker));
        show_fallback(settings, *brokers_.back());
    }
    return {};
}

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

api::NodeControl::Plugin Node::plugin_facts(const plugins::Instance& instance) {
    const auto standing = instance.standing();
    Plugin facts{.instance = instance.name(),
                 .plugin = instance.manifest().id,
                 .version = instance.manifest().version,
                 .state = plugins::name(standing.state),
                 .kind = plugins::name(instance.manifest().kind),
                 .run = name(standing.isolated ? Placement::isolated : Placement::in_process),
                 .health = plugins::name(standing.health.state),
                 .health_reason = standing.health.reason,
                 .sandbox_lacks = standing.sandbox_lacks,
                 .crashes = static_cast<std::uint32_t>(standing.crashes)};
    for (const auto& [measure, value] : services_->measures(instance.name()))
        facts.measures.push_back({measure, value.value});
    for (const auto& transition : standing.transitions)
        facts.transitions.push_back({transition.at, plugins::name(transition.to),
                                     plugins::name(transition.reason), transition.how});
    return facts;
}

Result<void> Node::resume_plugin(const std::string& name) {
    const auto found = std::ranges::find(instances_, name, &plugins::Instance::name);
    if (found == instances_.end()) return fail(Fault::not_found, "plugin");
    return (*found)->resume();
}

Result<void> Node::start_plugins() {
    if (configuration_.safe_mode) return stand_in_for_plugins();
    for (const auto& settings : configuration_.plugins)
        if (const auto started = start_plugin(settings); !started)
            return fail(started.error().fault,
                        "plugin " + settings.instance + ": " + started.error().detail);
    std::vector<std::unique_ptr<PluginPump>> pumps;
    for (const auto& instance : instances_)
        pumps.push_back(std::make_unique<PluginPump>(
            PluginPump::Parts{*store_.store, *engine_, *outbox_, *feed_, *escalations_, *instance,
                              around_.clock, around_.log, counters_}));
    // The engine reads the list on its own thread: it is handed over there, once.
    std::promise<void> handed_over;
    const auto taken = engine_->submit([](store::Draft&) -> Result<void> { return {}; },
                                       [&](const Result<void>&) {
                                           pumps_ = std::move(pumps);
                                           handed_over.set_value();
                                       });
    if (!taken) return taken;
    handed_over.get_future().wait();
    return {};
}

// What becomes of a plugin's process stands in the feed, from its first fall on. One that stays
// down is a matter of the people on duty: children may be waiting there.
void Node::tell_plugin(const PluginSettings& settings, plugins::Broker& broker,
                       const plugins::Transition& transition) {
    using plugins::InstanceState;
    const bool down = transition.to == InstanceState::quarantined;
    const bool fell = down || transition.to == InstanceState::restarting;
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
