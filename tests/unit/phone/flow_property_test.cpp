#include "tests/unit/phone/played_call.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <random>

// What holds for every order of events, also for those that no caller, counsellor, node or line
// would bring about: looked at from outside, by the actions alone.
namespace sanad::phone::test {
namespace {

constexpr int calls_in_all = 100'000;
constexpr int events_of_a_call = 40;

// The outside of a call: what is heard, which timers run, what was asked for.
class Outside {
public:
    Outside(const Flow& flow, unsigned seed)
        : flow_(flow), random_(seed), now_(PlayedCall::wednesday_morning) {}

    /// Empty, or what does not hold.
    std::string whole_call() {
        take(Started{chance(3), chance(4), chance(2) ? "fr" : "", Load(pick(3))});
        for (int i = 0; i < events_of_a_call && broken_.empty(); ++i) something_happens();
        if (broken_.empty()) take(HungUp{});
        if (broken_.empty() && call_.phase != Phase::ended)
            broken_ = "a call goes on without a caller";
        if (broken_.empty() && is_in_queue_) broken_ = "an ended call has a place in the queue";
        if (broken_.empty() && records_) broken_ = "an ended call is recorded";
        for (int i = 0; i < 3 && broken_.empty(); ++i) take(anything());
        return broken_;
    }

private:
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
    bool chance(unsigned one_in) { return pick(one_in) == 0; }

    void something_happens() {
        switch (pick(8)) {
            case 0:
            case 1:
                if (words_ != 0) return take(PromptEnded{words_});
                return pass(1 + pick(12));
            case 2:
                return pass(1 + pick(60));
            case 3:
            case 4:
                return take(Digit{"0123456789*#1234"[pick(16)]});
            case 5:
                return take(
                    NodeAnswered{is_in_queue_ && chance(2) ? Question::place : call_.question,
                                 chance(3) ? Answer(pick(5)) : Answer::yes});
            default:
                return take(anything());
        }
    }

    Event anything() {
        switch (pick(13)) {
            case 0:
                return Started{chance(2), chance(2), "ar", Load::normal};
            case 1:
                return Digit{static_cast<char>(pick(256))};
            case 2:
                return PromptEnded{pick(40)};
            case 3:
                return TimerFired{pick(60)};
            case 4:
                return NodeAnswered{Question(pick(6)), Answer(pick(5))};
            case 5:
                return QueueNews{
                    chance(2) ? std::optional(pick(30)) : std::nullopt,
                    chance(2) ? std::optional(std::chrono::seconds(pick(4000))) : std::nullopt};
            case 6:
                return CounsellorRinging{};
            case 7:
                return Bridged{};
            case 8:
                return CounsellorGone{Gone(pick(3))};
            case 9:
                return RecordingFull{};
            case 10:
                return Silence{};
            case 11:
                return Speech{};
            default:
                return chance(4) ? Event(HungUp{}) : Event(Silence{});
        }
    }

    // Time does not pass over a timer.
    void pass(unsigned seconds) {
        const auto until = now_ + seconds * 1000;
        while (broken_.empty()) {
            const auto next = std::ranges::min_element(timers_, {}, [](const auto& timer) {
                return std::pair(timer.second, timer.first);
            });
            if (next == timers_.end() || next->second > until) break;
            now_ = next->second;
            const auto id = next->first;
            timers_.erase(next);
            take(TimerFired{id});
        }
        now_ = until;
        look_at_silence();
    }

    void take(const Event& event) {
        const CallState before = call_;
        const bool forged = std::holds_alternative<TimerFired>(event);
        if (forged) timers_.erase(std::get<TimerFired>(event).id);
        if (const auto* ended = std::get_if<PromptEnded>(&event);
            ended && words_ != 0 && ended->id == words_)
            hear(0, false);
        auto next = step(flow_, call_, event, now_);
        call_ = std::move(next.state);
        if (std::holds_alternative<Started>(event) && before.phase == Phase::offered)
            is_there_ = true;
        notice(event, before);
        for (const auto& action : next.actions)
            std::visit([&](const auto& done) { on(done); }, action);
        compare(before, event, next.actions);
        if (std::holds_alternative<HungUp>(event)) is_there_ = false;
        look_at_silence();
    }

