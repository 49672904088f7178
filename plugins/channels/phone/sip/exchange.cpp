#include "plugins/channels/phone/sip/exchange.h"

#include "plugins/channels/phone/sip/callbacks.h"
#include "plugins/channels/phone/sip/redirects.h"
#include "plugins/channels/phone/sip/sip_text.h"
#include "plugins/channels/phone/sip/tls_context.h"

#include <cassert>
#include <cstdint>

#include <re.h>

namespace sanad::phone {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t table_size = 512;
constexpr auto goodbye_takes = 1500ms;  // for the answers to our BYEs
constexpr auto expiry_every = 1000ms;

std::string fault_of(const char* setting) { return std::string{"phone.sip."} + setting; }

}  // namespace

Exchange::Exchange(EndpointSettings settings) : settings_(std::move(settings)) {}
Exchange::~Exchange() { stop(); }

std::optional<std::string> Exchange::start(LineEvents& events) {
    fault_ = fault_of("thread");
    if (loop_.start([this, &events] { return open(events); }, [this] { close(); })) return {};
    return fault_;
}

void Exchange::stop() {
    loop_.post([this] { say_goodbye(); });
    loop_.join();
}

bool Exchange::open(LineEvents& events) {
    stopping_ = false;
    events_ = &events;
    budget_.emplace(settings_.requests_per_second);
    caps_.emplace(settings_.call_back);
    auto trunks = Networks::read(settings_.trunks);
    fault_ = fault_of("trunks");
    if (!trunks) return false;
    trunks_ = std::move(*trunks);
    registrar_ = std::make_unique<Registrar>(
        settings_, loop_, [this](const auto& name, bool there) { events_->device(name, there); });

    fault_ = fault_of("library");
    struct sip* stack = nullptr;
    // Without a resolver: addresses are numbers, so that nothing here asks the network for names.
    if (sip_alloc(&stack, nullptr, table_size, table_size, table_size, nullptr,
                  Callbacks::all_closed, this) != 0)
        return false;
    sip_.reset(stack);
    refuse_redirects(stack);
    if (!open_transports()) return false;
    // The guard listens first: it sees every request before the sessions do.
    fault_ = fault_of("library");
    sip_lsnr* guard = nullptr;
    if (sip_listen(&guard, stack, true, Callbacks::request, this) != 0) return false;
    guard_.reset(guard);
    sipsess_sock* sessions = nullptr;
    if (sipsess_listen(&sessions, stack, table_size, Callbacks::incoming, this) != 0) return false;
    sessions_.reset(sessions);
    if (!open_trunk()) return false;
    ticker_ = std::make_unique<Ticker>([this] { on_tick(); });
    return true;
}

bool Exchange::open_transports() {
    sa address{};
    fault_ = fault_of("listen_address");
    if (sa_set_str(&address, settings_.listen_address.c_str(), 0) != 0) return false;
    const auto open = [&](const std::optional<std::uint16_t>& port, sip_transp transport,
                          std::uint16_t& opened, const char* setting) {
        if (!port) return true;
        fault_ = fault_of(setting);
        sa_set_port(&address, *port);
        if (sip_transp_add(sip_.get(), transport, &address, tls_.get()) != 0) return false;
        sa bound{};
        if (sip_transp_laddr(sip_.get(), &bound, transport, &address) != 0) return false;
        opened = sa_port(&bound);
        return true;
    };
    fault_ = fault_of("certificate");
    if (settings_.tls_port) {
        tls_ = make_tls(settings_.certificate, settings_.certificate_key,
                        settings_.registration ? settings_.registration->authorities : "");
        if (!tls_) return false;
    }
    return open(settings_.udp_port, SIP_TRANSP_UDP, ports_.udp, "udp_port") &&
           open(settings_.tcp_port, SIP_TRANSP_TCP, ports_.tcp, "tcp_port") &&
           open(settings_.tls_port, SIP_TRANSP_TLS, ports_.tls, "tls_port");
}

void Exchange::on_tick() {
    const auto now = clock_now();
    ++ticks_;
    // Whoever hung up on the tick before is freed now, outside of any callback of its own; this
    // sends BYE or CANCEL where it has not been said.
    over_.clear();
    loop_.run_due();
    std::vector<LegId> ids;  // an event may end any leg
    ids.reserve(legs_.size());
    for (const auto& [id, leg] : legs_) ids.push_back(id);
    for (const auto id : ids)
        if (Leg* leg = find(id)) speak(*leg, now);
    for (const auto id : ids)
        if (Leg* leg = find(id)) watch(*leg, now);
    if (now - expired_ < expiry_every) return;
    expired_ = now;
    registrar_->expire();
}

void Exchange::say_goodbye() {
    if (stopping_) return;
    stopping_ = true;
    while (!legs_.empty()) bury(*legs_.begin()->second);
    over_.clear();
    registration_.reset();         // un-registers
    sip_close(sip_.get(), false);  // then calls all_closed
    loop_.after(goodbye_takes, [this] { loop_.finish(); });
}

void Exchange::close() {
    ticker_.reset();
    legs_.clear();
    over_.clear();
    callers_ = 0;
    registrar_.reset();
    registration_.reset();
    if (sessions_) sipsess_close_all(sessions_.get());  // also those that wait for an ACK
    sessions_.reset();
    guard_.reset();
    if (sip_) sip_close(sip_.get(), true);
    sip_.reset();
    tls_.reset();
    trunk_registered_ = false;
}

Leg* Exchange::find(LegId id) const {
    const auto found = legs_.find(id);
    return found == legs_.end() ? nullptr : found->second.get();
}

Leg& Exchange::add(Side side, LegState state) {
    auto leg = std::make_unique<Leg>();
    leg->exchange = this;
    leg->id = LegId{++last_id_};
    leg->side = side;
    leg->state = state;
    if (side == Side::caller) ++callers_;
    return *(legs_[leg->id] = std::move(leg));
}

void Exchange::bury(Leg& leg) {
    if (leg.state == LegState::over) return;
    leave(leg);
    leg.state = LegState::over;
    if (leg.side == Side::caller) --callers_;
    const auto found = legs_.find(leg.id);
    over_.push_back(std::move(found->second));
    legs_.erase(found);
}

void Exchange::end(Leg& leg, LegEnd why) {
    if (leg.state == LegState::over) return;
    const auto id = leg.id;
    bury(leg);
    events_->ended(id, why);
}

Quality Exchange::quality(LegId id) const {
    const Leg* leg = find(id);
    return leg && leg->voice ? leg->voice->quality() : Quality{};
}

std::vector<std::string> Exchange::devices() const {
    return registrar_ ? registrar_->devices() : std::vector<std::string>{};
}

}  // namespace sanad::phone
