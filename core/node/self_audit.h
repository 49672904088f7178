#pragma once

#include "core/federation/audit_witness.h"
#include "core/store/engine.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace sanad::node {

/// Reads the node's whole audit log again when asked to, piece by piece on a thread of its own, and
/// lets the witness keep and tell what was found. Once a night; a second request while it reads is
/// the same one.
class SelfAudit {
public:
    /// All of it outlives the self-audit, and the engine is running.
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Audit& audit;
        federation::AuditWitness& witness;
        const Clock& clock;
        Log& log;
    };

    explicit SelfAudit(Parts parts);

    /// threads  any
    void request();

    /// One walk through the whole log. errors  those of the store · closed: asked to stop
    static Result<federation::AuditChecked> walk(const Parts& parts, const std::stop_token& stop);

private:
    void run(const std::stop_token& stop);

    Parts parts_;
    std::mutex mutex_;  // guards requested_
    std::condition_variable_any asked_;
    bool requested_ = false;
    std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace sanad::node
