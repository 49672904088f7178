#include "plugins/channels/phone/sip/callbacks.h"
#include "plugins/channels/phone/sip/sip_text.h"

#include <cerrno>
#include <cstdint>

#include <re.h>

// What becomes of a leg, from the first ring to the end.
namespace sanad::phone {
namespace {

using namespace std::chrono_literals;

Leg& leg_of(void* self) { return *static_cast<Leg*>(self); }

LegEnd why_not(int error, const sip_msg* message) {
    if (!message) return error == ECONNRESET ? LegEnd::declined : LegEnd::unreachable;
    switch (message->scode) {
        case 486:
        case 600:
            return LegEnd::busy;
        case 403:
        case 603:
            return LegEnd::declined;
        case 408:
        case 480:
        case 487:
            return LegEnd::no_answer;
        case 404:
        case 410:
        case 484:
        case 502:
        case 503:
        case 504:
        case 604:
            return LegEnd::unreachable;
        default:
            return LegEnd::failed;
    }
}

std::string timer_headers(const Leg& leg) {
    if (!leg.timer) return {};
    const bool we = leg.timer->refresher == Refresher::we;
    return std::string{leg.knows_timer ? "Require: timer\r\n" : ""} +
           "Session-Expires: " + std::to_string(leg.timer->expires.count()) +
           (we ? ";refresher=uas\r\n" : ";refresher=uac\r\n");
}

}  // namespace

int Exchange::Callbacks::offer(mbuf** answer, const sip_msg* message, void* leg) {
    return leg_of(leg).exchange->offer_came(leg_of(leg), *message, answer);
}
int Exchange::Callbacks::answer(const sip_msg* message, void* leg) {
    return leg_of(leg).exchange->answer_came(leg_of(leg), *message);
}
void Exchange::Callbacks::progress(const sip_msg*, void*) {}  // early sound is not let in
void Exchange::Callbacks::established(const sip_msg* message, void* leg) {
    leg_of(leg).exchange->established(leg_of(leg), message);
}
void Exchange::Callbacks::info(sip*, const sip_msg* message, void* leg) {
    leg_of(leg).exchange->info_came(*message, leg_of(leg));
}
void Exchange::Callbacks::closed(int error, const sip_msg* message, void* leg) {
    leg_of(leg).exchange->closed(leg_of(leg), error, message);
}
void Exchange::Callbacks::refreshed(int, const sip_msg*, void*) {}
void Exchange::Callbacks::all_closed(void* self) { static_cast<Exchange*>(self)->loop_.finish(); }

int Exchange::offer_came(Leg& leg, const sip_msg& message, mbuf** answer) {
    if (leg.state == LegState::over) return EPROTO;
    const bool offered = mbuf_get_left(message.mb) > 0;
    if (offered && !leg.voice->take(*message.mb, Turn::offer, message.src)) return ENOTSUP;
    auto ours = leg.voice->describe(offered ? Turn::answer : Turn::offer);
    if (!ours) return ENOMEM;
    *answer = ours.release();
    take_timer(leg, message);
    return 0;
}

int Exchange::answer_came(Leg& leg, const sip_msg& message) {
    if (leg.state == LegState::over) return EPROTO;
    return leg.voice->take(*message.mb, Turn::answer, message.src) ? 0 : ENOTSUP;
}

void Exchange::established(Leg& leg, const sip_msg* message) {
    if (leg.state == LegState::over) return;
    const bool called = leg.state == LegState::calls;
    leg.state = LegState::up;
    if (!called) return;
    if (message) {
        leg.takes_update = has_token(*message, SIP_HDR_ALLOW, "UPDATE");
        if (const auto timer = read_timer(header(*message, SIP_HDR_SESSION_EXPIRES)))
            set_timer(leg, *timer);
    }
    events_->answered(leg.id);
}

void Exchange::info_came(const sip_msg& message, Leg& leg) {
    const auto type = text(message.ctyp.type) + "/" + text(message.ctyp.subtype);
    const auto pressed = info_digit(
        type, {reinterpret_cast<const char*>(mbuf_buf(message.mb)), mbuf_get_left(message.mb)});
    if (!pressed) {
        sip_reply(sip_.get(), &message, 415, "Unsupported Media Type");
        return;
    }
    sip_reply(sip_.get(), &message, 200, "OK");
    leg.tones.reset();
    digit(leg, *pressed);
}

void Exchange::closed(Leg& leg, int error, const sip_msg* message) {
    if (leg.state == LegState::over) return;
    if (leg.state == LegState::calls) return end(leg, why_not(error, message));
    // A session that ends by a BYE, or by a CANCEL, has no error of the network's.
    const bool cut = error == ETIMEDOUT || error == EPROTO || error == ENOTSUP;
    end(leg, cut ? LegEnd::lost : LegEnd::hung_up);
}

void Exchange::answer(LegId id) {
    Leg* leg = find(id);
    if (!leg || leg->state != LegState::rings) return;
    const auto ours = leg->voice->describe(leg->offered ? Turn::answer : Turn::offer);
    if (!ours || sipsess_answer(leg->session.get(), 200, "OK", ours.get(), "%s",
                                timer_headers(*leg).c_str()) != 0) {
        loop_.post([this, id] {
            if (Leg* failed = find(id)) end(*failed, LegEnd::failed);
        });
        return;
    }
    leg->state = LegState::up;
    if (leg->timer) set_timer(*leg, *leg->timer);
}

void Exchange::refuse(LegId id, Refusal why) {
    Leg* leg = find(id);
    if (!leg || leg->state != LegState::rings) return;
    const bool later = why != Refusal::unknown_number;
    const std::string headers =
        (later ? "Retry-After: " + std::to_string(retry_after.count()) + "\r\n" : std::string{}) +
        "Content-Length: 0\r\n\r\n";
    const std::uint16_t status = why == Refusal::unknown_number ? 404
                                 : why == Refusal::busy         ? 486
                                                                : 503;
    const char* reason = status == 404   ? "Not Found"
                         : status == 486 ? "Busy Here"
                                         : "Service Unavailable";
    sipsess_reject(leg->session.get(), status, reason, "%s", headers.c_str());
    bury(*leg);
}

void Exchange::hang_up(LegId id) {
    if (Leg* leg = find(id)) bury(*leg);
}

// The other side's wish in an INVITE.
void Exchange::take_timer(Leg& leg, const sip_msg& message) {
    leg.takes_update = has_token(message, SIP_HDR_ALLOW, "UPDATE");
    leg.knows_timer = has_token(message, SIP_HDR_SUPPORTED, "timer") ||
                      has_token(message, SIP_HDR_REQUIRE, "timer");
    leg.timer = accept_timer(header(message, SIP_HDR_SESSION_EXPIRES));
    // Who does not know the timer cannot refresh: somebody on the way has asked for it.
    if (leg.timer && !leg.knows_timer) leg.timer->refresher = Refresher::we;
    if (leg.timer && leg.state == LegState::up) set_timer(leg, *leg.timer);
}

void Exchange::set_timer(Leg& leg, SessionTimer timer) {
    leg.timer = timer;
    const std::chrono::milliseconds expires = timer.expires;
    // RFC 4028, 10: refresh in the middle; give up a little before the end.
    leg.timer_at =
        clock_now() + (timer.refresher == Refresher::we
                           ? expires / 2
                           : expires - std::min<std::chrono::milliseconds>(32s, expires / 3));
}

void Exchange::refresh(Leg& leg) {
    set_timer(leg, *leg.timer);
    if (leg.takes_update) {
        sip_drequestf(nullptr, sip_.get(), true, "UPDATE", sipsess_dialog(leg.session.get()), 0,
                      nullptr, nullptr, Callbacks::refreshed, nullptr,
                      "Supported: timer\r\nSession-Expires: %u;refresher=uac\r\n"
                      "Content-Length: 0\r\n\r\n",
                      static_cast<unsigned>(leg.timer->expires.count()));
        return;
    }
    if (const auto ours = leg.voice->describe(Turn::offer))
        sipsess_modify(leg.session.get(), ours.get());
}

// Once each tick.
void Exchange::watch(Leg& leg, std::chrono::milliseconds now) {
    if (leg.state == LegState::rings || leg.state == LegState::calls) {
        if (now >= leg.give_up) end(leg, LegEnd::no_answer);
        return;
    }
    if (leg.timer && now >= leg.timer_at) {
        if (leg.timer->refresher == Refresher::they) return end(leg, LegEnd::lost);
        refresh(leg);
    }
    if (leg.voice->expects_sound() && now - leg.voice->last_heard() > silence_ends_call)
        end(leg, LegEnd::lost);
}

}  // namespace sanad::phone
