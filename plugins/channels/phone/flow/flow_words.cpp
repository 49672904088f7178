#include "plugins/channels/phone/flow/flow_words.h"

#include <algorithm>
#include <chrono>

namespace sanad::phone {
namespace {

using What = Spoken::What;

Spoken prompt(const std::string& language, const std::string& id) {
    return {What::prompt, language, id, 0};
}

Spoken digits(const std::string& language, std::string_view digits) {
    return {What::digits, language, std::string(digits), 0};
}

void append_press(const Flow& flow, const std::string& language, const std::string& say, char digit,
                  std::vector<Spoken>& words) {
    if (say.empty()) return;
    words.push_back(prompt(language, say));
    words.push_back(prompt(language, flow.sounds.press));
    words.push_back(digits(language, std::string_view(&digit, 1)));
}

// Rounded up: a promise that is kept too early hurts nobody.
unsigned whole_minutes(std::chrono::seconds wait) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(wait).count();
    return static_cast<unsigned>(std::max<std::int64_t>(minutes, 1));
}

std::vector<Spoken> words_of_languages(const Flow& flow, const State& state) {
    std::vector<Spoken> words;
    for (const auto& language : flow.languages) {
        for (const auto& id : state.say) words.push_back(prompt(language.code, id));
        words.push_back(prompt(language.code, flow.sounds.press));
        words.push_back(digits(language.code, std::string_view(&language.digit, 1)));
    }
    return words;
}

void append_cover(const Flow& flow, const CallState& call, const State& state,
                  std::vector<Spoken>& words) {
    const Cover& cover = flow.covers[*call.cover];
    words.push_back(prompt(call.language, cover.say));
    if (!cover.number.empty()) {
        words.push_back(prompt(call.language, state.number_say));
        words.push_back(digits(call.language, cover.number));
    }
    if (cover.transfer) append_press(flow, call.language, state.accept_say, state.accept, words);
}

}  // namespace

std::vector<Spoken> words_of(const Flow& flow, const CallState& call,
                             const std::vector<std::string>& items) {
    std::vector<Spoken> words;
    for (const auto& item : items) {
        if (item == emergency_item) {
            for (const auto& emergency : flow.emergency) {
                const bool is_first = &emergency == &flow.emergency.front();
                if (!is_first && !flow.sounds.between.empty())
                    words.push_back(prompt(call.language, flow.sounds.between));
                if (!emergency.say.empty()) words.push_back(prompt(call.language, emergency.say));
                words.push_back(digits(call.language, emergency.number));
            }
        } else if (item == danger_item) {
            words.push_back(prompt(call.language, flow.sounds.press));
            words.push_back(digits(call.language, std::string_view(&flow.danger_digit, 1)));
        } else if (item == typed_item) {
            words.push_back(digits(call.language, call.typed));
        } else if (item == position_item) {
            if (call.position) words.push_back({What::position, call.language, {}, *call.position});
        } else if (item == wait_item) {
            if (call.wait)
                words.push_back({What::wait, call.language, {}, whole_minutes(*call.wait)});
        } else {
            words.push_back(prompt(call.language, item));
        }
    }
    return words;
}

void append_options(const Flow& flow, const CallState& call, const State& state,
                    std::vector<Spoken>& words) {
    for (const auto& option : state.options)
        append_press(flow, call.language, option.say, option.digit, words);
}

std::vector<Spoken> words_of_state(const Flow& flow, const CallState& call, const State& state) {
    if (state.kind == Kind::language) return words_of_languages(flow, state);
    auto words = words_of(flow, call, call.confirming ? state.confirm : state.say);
    if (state.kind == Kind::digits) {
        if (!call.confirming) return words;
        append_press(flow, call.language, state.accept_say, state.accept, words);
        append_press(flow, call.language, state.again_say, state.again, words);
        return words;
    }
    if (state.kind == Kind::cover) append_cover(flow, call, state, words);
    append_options(flow, call, state, words);
    if (state.kind == Kind::record) words.push_back(prompt(call.language, flow.sounds.beep));
    return words;
}

}  // namespace sanad::phone
