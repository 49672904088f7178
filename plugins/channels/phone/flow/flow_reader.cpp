#include "plugins/channels/phone/flow/flow_reader.h"

#include "plugins/channels/phone/flow/flow_toml.h"

#include <utility>

namespace sanad::phone {

std::expected<Flow, std::vector<Complaint>> read_flow(std::string_view text,
                                                      std::string_view overlay,
                                                      const CanSay& can_say) {
    Flow flow;
    std::vector<Complaint> complaints;
    lay_over(flow, text, "the flow", complaints);
    if (!overlay.empty()) lay_over(flow, overlay, "the country's flow", complaints);
    if (complaints.empty()) complaints = check_flow(flow, can_say);
    if (!complaints.empty()) return std::unexpected(std::move(complaints));
    return flow;
}

}  // namespace sanad::phone
