#include "plugins/channels/phone/calls/calls.h"

#include <sodium.h>

#include <algorithm>

// What happens on the lines, and what follows for a call. What the flow wants done is in
// calls_flow.cpp, what becomes of people and devices in calls_people.cpp.
namespace sanad::phone {

namespace {

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

constexpr std::size_t conversation_bytes = 32;

std::int64_t now_ms() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

}  // namespace

Call::~Call() { sodium_memzero(number.data(), number.size()); }

Calls::Calls(plugin::Host& host, Lines& lines, lanes::Lanes& lanes, const Flow& flow,
             SoundsOf sounds, CallSettings settings)
    : host_(host),
      lines_(lines),
      lanes_(lanes),
      flow_(flow),
      sounds_(std::move(sounds)),
      settings_(std::move(settings)),
      live_(settings_.lines_max) {}

Calls::~Calls() = default;

void Calls::incoming(const Incoming& call) {
    const auto& numbers = settings_.numbers;
    if (!numbers.empty() && std::ranges::find(numbers, call.called) == numbers.end())
        return lines_.refuse(call.leg, Refusal::unknown_number);
    if (draining_) return lines_.refuse(call.leg, Refusal::unavailable);
    if (calls_.size() >= settings_.lines_max) return lines_.refuse(call.leg, Refusal::busy);

    auto made = std::make_unique<Call>();
    made->leg = call.leg;
    Started started;
    started.anonymous = !call.caller.has_value();
    if (call.caller) {
        made->number = *call.caller;
        made->caller = caller_token(settings_.caller_key, *call.caller);
        // Somebody whom the line cut off finds the counsellor's draft again, unless that is
        // somebody else on the same telephone who calls at the same time.
        auto former = broken_off_.take(made->caller, std::chrono::steady_clock::now());
        if (former && !find(former->conversation)) {
            started.returning = true;
            started.language = former->language;
            made->conversation = std::move(former->conversation);
        }
    }
    if (made->conversation.empty()) made->conversation = random_bytes(conversation_bytes);
    started.load = calls_.size() >= settings_.calls_max ? Load::full : Load::normal;

    Call& here = *made;
    legs_[call.leg] = {here.conversation, Role::person};
    calls_.emplace(here.conversation, std::move(made));
    count_ = calls_.size();
    lines_.answer(call.leg);
    lines_.listen(call.leg, true);  // whether anybody speaks: who cannot is asked by digits
    happens(here, started);
}

void Calls::answered(LegId leg) {
    const auto found = legs_.find(leg);
    if (found == legs_.end()) return;
    Call* call = find(found->second.conversation);
    if (!call) return;
    if (found->second.role == Role::person) return joined(*call);  // called back, and there
    seat_answered(*call, found->second.role);
}

void Calls::digit(LegId leg, char digit) {
    if (Call* call = find(leg, Role::person)) happens(*call, Digit{digit});
}

void Calls::played(LegId leg, std::uint32_t id) {
    if (Call* call = find(leg, Role::person)) happens(*call, PromptEnded{id});
}

void Calls::ended(LegId leg, LegEnd why) {
    const auto found = legs_.find(leg);
    if (found == legs_.end()) return;
    const Place place = found->second;
    legs_.erase(found);
    Call* call = find(place.conversation);
    if (!call) return;
    if (place.role != Role::person) return seat_ended(*call, place.role, why);
    call->leg = LegId::none;
    if (call->goes_out && !call->talked) notice(*call, "callback_failed");
    if (call->state.phase == Phase::talking && why == LegEnd::lost) {
        notice(*call, "call_dropped");
        if (!call->caller.empty())
            broken_off_.note(call->caller, call->conversation, call->state.language,
                             std::chrono::steady_clock::now());
    }
    happens(*call, HungUp{});
    finish(*call);
}

void Calls::heard(LegId leg, Frame frame) {
    Call* call = find(leg, Role::person);
    if (call && call->message) call->message->take(frame);
}

void Calls::voice(LegId leg, bool speaks) {
    Call* call = find(leg, Role::person);
    if (!call) return;
    if (speaks)
        happens(*call, Speech{});
    else
        happens(*call, Silence{});
}

// Whoever waits is told to the new device by the next Summon, which is never long away.
void Calls::device(const std::string&, bool) {}

void Calls::contact_ended(const std::string& conversation) {
    Call* call = find(conversation);
    if (!call) return;
    call->settled = true;
    if (call->leg != LegId::none) lines_.hang_up(call->leg);
    finish(*call);
}

void Calls::drain() { draining_ = true; }

void Calls::live(Call& call) {
    if (call.place) return;
    call.place = live_.take();
    if (call.place)
        tell(call.conversation, [place = *call.place, id = call.conversation](plugin::Host& host) {
            LiveCalls::begin(host, place, id);
        });
}

// The place is another call's only after the node has forgotten this one.
void Calls::over(Call& call) {
    if (!call.place) return;
    tell(call.conversation, [this, place = *call.place](plugin::Host& host) {
        LiveCalls::end(host, place);
        lines_.post([this, place] { live_.give_back(place); });
    });
    call.place.reset();
}

Call* Calls::find(LegId leg, Role role) {
    const auto found = legs_.find(leg);
    if (found == legs_.end() || found->second.role != role) return nullptr;
    return find(found->second.conversation);
}

Call* Calls::find(const std::string& conversation) {
    const auto found = calls_.find(conversation);
    return found == calls_.end() ? nullptr : found->second.get();
}

// The flow may end the call in the last of its actions: nothing is touched after that.
void Calls::happens(Call& call, const Event& event) {
    Step next = step(flow_, std::move(call.state), event, now_ms());
    call.state = std::move(next.state);
    const std::string conversation = call.conversation;
    for (const Action& action : next.actions) {
        act(call, action);
        if (!find(conversation)) return;
    }
}

// Each call is one contact, whatever became of it: a call that never came to the queue as well. Who
// left a message or waits to be called back is still waiting; everybody else is not.
void Calls::finish(Call& call) {
    using How = plugin::schema::Leave::How;
    let_go(call.counsellor);
    let_go(call.next);
    let_go(call.supervisor);
    if (call.message && call.message->length() > std::chrono::seconds(0)) call.settled = true;
    if (call.message) call.message->finish();
    legs_.erase(call.leg);
    over(call);
    const How how = call.talked ? How::CALL_ENDED : How::ABANDONED;
    if (!call.arrived && !call.goes_out)
        ask_arrival(call, coming(call, call.state.marks), Question::none);
    if (!call.settled)
        tell(call.conversation,
             [how, id = call.conversation](plugin::Host& host) { (void)host.leave(id, how); });
    calls_.erase(call.conversation);
    count_ = calls_.size();
}

}  // namespace sanad::phone