    // What an event itself changes outside.
    void notice(const Event& event, const CallState& before) {
        if (before.phase == Phase::offered || before.phase == Phase::ended) return;
        const auto* digit = std::get_if<Digit>(&event);
        if (digit && std::string_view("0123456789*#").contains(digit->digit)) was_heard_ = true;
        if (std::holds_alternative<Speech>(event)) was_heard_ = true;
        if (call_.phase == Phase::talking || call_.phase == Phase::transferred) {
            was_heard_ = true;
            is_in_queue_ = false;
        }
        const auto* answered = std::get_if<NodeAnswered>(&event);
        if (answered && answered->question == Question::place && answered->answer != Answer::yes &&
            (before.phase == Phase::queued || before.phase == Phase::ringing))
            is_in_queue_ = false;
        if (std::holds_alternative<TimerFired>(event) && before.placed && !call_.placed)
            is_in_queue_ = false;  // the node never answered
    }

    void hear(std::uint32_t words, bool calm) {
        words_ = words;
        is_calm_ = calm;
        silent_since_ = now_;
    }

    void on(const Play& play) {
        hear(play.loop ? 0 : play.id, play.loop);
        if (play.items.empty()) broken_ = "something is played that has no words";
        last_ = play.items;
    }
    void on(const StopPlaying&) { hear(0, false); }
    void on(const SetTimer& timer) { timers_[timer.id] = now_ + timer.after.count(); }
    void on(const SetLanguage&) {}
    void on(const Arrive& arrive) {
        if (arrive.urgency > urgency_) broken_ = "an urgency was lowered";
        if (arrive.marks.size() > marks_max) broken_ = "more marks than an arrival may have";
        urgency_ = arrive.urgency;
        is_in_queue_ = true;
    }
    void on(const AskPlace&) {
        if (!is_in_queue_) broken_ = "a place is asked for that nobody has";
    }
    void on(const LeaveQueue&) { is_in_queue_ = false; }
    void on(const LetGo&) {}
    void on(const Summon&) {
        if (!is_in_queue_) broken_ = "a counsellor is rung for nobody";
    }
    void on(const StartRecording&) {
        const auto is_notice = [&](const Spoken& item) { return item.text == flow_.sounds.notice; };
        if (std::ranges::none_of(last_, is_notice))
            broken_ = "a recording begins without its notice";
        if (records_) broken_ = "a recording begins in a recording";
        records_ = true;
    }
    void on(const StopRecording&) {
        if (!records_) broken_ = "a recording ends that did not begin";
        records_ = false;
    }
    void on(const RequestCallback& request) {
        if (request.number.empty() && call_.anonymous) broken_ = "nobody knows whom to call back";
        if (request.marks.size() > marks_max) broken_ = "more marks than an arrival may have";
    }
    void on(const RedeemCode& code) {
        if (code.digits.size() != code_digits) broken_ = "a code that is none";
    }
    void on(const TransferToCover& to) {
        if (to.index >= flow_.covers.size() || !flow_.covers[to.index].transfer)
            broken_ = "a transfer to nobody";
    }
    void on(const Note&) {}
    void on(const HangUp&) {
        if (!was_heard_) broken_ = "somebody was hung up on who may be unable to speak";
        is_there_ = false;
    }

    void compare(const CallState& before, const Event& event, const std::vector<Action>& actions) {
        const bool was_over = before.phase == Phase::ended || before.phase == Phase::offered;
        if (was_over && !std::holds_alternative<Started>(event) && !actions.empty())
            broken_ = "something is done for a call that is not there";
        const bool is_digit = std::holds_alternative<Digit>(event);
        const bool with_a_person =
            before.phase == Phase::talking || before.phase == Phase::transferred;
        if (is_digit && with_a_person && (before != call_ || !actions.empty()))
            broken_ = "a digit of a talk was kept";
        const bool speaks = std::ranges::any_of(
            actions, [](const Action& action) { return std::holds_alternative<Play>(action); });
        const bool rests = call_.phase == Phase::talking || call_.phase == Phase::ended;
        if (before.state != call_.state && !speaks && !rests)
            broken_ = "a state was come to without a sound";
        if (actions.size() > 12) broken_ = "too much at once";
        if (records_ != (call_.phase == Phase::recording))
            broken_ = "a recording goes on elsewhere";
    }

