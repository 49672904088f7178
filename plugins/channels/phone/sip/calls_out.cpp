#include "plugins/channels/phone/sip/callbacks.h"
#include "plugins/channels/phone/sip/sip_text.h"

#include <cstdint>
#include <cstring>

#include <re.h>

namespace sanad::phone {
namespace {

std::string own_address(const EndpointSettings& settings) {
    const bool v6 = settings.listen_address.find(':') != std::string::npos;
    return "sip:helpline@" + (v6 ? "[" + settings.listen_address + "]" : settings.listen_address);
}

std::string host_of(const std::string& address) {
    pl text{address.data(), address.size()};
    uri parsed{};
    if (uri_decode(&parsed, &text) != 0) return {};
    const auto host = view(parsed.host);
    return (parsed.af == AF_INET6 ? "[" + std::string{host} + "]" : std::string{host}) +
           (parsed.port ? ":" + std::to_string(parsed.port) : "");
}

}  // namespace

int Exchange::Callbacks::trunk_password(char** user, char** password, const char*, void* self) {
    const auto& registration = *static_cast<Exchange*>(self)->settings_.registration;
    return str_dup(user, registration.user.c_str()) |
           str_dup(password, registration.password.c_str());
}

void Exchange::Callbacks::registered(int error, const sip_msg* message, void* self) {
    static_cast<Exchange*>(self)->registered(error, message);
}

bool Exchange::open_trunk() {
    if (!settings_.registration) {
        trunk_registered_ = true;
        return true;
    }
    fault_ = "phone.sip.registration";
    const auto& trunk = *settings_.registration;
    const auto host = host_of(trunk.address);
    if (host.empty() || trunk.user.empty()) return false;
    const auto registrar = "sip:" + host, own = "sip:" + trunk.user + "@" + host;
    const char* route = trunk.address.c_str();
    sipreg* made = nullptr;
    if (sipreg_register(&made, sip_.get(), registrar.c_str(), own.c_str(), nullptr, own.c_str(),
                        static_cast<std::uint32_t>(trunk.every.count()), trunk.user.c_str(), &route,
                        1, 0, Callbacks::trunk_password, this, false, Callbacks::registered, this,
                        nullptr, nullptr) != 0)
        return false;
    registration_.reset(made);
    return true;
}

// The library registers again by itself, and tries again after a failure.
void Exchange::registered(int error, const sip_msg* message) {
    trunk_registered_ = error == 0 && message && message->scode >= 200 && message->scode < 300;
    if (trunk_registered_ && !trunks_.find(host(message->src))) trunks_.add(host(message->src));
}

std::unique_ptr<Voice> Exchange::open_voice(Leg& leg, Far far, Secrecy secrecy) {
    return Voice::open(settings_, far, secrecy,
                       {[this, &leg](const Sound& sound) { heard(leg, sound); },
                        [this, &leg](char pressed) {
                            leg.tones.reset();  // they would be heard a second time
                            digit(leg, pressed);
                        }});
}

bool Exchange::connect(Leg& leg, const std::string& to, const std::string& from,
                       const std::string& words, const std::string& route) {
    const auto offer = leg.voice ? leg.voice->describe(Turn::offer) : Handle<mbuf>{};
    if (!offer) return false;
    const char* routes[] = {route.c_str()};
    const auto shown = display_words(words);
    const bool trunk = leg.side == Side::called;
    sipsess* session = nullptr;
    if (sipsess_connect(&session, sessions_.get(), to.c_str(),
                        shown.empty() ? nullptr : shown.c_str(), from.c_str(), "helpline", routes,
                        1, "application/sdp", offer.get(),
                        trunk ? Callbacks::trunk_password : nullptr, this, false, Callbacks::offer,
                        Callbacks::answer, Callbacks::progress, Callbacks::established,
                        Callbacks::info, nullptr, Callbacks::closed, &leg, "%s",
                        "Supported: timer\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, "
                        "UPDATE\r\n") != 0)
        return false;
    leg.session.reset(session);
    return true;
}

LegId Exchange::ring(const std::string& device, const std::string& words,
                     std::chrono::seconds at_most) {
    const auto* binding = registrar_ ? registrar_->find(device) : nullptr;
    if (!binding || stopping_ || legs_.size() >= legs_max) return LegId::none;
    auto& leg = add(Side::device, LegState::calls);
    leg.device = device;
    leg.give_up = clock_now() + at_most;
    leg.voice = open_voice(leg, Far::device, binding->over_tls ? Secrecy::keyed : Secrecy::clear);
    if (connect(leg, binding->contact, own_address(settings_), words, binding->flow)) return leg.id;
    bury(leg);
    return LegId::none;
}

// The only way out. The number is one that somebody left to be called back, and the rules have the
// last word.
LegId Exchange::call_out(const CallOut& to, std::chrono::seconds at_most) {
    if (!settings_.registration || stopping_ || legs_.size() >= legs_max) return LegId::none;
    if (caps_->take(to.number, clock_now())) return LegId::none;
    const auto& trunk = *settings_.registration;
    const auto host = host_of(trunk.address);
    const auto& shown = trunk.from.empty() ? trunk.user : trunk.from;
    auto& leg = add(Side::called, LegState::calls);
    leg.tones = std::make_unique<Tones>();
    leg.give_up = clock_now() + at_most;
    const bool tls = trunk.address.find("transport=tls") != std::string::npos;
    leg.voice = open_voice(leg, Far::trunk, tls ? Secrecy::keyed : Secrecy::clear);
    if (connect(leg, "sip:" + to.number + "@" + host, "sip:" + shown + "@" + host, "",
                trunk.address))
        return leg.id;
    bury(leg);
    return LegId::none;
}

}  // namespace sanad::phone
