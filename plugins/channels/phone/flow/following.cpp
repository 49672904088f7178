#include "plugins/channels/phone/flow/following.h"

#include "plugins/channels/phone/flow/flow_words.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace sanad::phone {
namespace {

// What was agreed, and whatever else there is room for.
std::vector<std::string> callback_marks(const CallState& call) {
    constexpr std::array times{"callback_now", "callback_now", "callback_morning",
                               "callback_afternoon", "callback_evening"};
    std::vector<std::string> marks{
        "callback_wanted", times[std::size_t(call.call_time)],
        call.may_answer == MayAnswer::anyone ? "callback_anyone" : "callback_only_caller"};
    if (call.may_leave_message == MayLeaveMessage::yes)
        marks.emplace_back("callback_may_leave_message");
    for (const auto& mark : call.marks)
        if (marks.size() < marks_max) marks.push_back(mark);
    return marks;
}

}  // namespace

// ------------------------------------------------------------ coming to a state

// States that say nothing lead on at once; flow_check.h has seen to it that none of them go round
// in a circle.
void Following::enter(std::string name) {
    call_.timer_id = call_.hush_timer_id = 0;
    call_.play_id = 0;
    call_.question = Question::none;
    for (std::size_t states = 0; !name.empty(); ++states) {
        assert(states <= flow_.states.size());
        const State* next = flow_.find(name);
        assert(next != nullptr);
        name = enter_one(*next);
    }
}

// Returns the state that follows at once, or nothing: the call rests here.
std::string Following::enter_one(const State& next) {
    const Urgency before = call_.urgency;
    if (next.kind == Kind::end && !call_.heard) {
        mark("silent_caller");
        return flow_.silent;
    }
    apply(next.effects);
    if (next.kind == Kind::check) {
        const bool yes = holds(next.condition);
        if (next.condition == Condition::open && !yes) {
            call_.found_closed = true;
            mark("outside_hours");
        }
        if (next.condition == Condition::full && yes) call_.found_full = true;
        return yes ? next.next : next.otherwise;
    }
    call_.state = next.name;
    call_.said = 0;
    call_.confirming = false;
    call_.typed.clear();
    if (next.kind == Kind::queue) {
        join_queue(next, before);
        return {};
    }
    if (std::exchange(call_.placed, false)) actions_.push_back(LeaveQueue{});
    call_.summon_timer_id = 0;
    switch (next.kind) {
        case Kind::callback:
            return ask_for_callback(next);
        case Kind::cover:
            return offer_cover(next);
        case Kind::code:
            if (call_.code.empty()) return next.otherwise;
            actions_.push_back(RedeemCode{call_.code});
            ask(Question::code, node_wait);
            return {};
        default:
            say_again();
            return {};
    }
}

std::string Following::ask_for_callback(const State& next) {
    if (call_.number.empty() && (call_.anonymous || !call_.own_number)) return next.number_missing;
    // What was not asked counts as the safer answer.
    if (call_.call_time == CallTime::unasked) call_.call_time = CallTime::soon;
    if (call_.may_answer == MayAnswer::unasked) call_.may_answer = MayAnswer::only_me;
    if (call_.may_leave_message == MayLeaveMessage::unasked)
        call_.may_leave_message = MayLeaveMessage::no;
    actions_.push_back(RequestCallback{call_.call_time, call_.may_answer, call_.may_leave_message,
                                       call_.number, call_.urgency, callback_marks(call_)});
    ask(Question::callback, node_wait);
    return {};
}

std::string Following::offer_cover(const State& next) {
    call_.cover = next_cover();
    if (!call_.cover) return next.none;
    call_.covers_heard.push_back(*call_.cover);
    say_again();
    return {};
}

void Following::join_queue(const State& next, Urgency before) {
    if (!call_.placed || call_.urgency != before)
        actions_.push_back(Arrive{call_.urgency, call_.marks});
    if (!std::exchange(call_.placed, true)) {
        call_.confirmed = false;
        call_.position.reset();
        call_.wait.reset();
        call_.summon_timer_id = set_timer(node_wait);
    }
    if (call_.phase != Phase::ringing) call_.phase = Phase::queued;
    auto items = words_of(flow_, call_, next.say);
    if (!items.empty()) return play(std::move(items));
    call_.said = 1;
    say_news();
}