    // Somebody who waits hears something, or is being listened to, and never for long.
    void look_at_silence() {
        if (!is_there_ || !broken_.empty()) return;
        if (call_.phase == Phase::talking || call_.phase == Phase::transferred) return;
        const auto timer = timers_.find(call_.timer_id);
        if (timer == timers_.end()) {
            broken_ = "nothing would ever happen again";
            return;
        }
        if (words_ != 0 || is_calm_) return;
        const std::chrono::milliseconds longest =
            call_.phase == Phase::recording ? recording_max : silence_max;
        if (timer->second - now_ > longest.count() ||
            (call_.phase != Phase::recording && call_.typed.empty() &&
             now_ - silent_since_ > longest.count()))
            broken_ = "a silence is too long";
    }

    const Flow& flow_;
    std::mt19937 random_;
    std::int64_t now_;
    CallState call_;
    std::map<std::uint32_t, std::int64_t> timers_;
    std::uint32_t words_ = 0;
    bool is_calm_ = false, is_there_ = false, is_in_queue_ = false, records_ = false;
    bool was_heard_ = false;
    std::int64_t silent_since_ = 0;
    Urgency urgency_ = Urgency::u4;
    std::vector<Spoken> last_;
    std::string broken_;
};

constexpr std::string_view other_helpline = R"(
[[cover]]
id = "tn.example"
say = "cover_tunisia"
number = "216000001"
transfer = true
languages = ["ar", "fr"]
hours = { zone = "Africa/Tunis", open = ["mon-sun 00:00-24:00"] }
[[cover]]
id = "dz.example"
say = "cover_algeria"
number = "213000001"
languages = ["ar"]
hours = { zone = "Africa/Algiers", open = ["mon-sun 00:00-24:00"] }
)";

}  // namespace

TEST_CASE("whatever happens, and in whatever order, nobody is cut off, lost or left in silence") {
    const std::string number = "emergency = [{ number = \"19\" }]\n";
    const std::string closed =
        "hours = { zone = \"Africa/Tunis\", open = [\"sat 08:00-09:00\"] }\n" + number;
    const std::array flows{flow_of_country("ma"), flow_with(number + std::string(other_helpline)),
                           flow_with(closed), flow_with(closed + std::string(other_helpline))};
    for (unsigned seed = 0; seed < calls_in_all; ++seed) {
        const auto broken = Outside(flows[seed % flows.size()], seed).whole_call();
        if (broken.empty()) continue;
        INFO("seed " << seed);
        FAIL(broken);
    }
    SUCCEED();
}

// A flow in which some ways lead elsewhere, some states say something else, some are of another
// kind.
Flow changed(Flow flow, std::mt19937& random) {
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    const auto any_state = [&] { return flow.states[pick(flow.states.size())].name; };
    for (std::size_t changes = 1 + pick(4); changes > 0; --changes) {
        State& state = flow.states[pick(flow.states.size())];
        std::string State::* const ways[] = {
            &State::next,   &State::otherwise, &State::failed, &State::empty,
            &State::closed, &State::full,      &State::none,   &State::number_missing,
            &State::next,   &State::otherwise};
        switch (pick(8)) {
            case 0:
                if (!state.options.empty()) {
                    state.options[pick(state.options.size())].next = any_state();
                    break;
                }
                [[fallthrough]];
            case 1:
            case 2:
            case 3:
            case 4:
                state.*ways[pick(std::size(ways))] = any_state();
                break;
            case 5:
                if (!state.say.empty()) state.say.erase(state.say.begin());
                break;
            case 6:
                (pick(2) == 0 ? flow.start : flow.silent) = any_state();
                break;
            default:
                if (!state.options.empty()) state.options.pop_back();
        }
    }
    return flow;
}

TEST_CASE("a flow that was changed in any way is refused, or as safe as the shipped one") {
    const Flow shipped =
        flow_with("emergency = [{ number = \"19\" }]\n" + std::string(other_helpline));
    std::mt19937 random(20270113);
    int accepted = 0, refused = 0;
    for (int i = 0; i < 2000; ++i) {
        const Flow flow = changed(shipped, random);
        if (!check_flow(flow, can_say).empty()) {
            ++refused;
            continue;
        }
        ++accepted;
        for (unsigned seed = 0; seed < 20; ++seed) {
            const auto broken = Outside(flow, static_cast<unsigned>(random())).whole_call();
            if (broken.empty()) continue;
            INFO("change " << i);
            FAIL(broken);
        }
    }
    CHECK(accepted > 100);
    CHECK(refused > 100);
}

}  // namespace sanad::phone::test
