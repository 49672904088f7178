#include "plugins/channels/phone/flow/flow.h"

#include <algorithm>

namespace sanad::phone {

const State* Flow::find(std::string_view name) const {
    const auto found = std::ranges::find(states, name, &State::name);
    return found == states.end() ? nullptr : &*found;
}

}  // namespace sanad::phone
