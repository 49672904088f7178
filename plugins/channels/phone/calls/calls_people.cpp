#include "plugins/channels/phone/calls/calls.h"

// Devices, and who is joined with whom.
namespace sanad::phone {

namespace schema = plugin::schema;
using plugin::Outcome;
using Act = schema::Control::Act;

namespace {

constexpr const char* display = "Helpline";  // never a number: the console says who waits

schema::Rang::Result result_of(LegEnd why) {
    switch (why) {
        case LegEnd::busy:
            return schema::Rang::Result::BUSY;
        case LegEnd::declined:
            return schema::Rang::Result::REFUSED;
        default:
            return schema::Rang::Result::MISSED;
    }
}

}  // namespace

std::vector<std::string> Calls::free_devices() const {
    std::vector<std::string> devices = lines_.devices();
    std::erase_if(devices, [this](const auto& name) { return busy_.contains(name); });
    constexpr std::size_t asked_max = 200;
    if (devices.size() > asked_max) devices.resize(asked_max);
    return devices;
}

LegId Calls::take(const std::string& device, Call& call, Role role, std::chrono::seconds at_most) {
    const LegId leg = lines_.ring(device, display, at_most);
    if (leg == LegId::none) return leg;
    busy_.insert(device);
    legs_[leg] = {call.conversation, role};
    return leg;
}

void Calls::ring(Call& call, const std::string& device) {
    const LegId leg = take(device, call, Role::counsellor, settings_.ring);
    if (leg == LegId::none) return rang(call.conversation, device, schema::Rang::Result::MISSED);
    call.counsellor = Seat{device, leg};
    happens(call, CounsellorRinging{});
}

void Calls::rang(const std::string& conversation, const std::string& device,
                 schema::Rang::Result result) {
    tell(conversation, [conversation, device, result](plugin::Host& host) {
        (void)host.rang(conversation, device, result);
    });
}

Outcome Calls::seat(Call& call, std::optional<Seat>& empty, Role role, const std::string& device) {
    const LegId leg = take(device, call, role, settings_.ring);
    if (leg == LegId::none) return Outcome::rejected("device_not_registered");
    empty = Seat{device, leg};
    return Outcome::accepted();
}

void Calls::seat_answered(Call& call, Role role) {
    if (role == Role::supervisor) {
        if (!call.supervisor) return;
        call.supervisor->answered = true;
        return lines_.take_part(call.leg, call.supervisor->leg, call.part);
    }
    if (role == Role::next) {
        if (!call.next) return;
        const Seat next = *call.next;
        call.next.reset();
        let_go(call.counsellor);
        call.counsellor = next;
        call.counsellor->answered = true;
        legs_[next.leg].role = Role::counsellor;
        rang(call.conversation, next.device, schema::Rang::Result::ANSWERED);
        return lines_.join(call.leg, next.leg);
    }
    if (!call.counsellor) return;
    call.counsellor->answered = true;
    if (call.goes_out && call.leg == LegId::none) {  // now the person who asked for it
        call.leg = lines_.call_out({call.number}, settings_.call_out);
        if (call.leg == LegId::none) {
            notice(call, "callback_failed");
            return finish(call);
        }
        legs_[call.leg] = {call.conversation, Role::person};
        return;
    }
    // The contact is theirs before a word is said.
    const std::string device = call.counsellor->device;
    const std::string id = call.conversation;
    (void)lanes_.add(id, [this, id, device] {
        const sanad_status status = host_.rang(id, device, schema::Rang::Result::ANSWERED);
        lines_.post([this, id, device, status] {
            Call* still = find(id);
            if (!still || !still->counsellor || still->counsellor->device != device) return;
            if (status == SANAD_OK) return joined(*still);
            let_go(still->counsellor);
            happens(*still, CounsellorGone{Gone::missed});
        });
    });
}

void Calls::joined(Call& call) {
    if (!call.counsellor || call.leg == LegId::none) return;
    call.talked = true;
    call.settled = false;
    live(call);
    lines_.join(call.leg, call.counsellor->leg);
    if (!call.goes_out) happens(call, Bridged{});
}

void Calls::seat_ended(Call& call, Role role, LegEnd why) {
    if (role == Role::supervisor) {
        if (call.supervisor) busy_.erase(call.supervisor->device);
        call.supervisor.reset();
        return;
    }
    if (role == Role::next) {  // not taken over: the former counsellor still has the call
        if (!call.next) return;
        rang(call.conversation, call.next->device, result_of(why));
        busy_.erase(call.next->device);
        call.next.reset();
        return;
    }
    if (!call.counsellor) return;
    const Seat seat = *call.counsellor;
    call.counsellor.reset();
    busy_.erase(seat.device);
    if (call.goes_out) {  // whoever called back hung up, or never came to their telephone
        if (!seat.answered) rang(call.conversation, seat.device, result_of(why));
        if (call.leg != LegId::none) lines_.hang_up(call.leg);
        return finish(call);
    }
    if (!seat.answered) {
        rang(call.conversation, seat.device, result_of(why));
        return happens(call, CounsellorGone{Gone::missed});
    }
    happens(call, CounsellorGone{why == LegEnd::lost ? Gone::lost : Gone::finished});
}

void Calls::let_go(std::optional<Seat>& seat) {
    if (!seat) return;
    lines_.hang_up(seat->leg);
    legs_.erase(seat->leg);
    busy_.erase(seat->device);
    seat.reset();
}

Outcome Calls::connect(const std::string& conversation, const std::string& device,
                       const std::string& number) {
    if (busy_.contains(device)) return Outcome::rejected("device_busy");
    if (Call* call = find(conversation)) {
        const Phase phase = call->state.phase;
        if (phase != Phase::queued && phase != Phase::ringing)
            return Outcome::rejected("not_waiting");
        let_go(call->counsellor);
        const Outcome rings = seat(*call, call->counsellor, Role::counsellor, device);
        if (call->counsellor) happens(*call, CounsellorRinging{});
        return rings;
    }
    if (number.empty()) return Outcome::rejected("no_number");
    auto made = std::make_unique<Call>();
    made->conversation = conversation;
    made->number = number;
    made->goes_out = made->arrived = made->settled = true;
    const Outcome rings = seat(*made, made->counsellor, Role::counsellor, device);
    if (!made->counsellor) return rings;
    calls_.emplace(conversation, std::move(made));
    count_ = calls_.size();
    return rings;
}

Outcome Calls::control(const std::string& conversation, Act act, const std::string& device) {
    Call* call = find(conversation);
    if (!call || !call->counsellor || !call->counsellor->answered || call->leg == LegId::none)
        return Outcome::rejected("no_call");
    switch (act) {
        case Act::HANG_UP:
            lines_.hang_up(call->leg);
            finish(*call);
            return Outcome::accepted();
        case Act::HOLD:
            lines_.part(call->counsellor->leg);
            lines_.play(call->leg, 0,
                        sounds_({{Spoken::What::prompt, call->state.language, flow_.sounds.calm}}),
                        true);
            return Outcome::accepted();
        case Act::RESUME:
            lines_.join(call->leg, call->counsellor->leg);
            return Outcome::accepted();
        case Act::TRANSFER:
            if (busy_.contains(device)) return Outcome::rejected("device_busy");
            let_go(call->next);
            return seat(*call, call->next, Role::next, device);
        case Act::LISTEN:
        case Act::WHISPER:
        case Act::BARGE_IN:
            call->part = act == Act::LISTEN    ? Part::listens
                         : act == Act::WHISPER ? Part::whispers
                                               : Part::joins;
            if (call->supervisor && call->supervisor->device == device) {
                if (call->supervisor->answered)
                    lines_.take_part(call->leg, call->supervisor->leg, call->part);
                return Outcome::accepted();
            }
            if (call->supervisor || busy_.contains(device)) return Outcome::rejected("device_busy");
            return seat(*call, call->supervisor, Role::supervisor, device);
        case Act::LEAVE:
            let_go(call->supervisor);
            return Outcome::accepted();
    }
    return Outcome::rejected("unsupported");
}

}  // namespace sanad::phone