bool Following::holds(Condition condition) const {
    switch (condition) {
        case Condition::open:
            return is_open_at(flow_.hours, now_);
        case Condition::full:
            return call_.load == Load::full;
        case Condition::overloaded:
            return call_.load != Load::normal;
        case Condition::anonymous:
            return call_.anonymous;
        case Condition::returning:
            return call_.returning;
        case Condition::language_known:
            return call_.language_known;
        case Condition::cover:
            return next_cover().has_value();
        case Condition::urgent:
            return call_.urgency <= Urgency::u1;
        case Condition::silent:
            return !call_.heard;
    }
    return false;
}

// The first that is open, speaks the caller's language, and was not offered before.
std::optional<std::size_t> Following::next_cover() const {
    for (std::size_t i = 0; i < flow_.covers.size(); ++i) {
        const Cover& cover = flow_.covers[i];
        if (std::ranges::count(cover.languages, call_.language) != 0 &&
            std::ranges::count(call_.covers_heard, i) == 0 && is_open_at(cover.hours, now_))
            return i;
    }
    return {};
}

void Following::apply(const Effects& effects) {
    if (effects.urgency) call_.urgency = std::min(call_.urgency, *effects.urgency);
    for (const auto& name : effects.marks) mark(name);
    if (effects.call_time) call_.call_time = *effects.call_time;
    if (effects.may_answer) call_.may_answer = *effects.may_answer;
    if (effects.may_leave_message) call_.may_leave_message = *effects.may_leave_message;
    if (effects.own_number) {
        call_.own_number = true;
        call_.number.clear();
    }
}

void Following::mark(const std::string& name) {
    if (std::ranges::count(call_.marks, name) != 0) return;
    call_.marks.push_back(name);
    actions_.push_back(Note{name});
}

void Following::go_into_danger() {
    const bool is_being_said = call_.state == flow_.danger && call_.play_id != 0;
    if (is_being_said) return;
    if (call_.phase == Phase::recording) actions_.push_back(StopRecording{});
    if (call_.question == Question::transfer) actions_.push_back(LetGo{});
    mark("danger_digit");
    enter(flow_.danger);
}

// ------------------------------------------------------------ what is heard, and waiting

void Following::play(std::vector<Spoken> items) {
    call_.play_id = ++call_.last_id;
    actions_.push_back(Play{call_.play_id, std::move(items), false});
    call_.timer_id = set_timer(prompts_longest);
}

void Following::play_calm() {
    call_.play_id = 0;
    actions_.push_back(Play{
        ++call_.last_id, {{Spoken::What::prompt, call_.language, flow_.sounds.calm, 0}}, true});
}

void Following::stop_playing() {
    call_.play_id = 0;
    actions_.push_back(StopPlaying{});
}

std::uint32_t Following::set_timer(std::chrono::milliseconds after) {
    const std::uint32_t id = ++call_.last_id;
    actions_.push_back(SetTimer{id, after});
    return id;
}

void Following::say_again() {
    ++call_.said;
    call_.phase = Phase::saying;
    play(words_of_state(flow_, call_, state()));
}

void Following::say_news() {
    auto items = words_of(flow_, call_, state().news);
    append_options(flow_, call_, state(), items);
    if (items.empty()) return words_ended();
    play(std::move(items));
}

// What comes when the words of a state have been heard.
void Following::words_ended() {
    const State& here = state();
    call_.play_id = 0;
    switch (here.kind) {
        case Kind::say:
            return enter(here.next);
        case Kind::language:
        case Kind::choose:
        case Kind::digits:
        case Kind::cover:
            call_.phase = Phase::listening;
            call_.timer_id = set_timer(here.wait);
            return;
        case Kind::record:
            call_.phase = Phase::recording;
            call_.spoke = false;
            actions_.push_back(StartRecording{});
            call_.timer_id = set_timer(here.longest);
            call_.hush_timer_id = set_timer(2 * here.hush);
            return;
        case Kind::queue:  // its words, its news, then calm audio and news by turns
            if (std::exchange(call_.said, 1U) == 0) return say_news();
            play_calm();
            call_.timer_id = set_timer(here.news_every);
            actions_.push_back(AskPlace{});
            return;
        case Kind::end:
            return hang_up();
        case Kind::check:
        case Kind::code:
        case Kind::callback:
        case Kind::talk:
            return;  // they say nothing
    }
}

void Following::nobody_pressed() {
    const State& here = state();
    if (here.kind == Kind::digits && !call_.confirming && !call_.typed.empty())
        return typed_to_the_end();
    if (call_.said < here.times) return say_again();
    enter(here.otherwise);
}

void Following::ask(Question question, std::chrono::milliseconds longest) {
    call_.phase = Phase::asking;
    play_calm();
    call_.timer_id = set_timer(longest);
    call_.question = question;
}

}  // namespace sanad::phone
