#include "plugins/channels/phone/sip/registrar.h"

#include "plugins/channels/phone/sip/sip_text.h"

#include <algorithm>
#include <cstdint>

#include <re.h>

namespace sanad::phone {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t device_bytes_max = 80, contact_bytes_max = 300;
// Longer than the node needs, so that how long it took tells nothing.
constexpr auto refusal_takes = 300ms;

std::string key_of(const sip_msg& message) {
    const auto source = host(message.src);
    return std::string(source.bytes.begin(), source.bytes.end()) +
           text(message.callid).substr(0, 200) + ' ' + std::to_string(message.cseq.num);
}

bool good_name(std::string_view name) {
    return !name.empty() && name.size() <= device_bytes_max &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
}

std::string flow_of(const sip_msg& message) {
    char flow[128];
    const char* transport = message.tp == SIP_TRANSP_UDP   ? "udp"
                            : message.tp == SIP_TRANSP_TCP ? "tcp"
                                                           : "tls";
    if (re_snprintf(flow, sizeof flow, "sip:%J;transport=%s", &message.src, transport) < 0)
        return {};
    return flow;
}

}  // namespace

Registrar::Registrar(const EndpointSettings& settings, Loop& loop,
                     std::function<void(const std::string&, bool)> changed)
    : settings_(settings),
      loop_(loop),
      changed_(std::move(changed)),
      alive_(std::make_shared<bool>(true)) {}

Registrar::~Registrar() { *alive_ = false; }

void Registrar::challenge(sip* stack, const sip_msg& message) const {
    sip_replyf(stack, &message, 401, "Unauthorized",
               "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", qop=\"auth\", "
               "algorithm=MD5\r\nContent-Length: 0\r\n\r\n",
               settings_.realm.c_str(), nonces_.make(host(message.src), clock_now()).c_str());
}

void Registrar::request(sip* stack, const sip_msg& message) {
    if (!settings_.credential || (message.tp != SIP_TRANSP_TLS && !settings_.devices_in_clear)) {
        sip_reply(stack, &message, 403, "Forbidden");
        return;
    }
    const auto* authorization = sip_msg_hdr(&message, SIP_HDR_AUTHORIZATION);
    httpauth_digest_resp response{};
    if (!authorization || httpauth_digest_response_decode(&response, &authorization->val) != 0 ||
        view(response.realm) != settings_.realm ||
        !nonces_.good(view(response.nonce), host(message.src), clock_now())) {
        challenge(stack, message);
        return;
    }
    const auto device = text(response.username);
    if (!good_name(device) || text(message.to.uri.user) != device) {
        challenge(stack, message);
        return;
    }
    const auto key = key_of(message);
    if (waiting_.size() >= credentials_asked_max || waiting_.contains(key))
        return;  // it asks again
    auto& request = waiting_[key];
    request.stack = stack;
    // The message is only read; the library counts its references.
    request.message.reset(static_cast<sip_msg*>(mem_ref(const_cast<sip_msg*>(&message))));
    request.device = device;
    request.came = clock_now();
    auto later = [this, alive = alive_, key](std::optional<Ha1> ha1) {
        loop_.post([this, alive, key, ha1] {
            if (*alive) answered(key, ha1);
        });
    };
    if (lockout_.locked(device, host(message.src), clock_now()))
        later({});
    else
        settings_.credential(device, std::move(later));
}

void Registrar::answered(const std::string& key, std::optional<Ha1> ha1) {
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return;
    const auto& request = found->second;
    const sip_msg& message = *request.message;
    const auto source = host(message.src);
    const auto* authorization = sip_msg_hdr(&message, SIP_HDR_AUTHORIZATION);
    httpauth_digest_resp response{};
    const Ha1 nobody{};
    const bool right =
        httpauth_digest_response_decode(&response, &authorization->val) == 0 &&
        httpauth_digest_response_auth(&response, &message.met, (ha1 ? *ha1 : nobody).data()) == 0 &&
        ha1;
    if (right) {
        lockout_.succeeded(request.device, source);
        accept(request.stack, message, request.device);
        waiting_.erase(key);
        return;
    }
    lockout_.failed(request.device, source, clock_now());
    loop_.after(std::max(0ms, request.came + refusal_takes - clock_now()),
                [this, alive = alive_, key] {
                    if (*alive) refuse(key);
                });
}

void Registrar::refuse(const std::string& key) {
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return;
    challenge(found->second.stack, *found->second.message);
    waiting_.erase(found);
}

void Registrar::accept(sip* stack, const sip_msg& message, const std::string& device) {
    const auto* header = sip_msg_hdr(&message, SIP_HDR_CONTACT);
    sip_addr contact{};
    std::uint32_t wanted = pl_isset(&message.expires)
                               ? pl_u32(&message.expires)
                               : static_cast<std::uint32_t>(settings_.registration_longest.count());
    const bool all = header && view(header->val) == "*";
    if (header && !all &&
        (sip_addr_decode(&contact, &header->val) != 0 || contact.auri.l > contact_bytes_max)) {
        sip_reply(stack, &message, 400, "Bad Contact");
        return;
    }
    pl own{};
    if (header && !all && msg_param_decode(&contact.params, "expires", &own) == 0)
        wanted = pl_u32(&own);
    if (header && wanted == 0) {
        if (bindings_.erase(device) > 0) changed_(device, false);
        sip_reply(stack, &message, 200, "OK");
        return;
    }
    const std::chrono::seconds asked{wanted};
    if (header && asked < settings_.registration_shortest) {
        sip_replyf(stack, &message, 423, "Interval Too Brief",
                   "Min-Expires: %u\r\nContent-Length: 0\r\n\r\n",
                   static_cast<unsigned>(settings_.registration_shortest.count()));
        return;
    }
    const auto granted = std::min(asked, settings_.registration_longest);
    if (header && !all) {
        if (!bindings_.contains(device) && bindings_.size() >= registrations_max) {
            sip_reply(stack, &message, 503, "Full");
            return;
        }
        const bool added = !bindings_.contains(device);
        bindings_[device] = {text(contact.auri), flow_of(message), message.tp == SIP_TRANSP_TLS,
                             clock_now() + granted};
        if (added) changed_(device, true);
    }
    const auto* binding = find(device);
    if (!binding) {
        sip_reply(stack, &message, 200, "OK");
        return;
    }
    sip_replyf(stack, &message, 200, "OK", "Contact: <%s>;expires=%u\r\nContent-Length: 0\r\n\r\n",
               binding->contact.c_str(), static_cast<unsigned>(granted.count()));
}

const Binding* Registrar::find(const std::string& device) const {
    const auto found = bindings_.find(device);
    if (found == bindings_.end() || found->second.until <= clock_now()) return nullptr;
    return &found->second;
}

std::vector<std::string> Registrar::devices() const {
    std::vector<std::string> names;
    for (const auto& [name, binding] : bindings_)
        if (binding.until > clock_now()) names.push_back(name);
    return names;
}

void Registrar::expire() {
    const auto now = clock_now();
    for (auto at = bindings_.begin(); at != bindings_.end();) {
        if (at->second.until > now) {
            ++at;
            continue;
        }
        const auto name = at->first;
        at = bindings_.erase(at);
        changed_(name, false);
    }
}

}  // namespace sanad::phone
