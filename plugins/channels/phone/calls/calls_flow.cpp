#include "plugins/channels/phone/calls/calls.h"

#include "plugins/shared/return_code/return_code.h"

#include <sodium.h>

#include <variant>

// What the flow wants done.
namespace sanad::phone {

namespace schema = plugin::schema;

namespace {

constexpr unsigned codes_max = 3;

std::string random_key() {
    std::string key(16, '\0');
    randombytes_buf(key.data(), key.size());
    return key;
}

QueueNews news_of(std::uint32_t position, std::uint32_t wait_seconds) {
    QueueNews news;
    if (position > 0) news.position = position;
    if (wait_seconds > 0) news.wait = std::chrono::seconds(wait_seconds);
    return news;
}

}  // namespace

// Runs in the conversation's lane, in the order of asking.
template <typename Work, typename Then>
void Calls::ask(Call& call, Work work, Then then) {
    const std::string id = call.conversation;
    const bool added = lanes_.add(id, [this, id, work = std::move(work), then]() mutable {
        auto answer = work(host_);
        lines_.post([this, id, then, answer = std::move(answer)]() mutable {
            if (Call* still = find(id)) then(*still, std::move(answer));
        });
    });
    // The lane is full: the node is far behind. As if it had said no.
    if (!added)
        lines_.post([this, id, then]() mutable {
            if (Call* still = find(id)) then(*still, {});
        });
}

void Calls::tell(const std::string& conversation, std::function<void(plugin::Host&)> work) {
    (void)lanes_.add(conversation, [this, work = std::move(work)] { work(host_); });
}

void Calls::act(Call& call, const Action& action) {
    std::visit([&](const auto& wanted) { on(call, wanted); }, action);
}

void Calls::on(Call& call, const Play& play) {
    lines_.play(call.leg, play.id, sounds_(play.items), play.loop);
}

void Calls::on(Call& call, const StopPlaying&) { lines_.stop_playing(call.leg); }

void Calls::on(Call& call, const SetTimer& timer) {
    lines_.after(timer.after,
                 [this, conversation = call.conversation, leg = call.leg, id = timer.id] {
                     Call* still = find(conversation);
                     if (still && still->leg == leg) happens(*still, TimerFired{id});
                 });
}

void Calls::on(Call&, const SetLanguage&) {}  // it stands in the call's state

Calls::Coming Calls::coming(const Call& call, std::vector<std::string> marks) {
    Coming coming{call.conversation,  call.state.language, {}, {},
                  call.state.urgency, std::move(marks)};
    if (!call.state.language_known) coming.language.clear();
    return coming;
}

void Calls::ask_arrival(Call& call, Coming coming, Question question) {
    const bool former = call.arrived;
    call.arrived = true;
    if (call.leg != LegId::none) live(call);
    struct Answered {
        sanad_status status = SANAD_E_BUSY;
        std::uint32_t position = 0, wait_seconds = 0;
    };
    ask(
        call,
        [coming = std::move(coming), key = random_key()](plugin::Host& host) {
            plugin::Host::Arrival arrival{coming.conversation, key, {}};
            if (!coming.language.empty()) arrival.languages = {coming.language};
            arrival.urgency = static_cast<std::uint8_t>(coming.urgency);
            arrival.marks = coming.marks;
            arrival.return_address = coming.number;
            const std::string earlier =
                coming.code.empty() ? std::string() : return_code::conversation_of(coming.code);
            arrival.earlier = earlier;
            const auto answer = host.arrive(arrival);
            if (!answer) return Answered{answer.status()};
            return Answered{SANAD_OK, answer->getPosition(), answer->getWaitSeconds()};
        },
        [this, question, former](Call& still, Answered answer) {
            if (question == Question::none) return;
            const bool taken = answer.status == SANAD_OK;
            if (!taken) still.arrived = former;
            if (taken && question == Question::callback) {
                still.settled = true;
                over(still);
            }
            const bool unknown = question == Question::code && answer.status == SANAD_E_NOT_FOUND;
            const std::string conversation = still.conversation;
            happens(still, NodeAnswered{question, taken     ? Answer::yes
                                                  : unknown ? Answer::no
                                                            : Answer::failed});
            Call* here = find(conversation);
            if (here && taken && question == Question::place)
                happens(*here, news_of(answer.position, answer.wait_seconds));
        });
}

void Calls::on(Call& call, const Arrive& arrive) {
    Coming now = coming(call, arrive.marks);
    now.urgency = arrive.urgency;
    call.settled = false;
    ask_arrival(call, std::move(now), Question::place);
}

void Calls::on(Call& call, const AskPlace&) {
    struct Stands {
        std::uint32_t position = 0, wait_seconds = 0;
    };
    ask(
        call,
        [id = call.conversation](plugin::Host& host) {
            const auto replay = host.replay(id, UINT32_MAX, 1);
            return replay ? Stands{replay->getPosition(), replay->getWaitSeconds()} : Stands{};
        },
        [this](Call& still, Stands place) {
            happens(still, news_of(place.position, place.wait_seconds));
        });
}

// The contact itself still waits: a message or a call-back may follow, and else the end of the call
// says that it was abandoned.
void Calls::on(Call& call, const LeaveQueue&) { let_go(call.counsellor); }

void Calls::on(Call& call, const LetGo&) { let_go(call.counsellor); }

void Calls::on(Call& call, const Summon&) {
    if (call.counsellor) return;
    ask(
        call,
        [id = call.conversation, devices = free_devices()](plugin::Host& host) {
            // Also where no device is free: it says that somebody is on the line.
            const auto chosen = host.summon(id, devices);
            return chosen ? std::string(plugin::view_of(chosen->getDevice())) : std::string();
        },
        [this](Call& still, std::string device) {
            if (device.empty()) return;
            const bool waits =
                still.state.phase == Phase::queued && !still.counsellor && !busy_.contains(device);
            if (waits)
                ring(still, device);
            else
                rang(still.conversation, device, schema::Rang::Result::BUSY);
        });
}

void Calls::on(Call& call, const StartRecording&) {
    if (!call.arrived) ask_arrival(call, coming(call, call.state.marks), Question::none);
    call.file = random_key();
    call.message.emplace([this, id = call.conversation](VoiceMessage::Part part) {
        if (Call* still = find(id)) send_part(*still, std::move(part));
    });
}

void Calls::on(Call& call, const StopRecording&) {
    if (call.message) call.message->finish();
}

// A message that is whole, or cut, is told to the counsellors after its last second is on disk.
void Calls::send_part(Call& call, VoiceMessage::Part part) {
    const bool last = part.last;
    ask(
        call,
        [id = call.conversation, file = call.file, part = std::move(part),
         key = random_key()](plugin::Host& host) {
            plugin::Host::FilePart sent{id, file, part.index, part.bytes, part.last};
            if (part.index == 0) sent.media_type = VoiceMessage::media_type;
            const bool stored = host.attach(sent) == SANAD_OK;
            if (part.last || !stored)
                (void)host.notice(id, key, stored ? "voice_message" : "voice_message_cut");
            return stored;
        },
        [this, last](Call& still, bool stored) { part_stored(still, last, stored); });
}

void Calls::part_stored(Call& call, bool last, bool stored) {
    if (!call.message) return;
    if (stored)
        call.message->stored();
    else
        call.message->lost();
    if (!last && stored) return;
    call.settled = call.settled || stored;
    if (call.settled) over(call);
    call.message.reset();
    happens(call, NodeAnswered{Question::recording, stored ? Answer::yes : Answer::failed});
}

void Calls::on(Call& call, const RequestCallback& wanted) {
    Coming now = coming(call, wanted.marks);
    now.urgency = wanted.urgency;
    now.number = wanted.number.empty() ? call.number : wanted.number;
    if (now.number.empty()) return answer(call, {Question::callback, Answer::failed});
    ask_arrival(call, std::move(now), Question::callback);
}

// Three tries a call: who has a code types it right, and nobody shall try them all.
void Calls::on(Call& call, const RedeemCode& code) {
    if (++call.codes_tried > codes_max || code.digits.size() != return_code::digits)
        return answer(call, {Question::code, Answer::no});
    Coming now = coming(call, call.state.marks);
    now.code = code.digits;
    ask_arrival(call, std::move(now), Question::code);
}

// Two legs that lead outside are never joined here, so a call is passed on by saying the number.
void Calls::on(Call& call, const TransferToCover&) {
    answer(call, {Question::transfer, Answer::failed});
}

void Calls::on(Call& call, const Note& note) { notice(call, note.mark); }

void Calls::on(Call& call, const HangUp&) {
    lines_.hang_up(call.leg);
    legs_.erase(call.leg);
    call.leg = LegId::none;
    finish(call);
}

// Never from within the step that asked.
void Calls::answer(Call& call, NodeAnswered answered) {
    lines_.post([this, id = call.conversation, answered] {
        if (Call* still = find(id)) happens(*still, answered);
    });
}

// Before there is a contact, the arrival tells it with all that the call's state has.
void Calls::notice(Call& call, const std::string& mark) {
    if (!call.arrived) return;
    tell(call.conversation, [id = call.conversation, key = random_key(), mark](plugin::Host& host) {
        (void)host.notice(id, key, mark);
    });
}

}  // namespace sanad::phone
