#pragma once

#include "plugins/channels/phone/sip/endpoint.h"
#include "plugins/channels/phone/sip/handle.h"
#include "plugins/channels/phone/sip/lockout.h"
#include "plugins/channels/phone/sip/loop.h"
#include "plugins/channels/phone/sip/nonce.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sanad::phone {

/// Where a device is.
struct Binding {
    std::string contact;  // its own address
    std::string flow;     // where its REGISTER came from: the only way through a router
    bool over_tls = false;
    std::chrono::milliseconds until{};
};

/// Devices sign in here: digest, RFC 2617. Whoever is refused learns nothing: the answers for a
/// name that does not exist, a wrong password and a locked name are the same bytes after the same
/// time. Internal. threads  the loop's
class Registrar {
public:
    /// All of it outlives the registrar.
    Registrar(const EndpointSettings& settings, Loop& loop,
              std::function<void(const std::string& device, bool there)> changed);
    ~Registrar();

    /// Answers a REGISTER, now or when the node has said what it knows.
    void request(sip* stack, const sip_msg& message);
    const Binding* find(const std::string& device) const;
    std::vector<std::string> devices() const;
    void expire();

private:
    struct Request {  // one that waits for the node
        sip* stack = nullptr;
        Handle<sip_msg> message;
        std::string device;
        std::chrono::milliseconds came{};
    };
    void challenge(sip* stack, const sip_msg& message) const;
    void answered(const std::string& key, std::optional<Ha1> ha1);
    void refuse(const std::string& key);
    void accept(sip* stack, const sip_msg& message, const std::string& device);

    const EndpointSettings& settings_;
    Loop& loop_;
    std::function<void(const std::string&, bool)> changed_;
    Nonces nonces_;
    Lockout lockout_;
    std::map<std::string, Binding> bindings_;
    // By source, Call-ID and CSeq: a repeated one is not asked again. Only the loop's thread has
    // the messages, because their references are not counted for two.
    std::map<std::string, Request> waiting_;
    std::shared_ptr<bool> alive_;  // shared with answers that come later
};

}  // namespace sanad::phone
