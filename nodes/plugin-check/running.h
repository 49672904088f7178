#pragma once

#include "core/base/result.h"
#include "nodes/plugin-check/check.h"
#include "nodes/plugin-check/checking_node.h"

#include <memory>

namespace sanad::plugin_check {

enum class SinkOf : std::uint8_t {
    nothing,  // reserve gives NULL
    nobody    // there is no sink
};

/// One instance of the plugin under check, wherever it runs.
/// threads  one
class Running {
public:
    virtual ~Running() = default;
    /// Steps, each answered with the plugin's status.
    virtual Result<void> configure() = 0;
    virtual Result<void> start() = 0;
    virtual Result<void> drain() = 0;
    virtual Result<void> stop() = 0;
    /// Ends the instance. Nothing may be asked of it afterwards. errors  closed: its process was
    /// gone already
    virtual Result<void> destroy() = 0;
    /// A call of the node. errors  the plugin's status; closed: its process is gone
    virtual Result<Bytes> call(std::uint32_t method, ByteView request) = 0;
    /// The same with a deadline that is over, in this process only.
    virtual Result<Bytes> call_late(std::uint32_t method, ByteView request) = 0;
    /// The same with a sink that takes no answer, in this process only.
    virtual Result<void> call_with_sink(std::uint32_t method, ByteView request, SinkOf sink) = 0;
    /// Destroys the stopped instance, and configures and starts another one in its place.
    virtual Result<void> renew() = 0;
    /// Gives it the events that it posted, and what it waits for and is due.
    virtual void run_posted() = 0;

    CheckingNode& node() { return *node_; }

protected:
    explicit Running(std::unique_ptr<CheckingNode> node) : node_(std::move(node)) {}
    std::unique_ptr<CheckingNode> node_;
};

/// What is needed to make instances: the configuration that the settings say.
struct Prepared {
    Bytes config;
    Bytes again;  // of every instance but the first
    plugins::ConfigurationFields fields;
};

/// errors  those of Configuration: the settings do not fit the schema
Result<Prepared> prepare(const Subject& subject);

/// Creates an instance. In this process: after it, the process is sandboxed as an isolated plugin's
/// is (a storage plugin's is not: the node gives it files), so there is one such call in a process.
/// errors  denied: this machine lacks a part of the sandbox; and those of loading
Result<std::unique_ptr<Running>> create(const Subject& subject, Mode mode, const Prepared& prepared,
                                        Grants grants = Grants::asked);

/// Makes an instance, configures and starts it, and has `use` look at it. What the plugin did that
/// it must not do fails the check, whatever `use` says.
///
/// returns  skipped, when it does not start with the defaults of its schema and no settings were
///          given
Verdict with_running(const Subject& subject, Mode mode,
                     const std::function<Verdict(Running&)>& use);

/// Why a verdict cannot be that of `said`: what the plugin did meanwhile.
Verdict judged(Running& running, Verdict said);

Verdict judged_by(const CheckingNode& node);

/// The verdict on a plugin that does not come up.
Verdict not_started(const Subject& subject, const Error& error);

}  // namespace sanad::plugin_check
