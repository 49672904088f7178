#pragma once

#include "plugins/channels/phone/flow/flow_machine.h"

#include <string>
#include <vector>

// What a caller hears of a state: prompts and what stands for something, made into things to say.
namespace sanad::phone {

/// In the caller's language. A position or a wait that is not known is left out.
std::vector<Spoken> words_of(const Flow& flow, const CallState& call,
                             const std::vector<std::string>& items);

/// "To leave a message, press 2", for each option that has its prompt.
void append_options(const Flow& flow, const CallState& call, const State& state,
                    std::vector<Spoken>& words);

/// All of a state as it is said each time, but for a queue, which says its parts by turns.
std::vector<Spoken> words_of_state(const Flow& flow, const CallState& call, const State& state);

}  // namespace sanad::phone
