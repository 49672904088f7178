// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/store.h>
#include <sanad/host.hpp>

#include <new>
#include <string>
#include <typeinfo>

// How to write a plugin in C++17: derive from Channel, Partner, Desk or Storage with the Config
// struct of the plugin's config.capnp, and name the class once with SANAD_PLUGIN. A plugin author
// never sees the C layer. Nothing thrown leaves the plugin: it becomes a status and a line in the
// node's log.
//
//     class Sms final : public sanad::plugin::Channel<sms::Config> {
//         void configure(sms::Config::Reader config) override { ... }
//         void start() override { ... }                 // threads only from here ...
//         void stop() override { ... }                  // ... to here: join them all
//         Outcome deliver(schema::Deliver::Reader message) override { ... }
//     };
//     SANAD_PLUGIN(Sms)
namespace sanad::plugin {

/// What became of a delivery or a dispatch.
struct Outcome {
    schema::Outcome::Result result = schema::Outcome::Result::ACCEPTED;
    std::uint64_t retry_after_ms = 0;
    std::string reference;  // the receiver's own name for it, at most 128 bytes
    std::string reason;     // a code such as "http_503", never content

    static Outcome accepted(std::string reference = {}) {
        return {schema::Outcome::Result::ACCEPTED, 0, std::move(reference), {}};
    }
    static Outcome retry(std::chrono::milliseconds after, std::string reason) {
        return {schema::Outcome::Result::RETRY,
                static_cast<std::uint64_t>(after.count()),
                {},
                std::move(reason)};
    }
    static Outcome rejected(std::string reason) {
        return {schema::Outcome::Result::REJECTED, 0, {}, std::move(reason)};
    }
};

/// How an instance is, in its own opinion.
struct Health {
    schema::HealthReply::State state = schema::HealthReply::State::OK;
    std::string reason;  // a code
    std::uint32_t queued = 0;
};

namespace detail {
template <typename Class>
struct Thunks;
}

/// One configured instance. The node never runs two of these functions at once, on no fixed thread;
/// host() may be used by any thread, from configure until stop has returned. State belongs to the
/// object: the same library may run several instances.
class Plugin {
public:
    virtual ~Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    /// Begin to work; threads only from here on.
    virtual void start() {}
    /// Take nothing new in, finish what is under way. False: not done yet, call me again.
    virtual bool drain(std::uint64_t /*deadline_ns*/) { return true; }
    /// Join every thread, close every descriptor.
    virtual void stop() {}
    /// Asked every few seconds; what is not OK shows in `sanad plugin list`.
    virtual Health health() { return {}; }
    /// SANAD_EV_POST after host().post(token).
    virtual void on_event(std::uint32_t /*event*/, std::uint64_t /*token*/, std::uint64_t /*arg*/) {
    }
    /// A table that the plugin offers to the node, such as sanad/store.h's.
    virtual const void* extension(std::string_view /*id*/) { return nullptr; }

protected:
    Plugin() = default;
    /// The node. Not in the constructor.
    Host& host() { return *host_; }

    virtual void configure_bytes(sanad_span config) = 0;
    virtual sanad_status handle(const sanad_call& call) {
        return call.method == SANAD_M_HEALTH ? answer_health(call) : SANAD_E_UNSUPPORTED;
    }

    static sanad_status answer(const sanad_call& call, const Outcome& outcome) {
        capnp::MallocMessageBuilder message;
        auto reply = message.initRoot<schema::Outcome>();
        reply.setResult(outcome.result);
        reply.setRetryAfterMs(outcome.retry_after_ms);
        reply.setReference(outcome.reference);
        reply.setReason(outcome.reason);
        return call.reply ? emit(message, *call.reply) : SANAD_OK;
    }

private:
    template <typename Class>
    friend struct detail::Thunks;

