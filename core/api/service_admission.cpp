// The part of Service that says who a request is by, and whether they may ask it.
#include "core/api/service_call.h"

namespace sanad::api {

using schema::api::Request;

namespace {

// A page asks these by itself: they do not show that somebody is still sitting there.
bool shows_presence(Request::Which which) {
    return which != Request::FEED_READ && which != Request::SESSION_SHOW &&
           which != Request::QUEUE_SHOW && which != Request::QUEUE_WATCH &&
           which != Request::NODE_STATUS;
}

}  // namespace

void Service::ask(ByteView session, ByteView request, DeskDoor::Answer answer) {
    auto side = std::make_shared<DeskSide>();  // of the call and of its answer
    side->session = Sessions::hash_of(session);
    auto call = std::make_shared<Call>();  // of this thread, and of the engine's
    call->desk = side;
    call->answer = [this, side, answer = std::move(answer)](Bytes reply) {
        const bool live = side->session && parts_.sessions.find(*side->session, parts_.clock.now());
        const bool ended = side->fresh.empty() && !live;
        answer({std::move(reply), std::move(side->fresh), ended});
    };
    take(call, request);
}

Result<void> Service::admit_at_socket(Call& call) {
    if (call.rule->from == From::desk || call.rule->roles.size() == 0)
        return fail(Fault::denied, "desk_only");
    auto actor = parts_.accounts.actor(call.actor.name);
    if (!actor) return fail(Fault::denied, "actor_unknown");
    call.actor = std::move(*actor);
    const auto allowed = check_role(call.actor, call.rule->roles);
    if (!allowed) record_refusal(call, allowed.error());
    return allowed;
}

// What the request says of its actor is not looked at.
Result<void> Service::admit_at_desk(Call& call) {
    const Time now = parts_.clock.now();
    call.actor = {};
    const auto& token = call.desk->session;
    const auto session = token ? parts_.sessions.find(*token, now) : std::nullopt;
    auto actor = session ? parts_.accounts.actor(session->name) : std::nullopt;
    if (call.rule->roles.size() == 0) {
        // A challenge is what sessionConfirm needs as well.
        if (actor && call.rule->which != Request::SIGN_IN_START)
            return fail(Fault::denied, "signed_in");
        return {};
    }
    if (!actor) return fail(Fault::denied, "signed_out");
    call.actor = std::move(*actor);
    call.actor.session = token;
    if (shows_presence(call.rule->which)) parts_.sessions.touch(*token, now);
    auto allowed = check_role(call.actor, call.rule->roles);
    if (allowed && call.rule->factor == Factor::fresh &&
        now - session->confirmed_at >= confirmed_within)
        allowed = fail(Fault::denied, "confirm_needed");
    if (!allowed) record_refusal(call, allowed.error());
    return allowed;
}

bool Service::is_signed_in(ByteView session) {
    const auto token = Sessions::hash_of(session);
    const auto found = token ? parts_.sessions.find(*token, parts_.clock.now()) : std::nullopt;
    return found && parts_.accounts.actor(found->name);
}

void Service::tidy_sessions() {
    if (!parts_.sessions.is_untidy(parts_.clock.now()) || tidying_.exchange(true)) return;
    const auto taken = parts_.engine.submit(
        [this](store::Draft& draft) { return parts_.sessions.tidy(draft, parts_.clock.now()); },
        [this](const Result<void>&) { tidying_ = false; }, store::Engine::When::lazy);
    if (!taken) tidying_ = false;
}

}  // namespace sanad::api
