#pragma once

#include "plugins/channels/webchat/frames.h"

#include <sanad/host.hpp>

#include <vector>

// What the node tells of a conversation, as the page has it.
namespace sanad::webchat {

/// none, waiting, open or ended
const char* name_of(plugin::schema::ConversationState state);

std::vector<Line> lines_of(plugin::schema::ReplayReply::Reader reply);

Standing standing_of(plugin::schema::ReplayReply::Reader reply);

/// Whether the node will never take that message, however often it is given.
bool is_refused_for_good(sanad_status status);

/// What a person just wrote, as the node has it.
Line written_now(std::uint64_t seq, const Say& say);

}  // namespace sanad::webchat
