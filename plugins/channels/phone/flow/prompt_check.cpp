#include "plugins/channels/phone/flow/prompt_check.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace sanad::phone {
namespace {

// A prompt, and where a flow names it first.
using Prompts = std::map<std::string, std::string>;

void add(Prompts& prompts, const std::string& id, const std::string& place) {
    if (!id.empty() && !id.starts_with('{')) prompts.emplace(id, place);
}

void add_state(Prompts& prompts, const State& state) {
    const std::string place = "state " + state.name + ", ";
    for (const auto& id : state.say) add(prompts, id, place + "say");
    for (const auto& id : state.news) add(prompts, id, place + "news");
    for (const auto& id : state.confirm) add(prompts, id, place + "confirm");
    for (const auto& option : state.options)
        add(prompts, option.say, place + "press." + option.digit);
    add(prompts, state.accept_say, place + "accept_say");
    add(prompts, state.again_say, place + "again_say");
    add(prompts, state.number_say, place + "number_say");
}

// But those of covers, which have languages of their own.
Prompts prompts_everywhere(const Flow& flow) {
    Prompts prompts;
    add(prompts, flow.sounds.calm, "sounds, calm");
    add(prompts, flow.sounds.beep, "sounds, beep");
    add(prompts, flow.sounds.press, "sounds, press");
    add(prompts, flow.sounds.between, "sounds, between");
    add(prompts, flow.sounds.notice, "sounds, notice");
    for (const auto& emergency : flow.emergency)
        add(prompts, emergency.say, "emergency " + emergency.number);
    for (const auto& state : flow.states) add_state(prompts, state);
    return prompts;
}

}  // namespace

std::set<std::string> prompts_of(const Flow& flow) {
    std::set<std::string> ids;
    for (const auto& [id, place] : prompts_everywhere(flow)) ids.insert(id);
    for (const auto& cover : flow.covers) ids.insert(cover.say);
    return ids;
}

void check_prompts(const Flow& flow, const CanSay& can_say, std::vector<Complaint>& complaints) {
    const auto prompts = prompts_everywhere(flow);
    const auto missing = [&](const std::string& place, const std::string& id,
                             const std::string& language) {
        complaints.push_back({place, "there is no prompt " + id + " in " + language,
                              "record it, or let another language stand in for it"});
    };
    for (const auto& language : flow.languages) {
        const auto can = [&](const auto& prompt) { return can_say(language.code, prompt.first); };
        if (std::ranges::none_of(prompts, can)) {
            complaints.push_back({"language " + language.code, "none of its prompts is there",
                                  "record them, or take the language away"});
            continue;
        }
        for (const auto& [id, place] : prompts)
            if (!can_say(language.code, id)) missing(place, id, language.code);
    }
    for (const auto& cover : flow.covers)
        for (const auto& language : cover.languages)
            if (!can_say(language, cover.say)) missing("cover " + cover.id, cover.say, language);
}

}  // namespace sanad::phone
