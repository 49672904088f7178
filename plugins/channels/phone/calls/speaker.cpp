#include "plugins/channels/phone/calls/speaker.h"

#include <algorithm>
#include <array>

namespace sanad::phone {

namespace {

constexpr unsigned positions_max = 20;
constexpr std::array minutes_recorded{1U, 2U, 3U, 5U, 10U, 15U, 20U, 30U, 45U, 60U};

std::string digit_prompt(char digit) {
    if (digit == '*') return "star";
    if (digit == '#') return "hash";
    return std::string("n") + digit;
}

}  // namespace

std::vector<std::string> Speaker::prompts_of(const Spoken& item) {
    switch (item.what) {
        case Spoken::What::prompt:
            return {item.text};
        case Spoken::What::digits: {
            std::vector<std::string> ids;
            for (const char digit : item.text) ids.push_back(digit_prompt(digit));
            return ids;
        }
        case Spoken::What::position:
            return {item.number <= positions_max ? "position_" + std::to_string(item.number)
                                                 : "position_many"};
        case Spoken::What::wait: {
            const auto enough = std::ranges::lower_bound(minutes_recorded, item.number);
            return {enough == minutes_recorded.end() ? "wait_long"
                                                     : "wait_" + std::to_string(*enough)};
        }
    }
    return {};
}

std::vector<std::shared_ptr<const Prompt>> Speaker::sounds(const std::vector<Spoken>& items) const {
    std::vector<std::shared_ptr<const Prompt>> sounds;
    for (const Spoken& item : items)
        for (const std::string& id : prompts_of(item))
            if (auto prompt = prompts_.find(item.language, id)) sounds.push_back(std::move(prompt));
    return sounds;
}

}  // namespace sanad::phone
