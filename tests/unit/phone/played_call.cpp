#include "tests/unit/phone/played_call.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

namespace sanad::phone::test {
namespace {

std::string text_of_words(const std::vector<Spoken>& items) {
    std::string text, language;
    for (const auto& item : items) {
        if (item.language != language) text += (text.empty() ? "" : " | ") + item.language + ":";
        language = item.language;
        text += ' ';
        if (item.what == Spoken::What::prompt) text += item.text;
        if (item.what == Spoken::What::digits) text += "<" + item.text + ">";
        if (item.what == Spoken::What::position) text += "place " + std::to_string(item.number);
        if (item.what == Spoken::What::wait)
            text += "less than " + std::to_string(item.number) + " min";
    }
    return text;
}

std::string text_of_marks(const std::vector<std::string>& marks) {
    std::string text;
    for (const auto& mark : marks) text += " " + mark;
    return text;
}

std::string level(Urgency urgency) { return urgency_words[static_cast<std::size_t>(urgency)]; }

struct TextOf {
    std::string operator()(const Play& play) const {
        return (play.loop ? "loop " : "say ") + text_of_words(play.items);
    }
    std::string operator()(const StopPlaying&) const { return "stop"; }
    std::string operator()(const SetTimer& timer) const {
        return "timer " + std::to_string(timer.after.count() / 1000) + "s";
    }
    std::string operator()(const SetLanguage& set) const { return "language " + set.language; }
    std::string operator()(const Arrive& arrive) const {
        return "arrive " + level(arrive.urgency) + text_of_marks(arrive.marks);
    }
    std::string operator()(const AskPlace&) const { return "ask place"; }
    std::string operator()(const LeaveQueue&) const { return "leave queue"; }
    std::string operator()(const LetGo&) const { return "let go"; }
    std::string operator()(const Summon&) const { return "summon"; }
    std::string operator()(const StartRecording&) const { return "record"; }
    std::string operator()(const StopRecording&) const { return "stop recording"; }
    std::string operator()(const RequestCallback& request) const {
        return std::string("call back ") + call_time_words[std::size_t(request.when)] + " " +
               may_answer_words[std::size_t(request.who)] + " message " +
               may_leave_message_words[std::size_t(request.message)] + " at " +
               (request.number.empty() ? "own" : request.number) + text_of_marks(request.marks);
    }
    std::string operator()(const RedeemCode& code) const { return "redeem " + code.digits; }
    std::string operator()(const TransferToCover& to) const {
        return "transfer to " + std::to_string(to.index);
    }
    std::string operator()(const Note& note) const { return "note " + note.mark; }
    std::string operator()(const HangUp&) const { return "hang up"; }
};

Event started(std::istringstream& words) {
    Started event;
    for (std::string word; words >> word;) {
        if (word == "anonymous")
            event.anonymous = true;
        else if (word == "returning")
            event.returning = true;
        else if (word == "full")
            event.load = Load::full;
        else if (word == "overloaded")
            event.load = Load::overloaded;
        else
            event.language = word;
    }
    return event;
}

Event news(std::istringstream& words) {
    QueueNews event;
    unsigned position = 0;
    int seconds = 0;
    if (words >> position) event.position = position;
    if (words >> seconds) event.wait = std::chrono::seconds(seconds);
    return event;
}

Answer answer_of(const std::string& word) {
    if (word == "yes") return Answer::yes;
    if (word == "no") return Answer::no;
    if (word == "closed") return Answer::closed;
    if (word == "full") return Answer::full;
    REQUIRE(word == "failed");
    return Answer::failed;
}

Event plain_event(const std::string& what) {
    if (what == "ringing") return CounsellorRinging{};
    if (what == "bridged") return Bridged{};
    if (what == "missed") return CounsellorGone{Gone::missed};
    if (what == "finished") return CounsellorGone{Gone::finished};
    if (what == "lost") return CounsellorGone{Gone::lost};
    if (what == "silence") return Silence{};
    if (what == "speech") return Speech{};
    if (what == "recording full") return RecordingFull{};
    INFO(what);
    REQUIRE(what == "hung up");
    return HungUp{};
}

}  // namespace

std::string text_of(const Action& action) { return std::visit(TextOf{}, action); }

void PlayedCall::take(const Event& event, std::vector<std::string>& lines) {
    auto next = step(flow_, state_, event, now_);
    record_ = phone::record(record_, event, next, now_);
    state_ = std::move(next.state);
    for (const auto& action : next.actions) {
        if (const auto* play = std::get_if<Play>(&action)) words_ = play->loop ? 0 : play->id;
        if (std::holds_alternative<StopPlaying>(action)) words_ = 0;
        if (const auto* timer = std::get_if<SetTimer>(&action)) {
            timers_[timer->id] = now_ + timer->after.count();
            if (timer->after == prompts_longest) continue;
        }
        lines.push_back(text_of(action));
    }
}

std::vector<std::string> PlayedCall::pass(std::int64_t ms) {
    std::vector<std::string> lines;
    const auto until = now_ + ms;
    for (;;) {
        const auto next = std::ranges::min_element(
            timers_, {}, [](const auto& timer) { return std::pair(timer.second, timer.first); });
        if (next == timers_.end() || next->second > until) break;
        now_ = next->second;
        const auto id = next->first;
        timers_.erase(next);
        take(TimerFired{id}, lines);
    }
    now_ = until;
    return lines;
}

std::vector<std::string> PlayedCall::happens(const std::string& what) {
    std::vector<std::string> lines;
    std::istringstream words(what);
    std::string first;
    words >> first;
    if (first == "started") {
        take(started(words), lines);
    } else if (first == "news") {
        take(news(words), lines);
    } else if (first == "heard") {
        REQUIRE(words_ != 0);
        take(PromptEnded{std::exchange(words_, 0)}, lines);
    } else if (first == "press") {
        std::string digits;
        words >> digits;
        for (const char digit : digits) take(Digit{digit}, lines);
    } else if (first == "wait") {
        int seconds = 0;
        REQUIRE(words >> seconds);
        lines = pass(seconds * 1000);
    } else if (first == "transfer") {
        std::string word;
        words >> word;
        take(NodeAnswered{Question::transfer, answer_of(word)}, lines);
    } else if (first == "node") {
        std::string word;
        words >> word;
        take(NodeAnswered{state_.placed ? Question::place : state_.question, answer_of(word)},
             lines);
    } else {
        take(plain_event(what), lines);
    }
    return lines;
}

void PlayedCall::check(const std::vector<std::string>& script) {
    std::vector<std::string> played;
    for (const auto& line : script) {
        if (!line.starts_with("> ")) continue;
        played.push_back(line);
        for (auto& action : happens(line.substr(2))) played.push_back(std::move(action));
    }
    CHECK(played == script);
}

void PlayedCall::play(const std::vector<std::string>& events) {
    for (const auto& event : events) happens(event);
}

}  // namespace sanad::phone::test
