#include "plugins/channels/webchat/told.h"

#include <chrono>

namespace sanad::webchat {

using plugin::view_of;
namespace schema = plugin::schema;

const char* name_of(schema::ConversationState state) {
    switch (state) {
        case schema::ConversationState::WAITING:
            return "waiting";
        case schema::ConversationState::OPEN:
            return "open";
        case schema::ConversationState::ENDED:
            return "ended";
        case schema::ConversationState::NONE:
            break;
    }
    return "none";
}

std::vector<Line> lines_of(schema::ReplayReply::Reader reply) {
    std::vector<Line> lines;
    for (const auto message : reply.getMessages())
        lines.push_back(
            {message.getSeq(), message.getAtMs(), message.getFrom() == schema::Author::PERSON,
             std::string(view_of(message.getKey())), std::string(view_of(message.getText()))});
    return lines;
}

Standing standing_of(schema::ReplayReply::Reader reply) {
    return {reply.getRead(), reply.getPosition(), reply.getWaitSeconds()};
}

bool is_refused_for_good(sanad_status status) {
    return status == SANAD_E_INVALID || status == SANAD_E_REJECTED || status == SANAD_E_DENIED ||
           status == SANAD_E_UNSUPPORTED;
}

Line written_now(std::uint64_t seq, const Say& say) {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {seq, std::chrono::duration_cast<std::chrono::milliseconds>(wall).count(), true, say.cid,
            say.text};
}

}  // namespace sanad::webchat