    sanad_status answer_health(const sanad_call& call) {
        const Health now = health();
        capnp::MallocMessageBuilder message;
        auto reply = message.initRoot<schema::HealthReply>();
        reply.setState(now.state);
        reply.setReason(now.reason);
        reply.setQueued(now.queued);
        return call.reply ? emit(message, *call.reply) : SANAD_OK;
    }

    std::optional<Host> host_;
};

/// A plugin whose configuration is the Cap'n Proto struct `Config`. `configure` comes before start,
/// and again while running when the configuration changes; what it borrows ends with the call.
template <typename Config>
class Configured : public Plugin {
public:
    virtual void configure(typename Config::Reader config) = 0;

protected:
    void configure_bytes(sanad_span config) final { configure(*Received<Config>(config)); }
};

/// Brings people's messages in (host().submit) and takes the helpline's messages out.
template <typename Config>
class Channel : public Configured<Config> {
public:
    /// The helpline wrote, or the conversation's state changed. Comes again until accepted or
    /// rejected; throwing or an error asks for it again.
    virtual Outcome deliver(schema::Deliver::Reader message) = 0;
    /// This delivery is no longer wanted. Optional.
    virtual void cancel(schema::Deliver::Reader /*message*/) {}
    /// Bring somebody of the staff and this person together. Channels of calls only; again until
    /// accepted or rejected, like `control`.
    virtual Outcome connect(schema::Connect::Reader /*wanted*/) {
        return Outcome::rejected("unsupported");
    }
    /// What somebody of the staff does in a call.
    virtual Outcome control(schema::Control::Reader /*wanted*/) {
        return Outcome::rejected("unsupported");
    }

protected:
    sanad_status handle(const sanad_call& call) override {
        switch (call.method) {
            case SANAD_M_CONNECT:
                return this->answer(call, connect(*Received<schema::Connect>(call.request)));
            case SANAD_M_CONTROL:
                return this->answer(call, control(*Received<schema::Control>(call.request)));
            case SANAD_M_DELIVER:
                return this->answer(call, deliver(*Received<schema::Deliver>(call.request)));
            case SANAD_M_CANCEL:
                cancel(*Received<schema::Deliver>(call.request));
                return SANAD_OK;
            default:
                return Plugin::handle(call);
        }
    }
};

/// Brings one disclosed view to an organisation (and its news back: host().status).
template <typename Config>
class Partner : public Configured<Config> {
public:
    /// Comes again, with the same reference, until accepted or rejected. Accepted: the
    /// organisation's system has it. It returns fast or says retry; slow work belongs to a thread
    /// of the plugin's.
    virtual Outcome dispatch(schema::Dispatch::Reader matter) = 0;

protected:
    sanad_status handle(const sanad_call& call) override {
        if (call.method != SANAD_M_DISPATCH) return Plugin::handle(call);
        return this->answer(call, dispatch(*Received<schema::Dispatch>(call.request)));
    }
};

/// A face for the helpline's people. The node calls it for nothing but its life and health; what
/// people want, it asks with their sessions: host().ask_for, host().news.
template <typename Config>
class Desk : public Configured<Config> {};

/// Keeps the node's records; speaks through the table of sanad/store.h.
template <typename Config>
class Storage : public Configured<Config> {
public:
    /// Opened by start, valid until stop.
    virtual const sanad_store_v1* store() = 0;

    const void* extension(std::string_view id) override {
        return id == SANAD_EXT_STORE ? store() : nullptr;
    }
};

namespace detail {

/// Runs a plugin's code where nothing may be thrown. The log gets the kind of what was thrown and a
/// fixed code, never the text of an exception: it may hold what a person wrote.
template <typename Work>
sanad_status guarded(Host& host, const char* where, Work work) noexcept {
    const auto report = [&](sanad_status status, std::string_view what, std::string_view code) {
        try {
            host.log(SANAD_LOG_ERROR, "plugin.exception",
                     {{"in", where}, {"what", what}, {"code", code}});
        } catch (...) {  // no memory for a line of log
        }
        return status;
    };
    try {
        return work();
    } catch (const Error& error) {
        return report(error.status(), "sanad::plugin::Error", error.what());
    } catch (const kj::Exception& error) {
        return report(SANAD_E_INVALID, "kj::Exception", std::to_string(error.getLine()));
    } catch (const std::bad_alloc&) {
        return report(SANAD_E_NOMEM, "std::bad_alloc", "");
    } catch (const std::exception& error) {
        return report(SANAD_E_INTERNAL, typeid(error).name(), "");
    } catch (...) {
        return report(SANAD_E_INTERNAL, "unknown", "");
    }
}

template <typename Class>
struct Thunks {
    Class object;
    sanad_plugin table{};

