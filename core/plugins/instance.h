#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/plugins/broker.h"
#include "core/plugins/library.h"
#include "core/plugins/manifest.h"
#include "core/plugins/measures.h"
#include "core/plugins/standing.h"
#include "core/plugins/value_frame.h"

#include <sanad/plugin.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

// A configured instance of a plugin and what it may ask of the node. `Instance` is what the core
// sees: run_in_process() runs the library on a thread of this process, run_isolated() in a process
// of its own. Nothing but bytes crosses this interface, except a storage plugin's extension.
namespace sanad::plugins {

inline constexpr std::size_t plugin_message_bytes_max = 256U
                                                        << 10;  // either direction, as in the SDK

/// Where the answer to a plugin's call goes.
class Reply {
public:
    explicit Reply(const sanad_sink* sink) : sink_(sink) {}
    /// Gives one flat Cap'n Proto message to the plugin; once.
    /// returns  SANAD_OK, also when the plugin wants no answer; SANAD_E_FULL: longer than it takes
    sanad_status send(ByteView message);

private:
    const sanad_sink* sink_;
};

/// What the node does for plugins.
class HostServices {
public:
    virtual ~HostServices() = default;
    /// One call of a plugin, of a method that its kind may call. SANAD_OK means it is committed to
    /// disk. Throws nothing, and never calls the plugin.
    ///
    /// instance  the name given to run_in_process
    /// method    SANAD_M_…
    /// request   one flat message of at most plugin_message_bytes_max, not yet looked at
    /// threads   any: called on threads of the plugin, several at once
    virtual sanad_status call(std::string_view instance, std::uint32_t method, ByteView request,
                              Reply& reply) = 0;

    /// What an instance keeps, with sanad.kv/1; the value of a `get` goes into the reply. Throws
    /// nothing. threads  as call()
    virtual sanad_status keep(std::string_view /*instance*/, const ValueCall& /*value*/,
                              Reply& /*reply*/) {
        return SANAD_E_UNSUPPORTED;
    }
    /// What an instance counts, with sanad.metrics/1. Does not wait. threads  any
    virtual void measured(std::string_view /*instance*/, const Measures::Values& /*values*/) {}
};

/// Each step of an instance's life ends in time, or the instance is hung.
struct InstanceLimits {
    Duration create{1'000};
    Duration configure{5'000};
    Duration start{60'000};
    Duration drain{30'000};
    Duration stop{10'000};
};

/// loaded -> configured -> running -> draining -> stopped; hung while a call is over its limit,
/// crashed when there is nothing left to call.
/// Steps out of order are Fault::denied. Errors carry the plugin's own code, such as
/// "lmdb start: busy (lmdb.in_use)".
///
/// threads  steps: one thread; call, state, standing, resume, extension: any
class Instance {
public:
    virtual ~Instance() = default;
    virtual const std::string& name() const = 0;
    virtual const Manifest& manifest() const = 0;
    virtual InstanceState state() const = 0;
    virtual Standing standing() const = 0;

    /// config  from Configuration; also while running: a live change
    virtual Result<void> configure(ByteView config) = 0;
    virtual Result<void> start() = 0;
    /// Stops the intake and waits until what is under way is done.
    virtual Result<void> drain() = 0;
    virtual Result<void> stop() = 0;

    /// Calls the plugin and waits for its answer, while running or draining. Never two calls at
    /// once: they queue.
    ///
    /// method   SANAD_M_…
    /// request  one flat message; may be empty where the method has none
    /// returns  the flat reply, 8-byte aligned, empty when the method has none
    /// errors   expired: over `limit`, whatever the plugin still does; busy: hung or too many wait;
    ///          bad_size; and the plugin's own status
    virtual Result<Bytes> call(std::uint32_t method, ByteView request, Duration limit) = 0;

    /// Ends a quarantine. errors  denied: it is in none
    virtual Result<void> resume() = 0;

    /// A table of functions that the plugin offers, valid until stop; null when it has none or runs
    /// in a process of its own.
    virtual const void* extension(const char* id) = 0;
};

/// An instance on a thread of this process. Only for plugins that this node trusts as itself.
///
/// instance  1..64 bytes, unique in the node: stands in the log and in HostServices::call
/// services, log, clock, broker  outlive the instance; broker null: nothing is opened for it
/// hung      told each time that it does not answer, with what it was asked; it is asked nothing
///           more until it comes back, if it does. May be empty. threads  of the caller
/// errors    expired; and the status of the plugin's create
Result<std::unique_ptr<Instance>> run_in_process(std::shared_ptr<Library> library,
                                                 std::string instance, HostServices& services,
                                                 Log& log, const Clock& clock,
                                                 const InstanceLimits& limits = {},
                                                 Broker* broker = nullptr,
                                                 std::function<void(const std::string&)> hung = {});

}  // namespace sanad::plugins
