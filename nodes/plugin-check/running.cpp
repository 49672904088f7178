#include "nodes/plugin-check/running.h"

#include "core/plugins/configuration.h"
#include "core/plugins/isolated_instance.h"
#include "core/plugins/status.h"
#include "core/plugins/step.h"
#include "nodes/plugin-check/child.h"
#include "nodes/plugin-check/sandboxed_library.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace sanad::plugin_check {

namespace {

using plugins::Step;

constexpr Duration call_limit{5'000};
constexpr Duration end_limit{1'000};  // until how a process ended is known
constexpr int drains_max = 200;

class InProcess final : public Running {
public:
    InProcess(std::unique_ptr<CheckingNode> node, std::unique_ptr<SandboxedLibrary> library,
              const sanad_plugin& plugin, const Prepared& prepared)
        : Running(std::move(node)),
          library_(std::move(library)),
          plugin_(&plugin),
          config_(prepared.config),
          again_(prepared.again) {}
    ~InProcess() override {
        if (started_) (void)stop();
        if (plugin_) plugin_->destroy(plugin_->self);
    }

    Result<void> configure() override {
        node().expect_calls(true);
        node().loop().begin();
        return step(Step::configure);
    }
    Result<void> start() override {
        const auto done = step(Step::start);
        started_ = done.has_value();
        return done;
    }
    Result<void> drain() override {
        for (int n = 0; n < drains_max; ++n) {
            const sanad_status status = plugins::carry_out(*plugin_, Step::drain, {}, soon());
            if (status == SANAD_OK) return {};
            if (status != SANAD_E_BUSY) return plugins::fail_with(status, "drain");
            node().clock().advance(Duration(100));
            std::this_thread::sleep_for(Duration(5));  // its own threads do the work
        }
        return fail(Fault::expired, "drain: busy after one second");
    }
    Result<void> stop() override {
        started_ = false;
        node().loop().end();
        const auto done = step(Step::stop);
        node().expect_calls(false);
        return done;
    }
    Result<void> destroy() override {
        plugin_->destroy(plugin_->self);
        plugin_ = nullptr;
        return {};
    }
    Result<Bytes> call(std::uint32_t method, ByteView request) override {
        plugin::Inbox inbox;
        const sanad_status status = give(method, request, soon(), inbox.sink());
        if (status != SANAD_OK) return plugins::fail_with(status, "call");
        const auto* bytes = static_cast<const std::uint8_t*>(inbox.bytes().data);
        return Bytes(bytes, bytes + inbox.bytes().size);
    }
    Result<Bytes> call_late(std::uint32_t method, ByteView request) override {
        plugin::Inbox inbox;
        const sanad_status status = give(method, request, 1, inbox.sink());
        if (status != SANAD_OK) return plugins::fail_with(status, "call");
        return Bytes();
    }
    Result<void> call_with_sink(std::uint32_t method, ByteView request, SinkOf sink) override {
        plugin::Inbox full(0);
        const sanad_status status =
            give(method, request, soon(), sink == SinkOf::nothing ? full.sink() : nullptr);
        if (status != SANAD_OK) return plugins::fail_with(status, "call");
        return {};
    }
    void run_posted() override {
        for (const std::uint64_t token : node().take_tokens())
            plugin_->on_event(plugin_->self, SANAD_EV_POST, token, 0);
        for (const auto& due : node().loop().take_due())
            plugin_->on_event(plugin_->self, due.event, due.token, due.arg);
    }
    Result<void> renew() override {
        const sanad_plugin* next = nullptr;
        const sanad_status status = library_->entry().create(&node().host(), &next);
        if (status != SANAD_OK || !next) return plugins::fail_with(status, "create");
        plugin_->destroy(plugin_->self);
        plugin_ = next;
        config_ = again_;
        if (const auto configured = configure(); !configured) return configured;
        return start();
    }

private:
    Result<void> step(Step step) {
        const sanad_status status =
            plugins::carry_out(*plugin_, step, {config_.data(), config_.size()}, soon());
        if (status == SANAD_OK) return {};
        return plugins::fail_with(status, plugins::name(step));
    }
    sanad_status give(std::uint32_t method, ByteView request, std::uint64_t deadline_ns,
                      const sanad_sink* reply) {
        sanad_call call{};
        call.size = sizeof call;
        call.method = method;
        call.id = next_id_++;
        call.deadline_ns = deadline_ns;
        call.request = {request.data(), request.size()};
        call.reply = reply;
        return plugin_->call(plugin_->self, &call);
    }
    std::uint64_t soon() {
        const std::chrono::nanoseconds at = node().clock().elapsed() + call_limit;
        return static_cast<std::uint64_t>(at.count());
    }

    const std::unique_ptr<SandboxedLibrary> library_;
    const sanad_plugin* plugin_;  // the plugin's, until destroy
    Bytes config_, again_;        // their bytes are aligned as operator new aligns
    bool started_ = false;
    std::uint64_t next_id_ = 1;
};

class Isolated final : public Running {
public:
    Isolated(const Subject& subject, std::unique_ptr<CheckingNode> node, Bytes config)
        : Running(std::move(node)), subject_(subject), config_(std::move(config)) {}
    ~Isolated() override { instance_.reset(); }

    Result<void> spawn() {
        instance_.reset();
        how_.clear();  // nobody is left to write it
        plugins::Isolation isolation{subject_.plugin_host};
        isolation.broker = &node().broker();
        isolation.load = Duration(3'000);
        // Time enough on a busy machine: how fast it is made is a check of its own.
        isolation.limits = {Duration(3'000), Duration(3'000), Duration(3'000), Duration(2'000),
                            Duration(3'000)};
        isolation.on_end = [this](const plugins::Ending& ending) {
            const std::lock_guard lock(mutex_);
            how_ = ending.how;
            told_how_.notify_all();
        };
        auto made = plugins::run_isolated(subject_.file, "checked", node(), node().watched_log(),
                                          system_clock_, isolation);
        if (!made) return std::unexpected(made.error());
        instance_ = std::move(*made);
        return {};
    }
    Result<void> configure() override {
        node().expect_calls(true);
        return told(instance_->configure(config_));
    }
    Result<void> start() override { return told(instance_->start()); }
    Result<void> drain() override { return told(instance_->drain()); }
    Result<void> stop() override { return told(instance_->stop()); }
    Result<void> destroy() override {
        instance_.reset();
        const std::lock_guard lock(mutex_);
        if (how_.empty()) return {};
        return fail(Fault::closed, "destroy: its process has ended (" + how_ + ")");
    }
    Result<Bytes> call(std::uint32_t method, ByteView request) override {
        return told(instance_->call(method, request, call_limit));
    }
    Result<Bytes> call_late(std::uint32_t, ByteView) override {
        return fail(Fault::unsupported, "not through the host of the plugin");
    }
    Result<void> call_with_sink(std::uint32_t, ByteView, SinkOf) override {
        return fail(Fault::unsupported, "not through the host of the plugin");
    }
    Result<void> renew() override {
        if (const auto spawned = spawn(); !spawned) return spawned;
        if (const auto configured = configure(); !configured) return configured;
        return start();
    }
    void run_posted() override {}  // the host of the plugin does

private:
    // The process's end is known a moment after the call that it did not answer.
    template <typename Value>
    Result<Value> told(Result<Value> result) {
        if (!result && instance_->state() == plugins::InstanceState::crashed)
            result.error().fault = Fault::closed;  // also when it was gone before it was asked
        if (result || result.error().fault != Fault::closed) return result;
        std::unique_lock lock(mutex_);
        told_how_.wait_for(lock, end_limit, [this] { return !how_.empty(); });
        if (!how_.empty()) result.error().detail += " (" + how_ + ")";
        return result;
    }

    const Subject& subject_;  // outlives us
    const Bytes config_;
    SystemClock system_clock_;
    std::mutex mutex_;  // guards how_
    std::condition_variable told_how_;
    std::string how_;
    std::unique_ptr<plugins::Instance> instance_;
};

Result<std::unique_ptr<Running>> create_in_process(const Subject& subject,
                                                   std::unique_ptr<CheckingNode> node,
                                                   const Prepared& prepared) {
    const sanad_host& host = node->host();
    const bool trusted = subject.plugin->manifest.kind == plugins::Kind::storage;
    const plugins::Broker& broker = node->broker();
    const auto network = broker.has("net.own")  ? plugin_host::Network::own
                         : broker.has_network() ? plugin_host::Network::brokered
                                                : plugin_host::Network::none;
    auto library =
        SandboxedLibrary::load(subject.file, network, trusted ? Closing::nothing : Closing::all);
    if (!library) return std::unexpected(library.error());
    const sanad_plugin* made = nullptr;
    const sanad_status status = (*library)->entry().create(&host, &made);
    if (status != SANAD_OK) return plugins::fail_with(status, "create");
    if (!made || !plugins::is_whole(*made)) return fail(Fault::malformed, "create: no whole table");
    return std::make_unique<InProcess>(std::move(node), std::move(*library), *made, prepared);
}

}  // namespace

Result<Prepared> prepare(const Subject& subject) {
    const auto configuration = plugins::Configuration::load(subject.plugin->config_schema);
    if (!configuration) return std::unexpected(configuration.error());
    const Settings& settings = subject.settings;
    const std::string& next = settings.again.empty() ? settings.first : settings.again;
    auto config = (*configuration)->from_json(filled(settings.first, subject));
    if (!config) return std::unexpected(config.error());
    auto again = (*configuration)->from_json(filled(next, subject));
    if (!again) return std::unexpected(again.error());
    auto fields = (*configuration)->fields(*config);
    return Prepared{std::move(*config), std::move(*again), std::move(fields)};
}

Result<std::unique_ptr<Running>> create(const Subject& subject, Mode mode, const Prepared& prepared,
                                        Grants grants) {
    auto node = std::make_unique<CheckingNode>(subject.plugin->manifest, grants, prepared.fields);
    if (mode == Mode::in_process) return create_in_process(subject, std::move(node), prepared);
    auto isolated = std::make_unique<Isolated>(subject, std::move(node), prepared.config);
    if (const auto spawned = isolated->spawn(); !spawned) return std::unexpected(spawned.error());
    return isolated;
}

Verdict not_started(const Subject& subject, const Error& error) {
    if (error.fault == Fault::closed || subject.settings.given) return failed(error.detail);
    return skipped("with the defaults of its schema it says \"" + error.detail +
                   "\": give settings that it runs with, --settings FILE");
}

Verdict judged_by(const CheckingNode& node) {
    const std::string objection = node.objection();
    return objection.empty() ? passed() : failed(objection);
}

Verdict judged(Running& running, Verdict said) {
    const std::string objection = running.node().objection();
    if (said.outcome == Outcome::failed || objection.empty()) return said;
    return failed(objection);
}

Verdict with_running(const Subject& subject, Mode mode,
                     const std::function<Verdict(Running&)>& use) {
    const auto prepared = prepare(subject);
    if (!prepared) return not_started(subject, prepared.error());
    const auto made = create(subject, mode, *prepared);
    if (!made) return failed(made.error().detail);
    Running& running = **made;
    if (const auto configured = running.configure(); !configured)
        return judged(running, not_started(subject, configured.error()));
    if (const auto started = running.start(); !started)
        return judged(running, not_started(subject, started.error()));
    Verdict verdict = use(running);
    if (verdict.outcome == Outcome::failed) return judged(running, std::move(verdict));
    if (const auto stopped = running.stop(); !stopped && stopped.error().fault != Fault::denied)
        return judged(running, failed(stopped.error().detail));
    if (const auto ended = running.destroy(); !ended) return failed(ended.error().detail);
    return judged(running, std::move(verdict));
}

}  // namespace sanad::plugin_check
