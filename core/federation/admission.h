#pragma once

#include "core/base/counters.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/federation/peers.h"

#include <memory>

namespace zmq {
class context_t;
}

namespace sanad::federation {

inline constexpr const char* admission_domain = "sanad";

/// The ZAP handler (RFC 27/ZAP): admits a connection only with the CURVE key of an active node of
/// the directory, and names it by the node's id. A CURVE server without such a handler admits
/// anybody, so it must be up, and have refused a stranger, before any socket binds.
class Admission {
public:
    /// Guards the sockets of `context`, which outlives it, as does `peers`.
    /// errors  io: a second handler, or no thread
    static Result<std::unique_ptr<Admission>> start(zmq::context_t& context, const Peers& peers,
                                                    Log& log, Counters& counters);
    ~Admission();
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    /// Lets a stranger's key knock at a CURVE socket on loopback. errors  denied: it was let in,
    /// or nothing answered within 2 s: the node must not start
    Result<void> self_test(const trust::TransportKey& server_key, Entropy& entropy);

private:
    struct Handler;
    explicit Admission(std::unique_ptr<Handler> handler);
    std::unique_ptr<Handler> handler_;
};

}  // namespace sanad::federation
