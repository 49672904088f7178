#pragma once

#include "plugins/channels/phone/flow/flow_machine.h"

#include <optional>
#include <string>
#include <vector>

// The inside of flow_machine.h; nothing else includes it. following.cpp has what coming to a state
// and saying its words means, flow_machine.cpp what each event does.
namespace sanad::phone {

/// One event's worth of a call.
class Following {
public:
    Following(const Flow& flow, CallState& call, std::int64_t now, std::vector<Action>& actions)
        : flow_(flow), call_(call), now_(now), actions_(actions) {}

    void on(const Started& started);
    void on(const Digit& digit);
    void on(const PromptEnded& ended);
    void on(const TimerFired& fired);
    void on(const NodeAnswered& answered);
    void on(const QueueNews& news);
    void on(const CounsellorRinging&);
    void on(const Bridged&);
    void on(const CounsellorGone& gone);
    void on(const RecordingFull&);
    void on(const Silence&);
    void on(const Speech&);
    void on(const HungUp&);

private:
    const State& state() const { return *flow_.find(call_.state); }

    // Coming to a state.
    void enter(std::string name);
    std::string enter_one(const State& state);
    std::string ask_for_callback(const State& state);
    std::string offer_cover(const State& state);
    void join_queue(const State& state, Urgency before);
    bool holds(Condition condition) const;
    std::optional<std::size_t> next_cover() const;
    void apply(const Effects& effects);
    void mark(const std::string& mark);
    void go_into_danger();

    // What is heard, and waiting.
    void play(std::vector<Spoken> items);
    void play_calm();
    void stop_playing();
    void say_again();
    void say_news();
    void words_ended();
    void nobody_pressed();
    void ask(Question question, std::chrono::milliseconds longest);
    std::uint32_t set_timer(std::chrono::milliseconds after);

    // Single matters.
    void choose_language(char digit);
    void choose_option(char digit);
    void press_while_typing(char digit);
    void typed_to_the_end();
    void keep_typed();
    void stop_recording();
    void summon();
    void answered_place(Answer answer);
    void hang_up();

    const Flow& flow_;
    CallState& call_;
    std::int64_t now_;
    std::vector<Action>& actions_;
};

}  // namespace sanad::phone
