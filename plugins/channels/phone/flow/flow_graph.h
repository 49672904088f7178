#pragma once

#include "plugins/channels/phone/flow/flow.h"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// A flow as places and ways between them, for the questions that flow_check.h asks of it.
namespace sanad::phone {

/// One way out of a state.
struct Way {
    enum class By : std::uint8_t {
        itself,   // its words have been heard, the node answered, the talk is over
        silence,  // nobody pressed anything
        digit,
        at_once,  // before a word of the state is heard
    };
    By by = By::itself;
    std::string field;  // as it is called in the file
    std::string next;
};

/// Each way that a field of the state names, in the order of the manual; an empty one too.
std::vector<Way> ways_of(const State& state);

using Follow = std::function<bool(const State& from, const Way& way)>;

/// The names of the states to which ways lead that `follow` allows; with those it begins with.
std::set<std::string, std::less<>> reached(const Flow& flow, std::vector<std::string> from,
                                           const Follow& follow);

}  // namespace sanad::phone
