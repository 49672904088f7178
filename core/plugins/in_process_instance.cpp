#include "core/plugins/host_table.h"
#include "core/plugins/instance.h"
#include "core/plugins/lifecycle.h"
#include "core/plugins/reply_buffer.h"
#include "core/plugins/status.h"
#include "core/plugins/strand.h"

#include <utility>

namespace sanad::plugins {

namespace {

constexpr Duration extension_limit{1'000};

// A call under way. It may outlive the one who waits for it.
struct Exchange {
    Bytes request;
    std::uint32_t method = 0;
    std::uint64_t id = 0;
    std::uint64_t deadline_ns = 0;
    ReplyBuffer reply{plugin_message_bytes_max};
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

class InProcessInstance final : public Lifecycle {
public:
    InProcessInstance(std::shared_ptr<Library> library, std::string instance,
                      HostServices& services, Log& log, const Clock& clock,
                      const InstanceLimits& limits, Broker* broker,
                      std::function<void(const std::string&)> hung)
        : Lifecycle(std::move(instance), log, clock, limits),
          library_(std::move(library)),
          hung_(std::move(hung)),
          host_(std::make_shared<HostTable>(name_, library_->manifest().kind, services, log, clock,
                                            broker)) {
        host_->on_event([this](std::uint32_t event, std::uint64_t token, std::uint64_t arg) {
            const bool taken = strand_.post([plugin = plugin_, host = host_, event, token, arg] {
                plugin->on_event(plugin->self, event, token, arg);
            });
            if (!taken && event == SANAD_EV_POST)
                log_.warn("plugin.post_dropped", {{"plugin", name_}});
            return taken;
        });
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
        const auto created = step(Step::create, limits_.create);
        if (!created) return created;
        if (!*made_ || !is_whole(**made_))
            return fail(Fault::malformed, name_ + ": incomplete plugin");
        plugin_ = *made_;
        if ((plugin_->flags & SANAD_PF_KEEP_LOADED) != 0) library_->keep_loaded();
        return {};
    }

    const Manifest& manifest() const override { return library_->manifest(); }
    InstanceState state() const override {
        return strand_.stuck() ? InstanceState::hung : reached();
    }

    Standing standing() const override { return {.state = state()}; }

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

protected:
    Result<sanad_status> perform(Step step, ByteView config, std::uint64_t deadline_ns,
                                 Duration limit) override {
        if (step == Step::stop) host_->end_loop();
        const auto status = std::make_shared<sanad_status>(SANAD_E_INTERNAL);
        // It holds what it needs: it may outlive us.
        auto work = [status, step, deadline_ns, plugin = plugin_, library = library_, host = host_,
                     made = made_, bytes = Bytes(config.begin(), config.end())] {
            *status = step == Step::create
                          ? library->entry().create(&host->table(), made.get())
                          : carry_out(*plugin, step, {bytes.data(), bytes.size()}, deadline_ns);
        };
        const auto ran = strand_.run(std::move(work), limit);
        if (!ran) return std::unexpected(ran.error());
        return *status;
    }
    bool stuck() const override { return strand_.stuck(); }
    void hung(const std::string& what) override {
        if (hung_) hung_(what);
    }
    PluginLog& lines() override { return host_->log(); }

private:
    // The thread is still in the plugin's code. That code, and the table it calls, stay until it
    // comes back, if it does: then the instance is ended after all.
    void leave_behind(bool stop_left, bool destroy_left) {
        strand_.post_last([=, plugin = plugin_, library = library_, host = host_] {
            if (stop_left) plugin->stop(plugin->self);
            if (destroy_left) plugin->destroy(plugin->self);
        });
    }

    const std::shared_ptr<Library> library_;  // owners: see Library
    const std::function<void(const std::string&)> hung_;
    const std::shared_ptr<HostTable> host_;             // owners: we and work on the strand
    const std::shared_ptr<const sanad_plugin*> made_ =  // owners: the same; what create gave
        std::make_shared<const sanad_plugin*>(nullptr);
    const sanad_plugin* plugin_ = nullptr;  // the plugin's, until destroy
    std::atomic<std::uint64_t> next_call_ = 1;
    Strand strand_;  // last: its thread ends first
};

}  // namespace

Result<std::unique_ptr<Instance>> run_in_process(std::shared_ptr<Library> library,
                                                 std::string instance, HostServices& services,
                                                 Log& log, const Clock& clock,
                                                 const InstanceLimits& limits, Broker* broker,
                                                 std::function<void(const std::string&)> hung) {
    auto made =
        std::make_unique<InProcessInstance>(std::move(library), std::move(instance), services, log,
                                            clock, limits, broker, std::move(hung));
    if (const auto created = made->create(); !created) return std::unexpected(created.error());
    return made;
}

}  // namespace sanad::plugins
