#include "core/node/instance_life.h"

#include "core/base/join.h"
#include "core/base/message.h"
#include "core/node/loading_mark.h"
#include "core/plugins/supervised_instance.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <algorithm>
#include <utility>

namespace sanad::node {
namespace {

constexpr Duration health_limit{5'000};
constexpr Duration start_limit{15'000};  // what goes out waits while a new version starts

}  // namespace

Result<std::unique_ptr<InstanceLife>> InstanceLife::make(
    const LifeParts& parts, std::shared_ptr<const Configuration> configuration,
    const std::string& instance, const InstanceLife* former, std::uint64_t number) {
    const auto& all = configuration->plugins;
    const auto settings = std::ranges::find(all, instance, &PluginSettings::instance);
    if (settings == all.end())
        return fail(Fault::invalid, configuration->file.string() +
                                        ": no [[plugin]] has the instance " + instance +
                                        " any more: switch it off with sanad plugin disable");
    auto opened = open_plugin(*configuration, *settings);
    if (!opened) return std::unexpected(opened.error());
    std::unique_ptr<InstanceLife> life(
        new InstanceLife(parts, configuration, *settings,
                         std::make_shared<const OpenedPlugin>(std::move(*opened)), number));
    if (const auto prepared = life->prepare(former); !prepared)
        return std::unexpected(prepared.error());
    return life;
}

Result<void> InstanceLife::prepare(const InstanceLife* former) {
    auto checked = check_settings(*opened_, settings_);
    if (!checked) return std::unexpected(checked.error());
    auto grants = effective_grants(*opened_, settings_);
    // What node.toml's own list leaves out is meant so; what nobody was asked about is not.
    if (!settings_.grants)
        std::ranges::copy_if(
            opened_->manifest().grants, std::back_inserter(withheld_),
            [&](const auto& asked) { return std::ranges::find(grants, asked) == grants.end(); });
    broker_ = std::make_unique<plugins::Broker>(std::move(grants), std::move(checked->fields));
    if (former != nullptr) broker_->take_over(*former->broker_);
    config_ = std::move(checked->message);
    return {};
}

InstanceLife::~InstanceLife() {
    pump_.reset();
    instance_.reset();
}

Result<std::unique_ptr<PluginLife>> InstanceLife::again(const PluginLife& now,
                                                        std::uint64_t number) {
    std::unique_ptr<InstanceLife> life(
        new InstanceLife(parts_, configuration_, settings_, opened_, number));
    if (const auto prepared = life->prepare(static_cast<const InstanceLife*>(&now)); !prepared)
        return std::unexpected(prepared.error());
    return life;
}

Result<std::unique_ptr<plugins::Instance>> InstanceLife::in_process() {
    auto library = plugins::Library::load(lasting_path(opened_->file));
    if (!library) return std::unexpected(library.error());
    return plugins::run_in_process(*library, settings_.instance, parts_.services, parts_.log,
                                   parts_.clock, {}, broker_.get(),
                                   [this](const std::string& what) {
                                       parts_.told(number_, settings_, *broker_,
                                                   {.number = 2,
                                                    .at = parts_.clock.now(),
                                                    .to = plugins::InstanceState::hung,
                                                    .reason = plugins::EndReason::hang,
                                                    .how = what});
                                   });
}

Result<std::unique_ptr<plugins::Instance>> InstanceLife::isolated() {
    plugins::Isolation isolation{find_plugin_host(*configuration_)};
    if (configuration_->unsandboxed_plugins) isolation.sandbox = plugins::Sandbox::if_possible;
    isolation.broker = broker_.get();
    isolation.limits.start = start_limit;
    const auto start_process = [this,
                                isolation](std::function<void(const plugins::Ending&)> on_end) {
        auto once = isolation;
        once.on_end = std::move(on_end);
        return plugins::run_isolated(opened_->path(), settings_.instance, parts_.services,
                                     parts_.log, parts_.clock, std::move(once));
    };
    const auto told = [this](const plugins::Transition& transition) {
        parts_.told(number_, settings_, *broker_, transition);
    };
    return plugins::supervise(opened_->manifest(), settings_.instance, start_process, {}, told,
                              parts_.entropy, parts_.log, parts_.clock);
}

Result<void> InstanceLife::start() {
    parts_.services.set_channel(settings_.instance, opened_->manifest().id);
    if (!withheld_.empty())
        parts_.log.warn("plugin.grants_withheld", {{"instance", settings_.instance},
                                                   {"version", version()},
                                                   {"grants", join(withheld_, ",")}});
    std::optional<LoadingMark> mark;  // until it runs
    if (settings_.placement == Placement::in_process) {
        auto set = LoadingMark::set(*configuration_, settings_.instance);
        if (!set) return std::unexpected(set.error());
        mark.emplace(std::move(*set));
    }
    auto instance = settings_.placement == Placement::in_process ? in_process() : isolated();
    if (!instance) return std::unexpected(instance.error());
    if (const auto configured = (*instance)->configure(config_); !configured) return configured;
    if (const auto started = (*instance)->start(); !started) return started;
    if ((*instance)->state() == plugins::InstanceState::running)
        parts_.hide_page(settings_.instance);
    parts_.log.info("plugin.running", {{"instance", settings_.instance},
                                       {"version", version()},
                                       {"run", name(settings_.placement)}});
    const std::lock_guard lock(mutex_);
    instance_ = std::move(*instance);
    return {};
}

Result<void> InstanceLife::check() {
    if (instance_->state() != plugins::InstanceState::running)
        return fail(Fault::closed, "its process ended at once");
    const auto reply = instance_->call(SANAD_M_HEALTH, {}, health_limit);
    // Not every plugin says how it is.
    if (!reply)
        return reply.error().fault == Fault::unsupported
                   ? Result<void>()
                   : fail(reply.error().fault, "it does not say how it is");
    using plugin::schema::HealthReply;
    return read_message<HealthReply>(*reply, [](HealthReply::Reader health) -> Result<void> {
        if (health.getState() == HealthReply::State::FAILED)
            return fail(Fault::invalid, "it says that it cannot work");
        return {};
    });
}

void InstanceLife::feed() {
    // A channel that may not bring messages out gets none: they wait until somebody grants it.
    if (opened_->manifest().kind == plugins::Kind::channel && !broker_->has("outbound.deliver"))
        return;
    auto pump = parts_.pump(*instance_);
    const std::lock_guard lock(mutex_);
    pump_ = std::move(pump);
}

void InstanceLife::hold() {
    if (pump_) pump_->hold();
}

void InstanceLife::drain() {
    warn("plugin.not_drained", instance_->drain());
    if (pump_) pump_->settle();
}

void InstanceLife::stop() {
    std::unique_ptr<PluginPump> pump;
    {
        const std::lock_guard lock(mutex_);
        pump = std::move(pump_);
    }
    pump.reset();
    warn("plugin.not_stopped", instance_->stop());
    std::unique_ptr<plugins::Instance> gone;  // and with it its process
    const std::lock_guard lock(mutex_);
    gone.swap(instance_);
}

void InstanceLife::warn(const char* event, const Result<void>& result) {
    if (!result)
        parts_.log.warn(event, {{"instance", settings_.instance},
                                {"fault", sanad::name(result.error().fault)}});
}

void InstanceLife::wake() {
    const std::lock_guard lock(mutex_);
    if (pump_) pump_->wake();
}

Result<void> InstanceLife::resume() {
    const std::lock_guard lock(mutex_);
    return instance_ ? instance_->resume() : fail(Fault::closed, settings_.instance + " has ended");
}

void InstanceLife::describe(api::NodeControl::Plugin& facts) const {
    facts.plugin = opened_->manifest().id;
    facts.version = version();
    facts.kind = plugins::name(opened_->manifest().kind);
    facts.grants = broker_->grants();
    facts.withheld = withheld_;
    facts.run = name(settings_.placement);
    facts.hash = opened_->bundle.hash;
    if (opened_->signer) facts.signer = opened_->signer->key.name;
    const std::lock_guard lock(mutex_);
    if (!instance_) return;
    const auto standing = instance_->standing();
    facts.state = plugins::name(standing.state);
    facts.run = name(standing.isolated ? Placement::isolated : Placement::in_process);
    facts.health = plugins::name(standing.health.state);
    facts.health_reason = standing.health.reason;
    facts.sandbox_lacks = standing.sandbox_lacks;
    facts.crashes = static_cast<std::uint32_t>(standing.crashes);
}

}  // namespace sanad::node
