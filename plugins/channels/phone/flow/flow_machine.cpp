#include "plugins/channels/phone/flow/flow_machine.h"

#include "plugins/channels/phone/flow/following.h"

#include <algorithm>
#include <utility>

namespace sanad::phone {
namespace {

bool before_a_person(Phase phase) {
    return phase != Phase::offered && phase != Phase::talking && phase != Phase::transferred &&
           phase != Phase::ended;
}

bool waits_for_a_person(Phase phase) { return phase == Phase::queued || phase == Phase::ringing; }

bool is_a_digit(char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#'; }

}  // namespace

// ------------------------------------------------------------ single matters

void Following::choose_language(char digit) {
    const auto chosen = std::ranges::find(flow_.languages, digit, &Language::digit);
    if (chosen == flow_.languages.end()) {
        if (call_.phase == Phase::listening) say_again();
        return;
    }
    call_.language = chosen->code;
    call_.language_known = true;
    actions_.push_back(SetLanguage{call_.language});
    enter(state().next);
}

// A digit that means nothing here does not cut the words short; after them they are said again.
void Following::choose_option(char digit) {
    const State& here = state();
    if (here.kind == Kind::cover && digit == here.accept && flow_.covers[*call_.cover].transfer) {
        actions_.push_back(TransferToCover{*call_.cover});
        return ask(Question::transfer, transfer_wait);
    }
    const auto chosen = std::ranges::find(here.options, digit, &Option::digit);
    if (chosen == here.options.end()) {
        if (call_.phase == Phase::listening) say_again();
        return;
    }
    apply(chosen->effects);
    enter(chosen->next);
}

void Following::press_while_typing(char digit) {
    const State& here = state();
    if (call_.confirming) {
        if (digit == here.accept) return keep_typed();
        if (digit == here.again) {
            call_.confirming = false;
            call_.typed.clear();
            call_.said = 0;
            return say_again();
        }
        if (call_.phase == Phase::listening) say_again();
        return;
    }
    if (digit == '#') return typed_to_the_end();
    if (digit == '*') return;
    if (call_.phase == Phase::saying) stop_playing();
    call_.phase = Phase::listening;
    call_.typed += digit;
    call_.timer_id = set_timer(here.wait);
    if (call_.typed.size() == here.digits_max) typed_to_the_end();
}

void Following::typed_to_the_end() {
    const State& here = state();
    if (call_.typed.size() < here.digits_min) {
        call_.typed.clear();
        if (call_.said < here.times) return say_again();
        return enter(here.otherwise);
    }
    if (here.confirm.empty()) return keep_typed();
    call_.confirming = true;
    call_.said = 0;
    say_again();
}

void Following::keep_typed() {
    const State& here = state();
    (here.typed == Typed::return_code ? call_.code : call_.number) = call_.typed;
    enter(here.next);
}

void Following::stop_recording() {
    actions_.push_back(StopRecording{});
    if (!call_.spoke) return enter(state().empty);
    ask(Question::recording, node_wait);
    call_.hush_timer_id = 0;
}

void Following::summon() {
    actions_.push_back(Summon{});
    call_.summon_timer_id = set_timer(summon_every);
}

void Following::answered_place(Answer answer) {
    if (!call_.placed || !waits_for_a_person(call_.phase)) return;
    if (answer == Answer::yes) {
        if (!std::exchange(call_.confirmed, true)) summon();
        return;
    }
    const State& here = state();
    (answer == Answer::closed ? call_.found_closed
     : answer == Answer::full ? call_.found_full
                              : call_.found_failed) = true;
    if (answer == Answer::closed) mark("outside_hours");
    call_.placed = false;
    call_.summon_timer_id = 0;
    if (call_.phase == Phase::ringing) actions_.push_back(LeaveQueue{});
    enter(answer == Answer::closed ? here.closed
          : answer == Answer::full ? here.full
                                   : here.failed);
}

void Following::hang_up() {
    actions_.push_back(HangUp{});
    call_.phase = Phase::ended;
}

// ------------------------------------------------------------ events

void Following::on(const Started& started) {
    if (call_.phase != Phase::offered) return;
    call_.anonymous = started.anonymous;
    call_.returning = started.returning;
    call_.load = started.load;
    call_.language = flow_.languages.front().code;
    for (const auto& language : flow_.languages)
        if (language.code == started.language) {
            call_.language = language.code;
            call_.language_known = true;
        }
    actions_.push_back(SetLanguage{call_.language});
    if (call_.anonymous) mark("anonymous_number");
    if (call_.returning) mark("returning_caller");
    enter(flow_.start);
}

void Following::on(const Digit& pressed) {
    if (!before_a_person(call_.phase) || !is_a_digit(pressed.digit)) return;
    call_.heard = true;
    if (pressed.digit == flow_.danger_digit) return go_into_danger();
    switch (state().kind) {
        case Kind::language:
            return choose_language(pressed.digit);
        case Kind::digits:
            return press_while_typing(pressed.digit);
        case Kind::record:
            if (call_.phase == Phase::recording) {
                if (pressed.digit != '#') return;
                call_.spoke = true;  // whoever ends a recording means it
                return stop_recording();
            }
            [[fallthrough]];
        case Kind::choose:
        case Kind::queue:
        case Kind::cover:
            if (call_.phase != Phase::asking) choose_option(pressed.digit);
            return;
        default:
            return;
    }
}

void Following::on(const PromptEnded& ended) {
    if (ended.id == 0 || ended.id != call_.play_id || !before_a_person(call_.phase)) return;
    words_ended();
}

void Following::on(const TimerFired& fired) {
    if (fired.id == 0 || !before_a_person(call_.phase)) return;
    if (fired.id == call_.summon_timer_id) {
        if (!call_.confirmed) return answered_place(Answer::failed);
        if (call_.phase == Phase::ringing) {
            actions_.push_back(LetGo{});
            call_.phase = Phase::queued;
        }
        return summon();
    }
    if (fired.id == call_.hush_timer_id) return stop_recording();
    if (fired.id != call_.timer_id) return;
    switch (call_.phase) {
        case Phase::saying:
            return words_ended();
        case Phase::listening:
            return nobody_pressed();
        case Phase::recording:
            return stop_recording();
        case Phase::asking:
            if (call_.question == Question::transfer) actions_.push_back(LetGo{});
            return on(NodeAnswered{call_.question, Answer::failed});
        case Phase::queued:
        case Phase::ringing:
            return call_.play_id != 0 ? words_ended() : say_news();
        default:
            return;
    }
}

void Following::on(const NodeAnswered& answered) {
    if (answered.question == Question::place) return answered_place(answered.answer);
    const bool yes = answered.answer == Answer::yes;
    if (call_.phase != Phase::asking || answered.question != call_.question) {
        // The other helpline answered when the caller had gone elsewhere.
        if (answered.question == Question::transfer && yes && before_a_person(call_.phase))
            actions_.push_back(LetGo{});
        return;
    }
    const State& here = state();
    if (call_.question == Question::transfer && yes) {
        stop_playing();
        call_.phase = Phase::transferred;
        call_.timer_id = 0;
        call_.question = Question::none;
        call_.heard = true;
        return mark("cover_transferred");
    }
    if (call_.question == Question::code) {
        if (!yes) call_.code.clear();
        if (answered.answer == Answer::no) return enter(here.otherwise);
    }
    if (!yes) call_.found_failed = true;
    enter(yes ? here.next : here.failed);
}

void Following::on(const QueueNews& news) {
    if (!call_.placed) return;
    call_.position = news.position;
    call_.wait = news.wait;
}

void Following::on(const CounsellorRinging&) {
    if (call_.phase != Phase::queued) return;
    call_.phase = Phase::ringing;
    call_.summon_timer_id = set_timer(ring_longest);
}

// A counsellor who answers in the moment in which the caller goes elsewhere is let go.
void Following::on(const Bridged&) {
    if (!before_a_person(call_.phase)) return;
    if (!waits_for_a_person(call_.phase)) return actions_.push_back(LetGo{});
    stop_playing();
    const State& talk = *flow_.find(state().answered);
    call_.phase = Phase::talking;
    call_.state = talk.name;
    call_.heard = true;
    call_.placed = false;
    call_.timer_id = call_.summon_timer_id = 0;
    call_.number.clear();
    call_.code.clear();
    apply(talk.effects);
}

void Following::on(const CounsellorGone& gone) {
    if (call_.phase == Phase::ringing) {
        call_.phase = Phase::queued;
        return summon();
    }
    if (call_.phase == Phase::transferred && gone.how == Gone::finished) return hang_up();
    if (call_.phase != Phase::talking && call_.phase != Phase::transferred) return;
    if (gone.how != Gone::finished) mark("call_dropped");
    enter(gone.how == Gone::finished ? state().next : state().failed);
}

void Following::on(const RecordingFull&) {
    if (call_.phase == Phase::recording) stop_recording();
}

void Following::on(const Silence&) {
    if (call_.phase == Phase::recording && call_.spoke)
        call_.hush_timer_id = set_timer(state().hush);
}

void Following::on(const Speech&) {
    if (!before_a_person(call_.phase)) return;
    call_.heard = true;
    if (call_.phase != Phase::recording) return;
    call_.spoke = true;
    call_.hush_timer_id = 0;
}

void Following::on(const HungUp&) {
    if (call_.phase == Phase::recording) actions_.push_back(StopRecording{});
    if (call_.placed) actions_.push_back(LeaveQueue{});
    call_.placed = false;
    call_.phase = Phase::ended;
}

Step step(const Flow& flow, CallState state, const Event& event, std::int64_t now) {
    Step next{std::move(state), {}};
    if (next.state.phase == Phase::ended) return next;
    Following following(flow, next.state, now, next.actions);
    std::visit([&](const auto& happened) { following.on(happened); }, event);
    return next;
}

}  // namespace sanad::phone
