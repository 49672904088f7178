#pragma once

#include "plugins/channels/phone/flow/flow_reader.h"

#include <set>
#include <string>
#include <vector>

// Whether everything that a flow says can be said in each of its languages.
namespace sanad::phone {

/// The ids of all prompts of a flow, but for those of digits, positions and waits, which the
/// endpoint puts together.
std::set<std::string> prompts_of(const Flow& flow);

void check_prompts(const Flow& flow, const CanSay& can_say, std::vector<Complaint>& complaints);

}  // namespace sanad::phone
