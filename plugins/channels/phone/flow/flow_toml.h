#pragma once

#include "plugins/channels/phone/flow/flow_reader.h"

#include <string_view>
#include <vector>

// How a flow is written, apart from whether it makes sense: keys, types, ranges.
namespace sanad::phone {

/// What a file says, laid over `flow`: see read_flow. Adds a complaint for whatever it cannot read.
///
/// file  its name in the complaints
void lay_over(Flow& flow, std::string_view text, std::string_view file,
              std::vector<Complaint>& complaints);

}  // namespace sanad::phone