    static Thunks& of(void* self) { return *static_cast<Thunks*>(self); }
    static Plugin& plugin(void* self) { return of(self).object; }

    template <typename Work>
    static sanad_status guard(void* self, const char* where, Work work) noexcept {
        return guarded(*plugin(self).host_, where, [&] { return work(plugin(self)); });
    }

    static sanad_status configure(void* self, sanad_span config) noexcept {
        return guard(self, "configure",
                     [&](Plugin& p) { return p.configure_bytes(config), SANAD_OK; });
    }
    static sanad_status start(void* self) noexcept {
        return guard(self, "start", [](Plugin& p) { return p.start(), SANAD_OK; });
    }
    static sanad_status call(void* self, const sanad_call* call) noexcept {
        return guard(self, "call", [&](Plugin& p) { return p.handle(*call); });
    }
    static void on_event(void* self, std::uint32_t event, std::uint64_t token,
                         std::uint64_t arg) noexcept {
        guard(self, "on_event", [&](Plugin& p) { return p.on_event(event, token, arg), SANAD_OK; });
    }
    static sanad_status drain(void* self, std::uint64_t deadline_ns) noexcept {
        return guard(self, "drain", [&](Plugin& p) -> sanad_status {
            return p.drain(deadline_ns) ? SANAD_OK : SANAD_E_BUSY;
        });
    }
    static sanad_status stop(void* self) noexcept {
        return guard(self, "stop", [](Plugin& p) { return p.stop(), SANAD_OK; });
    }
    static void destroy(void* self) noexcept { delete &of(self); }
    static const void* get_extension(void* self, const char* id) noexcept {
        const void* found = nullptr;
        guard(self, "get_extension", [&](Plugin& p) { return found = p.extension(id), SANAD_OK; });
        return found;
    }

    static sanad_status create(const sanad_host* host, const sanad_plugin** out) noexcept {
        if (!host || !SANAD_HAS(host, get_extension)) return SANAD_E_UNSUPPORTED;
        Host log_only(*host);
        return guarded(log_only, "create", [&] {
            auto instance = std::make_unique<Thunks>();
            Plugin& base = instance->object;
            base.host_.emplace(*host);
            instance->table = {sizeof(sanad_plugin),
                               0,
                               instance.get(),
                               configure,
                               start,
                               call,
                               on_event,
                               drain,
                               stop,
                               destroy,
                               get_extension};
            *out = &instance.release()->table;
            return SANAD_OK;
        });
    }
};

}  // namespace detail
}  // namespace sanad::plugin

extern "C" {
// From the plugin's manifest, by the build's `embed` step.
extern const char sanad_manifest_id[];
extern const char sanad_manifest_version[];
}

/// At the end of one source file, outside every namespace: makes `Class` the plugin of this
/// library.
#define SANAD_PLUGIN(Class)                                            \
    const sanad_entry sanad_plugin_entry_v1 = {SANAD_MAGIC,            \
                                               sizeof(sanad_entry),    \
                                               SANAD_ABI_MAJOR,        \
                                               SANAD_ABI_MINOR,        \
                                               0,                      \
                                               sanad_manifest_id,      \
                                               sanad_manifest_version, \
                                               &::sanad::plugin::detail::Thunks<Class>::create};
