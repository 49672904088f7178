#include "plugins/channels/phone/sip/callbacks.h"
#include "plugins/channels/phone/sip/sip_text.h"

#include <algorithm>
#include <cstdint>

#include <re.h>

namespace sanad::phone {
namespace {

constexpr char methods[] = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REGISTER";

bool is(const sip_msg& message, const char* method) { return pl_strcmp(&message.met, method) == 0; }

// Stateless: a refusal costs no memory. Whoever lost it asks again.
void refuse_with(sip* stack, const sip_msg& message, std::uint16_t status, const char* reason,
                 const char* header, std::int64_t value) {
    sip_replyf(stack, &message, status, reason, "%s: %lld\r\nContent-Length: 0\r\n\r\n", header,
               static_cast<long long>(value));
}

// An extension that the caller insists on, and that we do not have.
std::string_view unknown_extension(const sip_msg& message) {
    auto required = header(message, SIP_HDR_REQUIRE);
    while (!required.empty()) {
        const auto comma = std::min(required.find(','), required.size());
        auto one = required.substr(0, comma);
        required.remove_prefix(std::min(comma + 1, required.size()));
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (!one.empty() && one != "timer") return one;
    }
    return {};
}

}  // namespace

bool Exchange::Callbacks::request(const sip_msg* message, void* self) {
    return static_cast<Exchange*>(self)->on_request(*message);
}

void Exchange::Callbacks::incoming(const sip_msg* message, void* self) {
    static_cast<Exchange*>(self)->incoming(*message);
}

// True: it has been dealt with, and goes no further.
bool Exchange::on_request(const sip_msg& message) {
    const auto source = host(message.src);
    const auto standing = trunks_.find(source) ? Standing::trusted : Standing::stranger;
    if (!budget_->take(source, standing, clock_now())) return true;
    if (pl_isset(&message.to.tag)) return on_request_within(message);
    if (is(message, "INVITE")) return !may_call(message);
    if (is(message, "ACK") || is(message, "BYE") || is(message, "CANCEL")) return false;
    if (is(message, "REGISTER")) {
        registrar_->request(sip_.get(), message);
    } else if (is(message, "OPTIONS")) {
        sip_replyf(sip_.get(), &message, 200, "OK",
                   "Allow: %s\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n", methods);
    } else {
        sip_replyf(sip_.get(), &message, 405, "Method Not Allowed",
                   "Allow: %s\r\nContent-Length: 0\r\n\r\n", methods);
    }
    return true;
}

// REFER, MESSAGE and the like within a call lead nowhere.
bool Exchange::on_request_within(const sip_msg& message) {
    if (is(message, "UPDATE")) return on_update(message);
    for (const char* known : {"INVITE", "ACK", "BYE", "INFO", "CANCEL"})
        if (is(message, known)) return false;
    if (is(message, "OPTIONS"))
        sip_reply(sip_.get(), &message, 200, "OK");
    else
        sip_replyf(sip_.get(), &message, 405, "Method Not Allowed",
                   "Allow: %s\r\nContent-Length: 0\r\n\r\n", methods);
    return true;
}

bool Exchange::may_call(const sip_msg& message) {
    const auto called = view(message.uri.user);
    const bool listed = std::ranges::find(settings_.numbers, called) != settings_.numbers.end();
    if (!trunks_.find(host(message.src)) || !listed) {
        sip_reply(sip_.get(), &message, 404, "Not Found");
        return false;
    }
    if (stopping_) {
        refuse_with(sip_.get(), message, 503, "Service Unavailable", "Retry-After",
                    retry_after.count());
        return false;
    }
    if (const auto unknown = unknown_extension(message); !unknown.empty()) {
        const pl name{unknown.data(), unknown.size()};
        sip_replyf(sip_.get(), &message, 420, "Bad Extension",
                   "Unsupported: %r\r\nContent-Length: 0\r\n\r\n", &name);
        return false;
    }
    const auto expires = header(message, SIP_HDR_SESSION_EXPIRES);
    const pl seconds{expires.data(), expires.size()};
    if (!expires.empty() && std::chrono::seconds{pl_u32(&seconds)} < session_min &&
        has_token(message, SIP_HDR_SUPPORTED, "timer")) {
        refuse_with(sip_.get(), message, 422, "Session Interval Too Small", "Min-SE",
                    session_min.count());
        return false;
    }
    if (callers_ >= settings_.calls_max || legs_.size() >= legs_max) {
        refuse_with(sip_.get(), message, 486, "Busy Here", "Retry-After", retry_after.count());
        return false;
    }
    return true;
}

void Exchange::incoming(const sip_msg& message) {
    auto& leg = add(Side::caller, LegState::rings);
    const auto refuse = [&](std::uint16_t status, const char* reason) {
        sip_reply(sip_.get(), &message, status, reason);
        bury(leg);
    };
    leg.voice = open_voice(leg, Far::trunk,
                           message.tp == SIP_TRANSP_TLS ? Secrecy::either : Secrecy::clear);
    if (!leg.voice) return refuse(503, "Service Unavailable");
    leg.tones = std::make_unique<Tones>();
    leg.offered = mbuf_get_left(message.mb) > 0;
    if (leg.offered && !leg.voice->take(*message.mb, Turn::offer, message.src))
        return refuse(488, "Not Acceptable Here");
    sipsess* session = nullptr;
    if (sipsess_accept(&session, sessions_.get(), &message, 180, "Ringing", "helpline",
                       "application/sdp", nullptr, nullptr, nullptr, false, Callbacks::offer,
                       Callbacks::answer, Callbacks::established, Callbacks::info, nullptr,
                       Callbacks::closed, &leg, nullptr) != 0)
        return refuse(500, "Server Error");
    leg.session.reset(session);
    leg.give_up = clock_now() + unanswered_max;
    take_timer(leg, message);

    const auto* asserted = sip_msg_hdr(&message, SIP_HDR_P_ASSERTED_IDENTITY);
    sip_addr identity{};
    if (asserted && sip_addr_decode(&identity, &asserted->val) != 0) identity = {};
    events_->incoming(
        {leg.id, text(message.uri.user),
         caller_number(view(identity.uri.user), view(message.from.uri.user),
                       view(message.from.uri.host), header(message, SIP_HDR_PRIVACY))});
}

// RFC 3311, which the library has not. With an SDP it is an offer; without, a sign of life.
bool Exchange::on_update(const sip_msg& message) {
    Leg* leg = nullptr;
    for (const auto& [id, one] : legs_)
        if (one->session && one->state == LegState::up &&
            sip_dialog_cmp(sipsess_dialog(one->session.get()), &message))
            leg = one.get();
    auto* const stack = sip_.get();
    if (!leg) {
        sip_reply(stack, &message, 481, "Call Does Not Exist");
        return true;
    }
    if (!sip_dialog_rseq_valid(sipsess_dialog(leg->session.get()), &message)) {
        sip_reply(stack, &message, 500, "Bad Sequence");
        return true;
    }
    Handle<mbuf> answer;
    if (mbuf_get_left(message.mb) > 0) {
        if (!leg->voice->take(*message.mb, Turn::offer, message.src) ||
            !(answer = leg->voice->describe(Turn::answer))) {
            sip_treply(nullptr, stack, &message, 488, "Not Acceptable Here");
            return true;
        }
    }
    std::string timer;
    if (const auto settled = accept_timer(header(message, SIP_HDR_SESSION_EXPIRES))) {
        set_timer(*leg, *settled);
        timer = "Require: timer\r\nSession-Expires: " + std::to_string(settled->expires.count()) +
                (settled->refresher == Refresher::we ? ";refresher=uas\r\n" : ";refresher=uac\r\n");
    }
    sip_treplyf(nullptr, nullptr, stack, &message, true, 200, "OK",
                "Contact: <sip:helpline@%J%s>\r\n%s%sContent-Length: %zu\r\n\r\n%b", &message.dst,
                sip_transp_param(message.tp), timer.c_str(),
                answer ? "Content-Type: application/sdp\r\n" : "",
                answer ? mbuf_get_left(answer.get()) : std::size_t{0},
                answer ? mbuf_buf(answer.get()) : nullptr,
                answer ? mbuf_get_left(answer.get()) : std::size_t{0});
    return true;
}

}  // namespace sanad::phone
