#include "core/plugins/host_table.h"
#include "core/plugins/instance.h"
#include "core/plugins/status.h"
#include "core/plugins/strand.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>
#include <thread>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr Duration drain_pause{5};
constexpr Duration extension_limit{1'000};

// Memory for a plugin's reply.
class ReplyBuffer {
public:
    const sanad_sink* sink() const { return &sink_; }
    Bytes take() {
        bytes_.resize(std::min(bytes_.size(), committed_));
        return std::move(bytes_);
    }

private:
    static void* reserve(void* ctx, std::size_t bytes) {
        auto& buffer = *static_cast<ReplyBuffer*>(ctx);
        if (bytes == 0 || bytes > plugin_message_bytes_max) return nullptr;
        buffer.bytes_.assign(bytes, 0);
        buffer.committed_ = 0;
        return buffer.bytes_.data();
    }
    static void commit(void* ctx, std::size_t bytes) {
        static_cast<ReplyBuffer*>(ctx)->committed_ = bytes;
    }

    Bytes bytes_;
    std::size_t committed_ = 0;
    sanad_sink sink_{this, reserve, commit};
};

// A call under way. It may outlive the one who waits for it.
struct Exchange {
    Bytes request;
    std::uint32_t method = 0;
    std::uint64_t id = 0;
    std::uint64_t deadline_ns = 0;
    ReplyBuffer reply;
    sanad_status status = SANAD_E_INTERNAL;

    void run(const sanad_plugin& plugin) {
        sanad_call call{};
        call.size = sizeof call;
        call.method = method;
        call.id = id;
        call.deadline_ns = deadline_ns;
        call.request = {request.data(), request.size()};
        call.reply = reply.sink();
        status = plugin.call(plugin.self, &call);
    }
};

bool is_whole(const sanad_plugin& plugin) {
    return plugin.size >= sizeof(sanad_plugin) && plugin.configure && plugin.start && plugin.call &&
           plugin.on_event && plugin.drain && plugin.stop && plugin.destroy && plugin.get_extension;
}

class InProcessInstance final : public Instance {
public:
    InProcessInstance(std::shared_ptr<Library> library, std::string instance,
                      HostServices& services, Log& log, const Clock& clock,
                      const InstanceLimits& limits)
        : library_(std::move(library)),
          name_(std::move(instance)),
          log_(log),
          clock_(clock),
          limits_(limits),
          host_(
              std::make_shared<HostTable>(name_, library_->manifest().kind, services, log, clock)) {
        host_->on_post([this](std::uint64_t token) { post(token); });
    }

    ~InProcessInstance() override {
        bool stop_left = started();
        bool destroy_left = plugin_ != nullptr;
        if (stop_left) {
            const auto stopped = stop();
            stop_left = !stopped && stopped.error().fault == Fault::busy;  // it did not begin
        }
        if (destroy_left && !strand_.stuck()) {
            (void)strand_.run([plugin = plugin_] { plugin->destroy(plugin->self); }, limits_.stop);
            destroy_left = false;
        }
        host_->close();
        if (strand_.stuck()) leave_behind(stop_left, destroy_left);
    }

    Result<void> create() {
        auto made = std::make_shared<const sanad_plugin*>(nullptr);
        const auto created =
            step("create", limits_.create, [made, library = library_, host = host_] {
                return library->entry().create(&host->table(), made.get());
            });
        if (!created) return created;
        if (!*made || !is_whole(**made))
            return fail(Fault::malformed, name_ + ": incomplete plugin");
        plugin_ = *made;
        if ((plugin_->flags & SANAD_PF_KEEP_LOADED) != 0) library_->keep_loaded();
        return {};
    }

    const std::string& name() const override { return name_; }
    const Manifest& manifest() const override { return library_->manifest(); }
    InstanceState state() const override {
        return strand_.stuck() ? InstanceState::hung : state_.load();
    }

    Result<void> configure(ByteView config) override {
        if (state_ == InstanceState::draining || state_ == InstanceState::stopped)
            return out_of_order("configure");
        const auto bytes = std::make_shared<Bytes>(config.begin(), config.end());
        const auto done = step("configure", limits_.configure, [plugin = plugin_, bytes] {
            return plugin->configure(plugin->self, {bytes->data(), bytes->size()});
        });
        if (done && state_ == InstanceState::loaded) enter(InstanceState::configured);
        return done;
    }

    Result<void> start() override {
        if (state_ != InstanceState::configured) return out_of_order("start");
        const auto done = step("start", limits_.start,
                               [plugin = plugin_] { return plugin->start(plugin->self); });
        if (done) enter(InstanceState::running);
        return done;
    }

    Result<void> drain() override {
        if (!started()) return out_of_order("drain");
        enter(InstanceState::draining);
        const Duration until = clock_.elapsed() + limits_.drain;
        for (;;) {
            const auto done =
                step("drain", limits_.drain, [plugin = plugin_, deadline = nanoseconds(until)] {
                    return plugin->drain(plugin->self, deadline);
                });
            if (done || done.error().fault != Fault::busy || strand_.stuck()) return done;
            if (clock_.elapsed() >= until)
                return fail(Fault::expired, name_ + " drain: not in time");
            std::this_thread::sleep_for(drain_pause);
        }
    }

    Result<void> stop() override {
        if (!started()) return out_of_order("stop");
        enter(InstanceState::stopped);  // before: no call gets in behind it
        return step("stop", limits_.stop,
                    [plugin = plugin_] { return plugin->stop(plugin->self); });
    }

    Result<Bytes> call(std::uint32_t method, ByteView request, Duration limit) override {
        if (!started()) return out_of_order("call");
        if (request.size() > plugin_message_bytes_max)
            return fail(Fault::bad_size, name_ + ": message too long");
        const auto exchange = std::make_shared<Exchange>();
        exchange->request.assign(request.begin(), request.end());
        exchange->method = method;
        exchange->id = next_call_++;
        exchange->deadline_ns = nanoseconds(clock_.elapsed() + limit);
        const auto ran =
            strand_.run([exchange, plugin = plugin_] { exchange->run(*plugin); }, limit);
        if (!ran) return late("call", ran.error());
        if (exchange->status != SANAD_OK) return fail_with(exchange->status, name_ + " call");
        return exchange->reply.take();
    }

    const void* extension(const char* id) override {
        const auto found = std::make_shared<const void*>(nullptr);
        const auto ran = strand_.run(
            [found, plugin = plugin_, id = std::string(id)] {
                *found = plugin->get_extension(plugin->self, id.c_str());
            },
            extension_limit);
        return ran ? *found : nullptr;
    }

private:
    static std::uint64_t nanoseconds(Duration time) {
        return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
    }

    // The thread is still in the plugin's code. That code, and the table it calls, stay until it
    // comes back, if it does: then the instance is ended after all.
    void leave_behind(bool stop_left, bool destroy_left) {
        strand_.post_last([=, plugin = plugin_, library = library_, host = host_] {
            if (stop_left) plugin->stop(plugin->self);
            if (destroy_left) plugin->destroy(plugin->self);
        });
    }

    bool started() const {
        return state_ == InstanceState::running || state_ == InstanceState::draining;
    }

    std::unexpected<Error> out_of_order(std::string_view what) const {
        return fail(Fault::denied, name_ + " " + std::string(what) + ": not while " +
                                       plugins::name(state_.load()));
    }

    std::unexpected<Error> late(std::string_view what, const Error& error) {
        if (error.fault == Fault::expired && strand_.stuck())
            log_.error("plugin.hung", {{"plugin", name_}, {"step", std::string(what)}});
        return fail(error.fault, name_ + " " + std::string(what) + ": " + error.detail);
    }

    void enter(InstanceState state) {
        state_ = state;
        log_.info("plugin.state", {{"plugin", name_}, {"state", plugins::name(state)}});
    }

    // One step of the plugin's life on its strand. What it needs it holds: it may outlive us.
    template <typename Work>
    Result<void> step(std::string_view what, Duration limit, Work work) {
        const auto status = std::make_shared<sanad_status>(SANAD_E_INTERNAL);
        host_->log().forget_code();
        const auto ran = strand_.run([status, work] { *status = work(); }, limit);
        if (!ran) return late(what, ran.error());
        if (*status == SANAD_OK) return {};
        const std::string code = host_->log().last_code();
        if (*status != SANAD_E_BUSY || what != "drain")
            log_.error("plugin.step_failed", {{"plugin", name_},
                                              {"step", std::string(what)},
                                              {"status", name_of(*status)},
                                              {"code", code}});
        auto error = fail_with(*status, name_ + " " + std::string(what));
        if (!code.empty()) error.error().detail += " (" + code + ")";
        return error;
    }

    void post(std::uint64_t token) {
        const bool taken = strand_.post([plugin = plugin_, host = host_, token] {
            plugin->on_event(plugin->self, SANAD_EV_POST, token, 0);
        });
        if (!taken) log_.warn("plugin.post_dropped", {{"plugin", name_}});
    }

    const std::shared_ptr<Library> library_;  // owners: see Library
    const std::string name_;
    Log& log_;            // outlives us
    const Clock& clock_;  // outlives us
    const InstanceLimits limits_;
    const std::shared_ptr<HostTable> host_;  // owners: we and work on the strand
    const sanad_plugin* plugin_ = nullptr;   // the plugin's, until destroy
    std::atomic<InstanceState> state_ = InstanceState::loaded;
    std::atomic<std::uint64_t> next_call_ = 1;
    Strand strand_;  // last: its thread ends first
};

}  // namespace

const char* name(InstanceState state) {
    constexpr const char* names[] = {"loaded",   "configured", "running",
                                     "draining", "stopped",    "hung"};
    return names[static_cast<std::size_t>(state)];
}

Result<std::unique_ptr<Instance>> run_in_process(std::shared_ptr<Library> library,
                                                 std::string instance, HostServices& services,
                                                 Log& log, const Clock& clock,
                                                 const InstanceLimits& limits) {
    auto made = std::make_unique<InProcessInstance>(std::move(library), std::move(instance),
                                                    services, log, clock, limits);
    if (const auto created = made->create(); !created) return std::unexpected(created.error());
    return made;
}

}  // namespace sanad::plugins
