#include "plugins/channels/phone/calls/live_calls.h"

#include <sanad/values.hpp>

#include <algorithm>

namespace sanad::phone {

namespace {

namespace schema = plugin::schema;

std::string name_of(std::size_t place) { return "call-" + std::to_string(place); }

void close(plugin::Host& host, const std::string& conversation) {
    using How = schema::Leave::How;
    using State = schema::ConversationState;
    const auto replay = host.replay(conversation, UINT32_MAX, 1);
    if (!replay) return;
    const State state = replay->getState();
    if (state != State::WAITING && state != State::OPEN) return;
    // The same key each time: it may be closed again where this process ends here too.
    (void)host.notice(conversation, "call_dropped by its end", "call_dropped");
    (void)host.leave(conversation, state == State::OPEN ? How::CALL_ENDED : How::ABANDONED);
}

}  // namespace

std::optional<std::size_t> LiveCalls::take() {
    const auto free = std::ranges::find(taken_, false);
    if (free == taken_.end()) return {};
    *free = true;
    return static_cast<std::size_t>(free - taken_.begin());
}

void LiveCalls::begin(plugin::Host& host, std::size_t place, const std::string& conversation) {
    (void)plugin::Values(host).put(name_of(place), conversation);
}

void LiveCalls::end(plugin::Host& host, std::size_t place) {
    (void)plugin::Values(host).remove(name_of(place));
}

std::size_t LiveCalls::close_former(plugin::Host& host) const {
    std::size_t closed = 0;
    plugin::Values values(host);
    for (std::size_t place = 0; place < taken_.size(); ++place) {
        const auto kept = values.get(name_of(place));
        if (kept.status != SANAD_OK) continue;
        close(host, kept.value);
        (void)values.remove(name_of(place));
        ++closed;
    }
    return closed;
}

}  // namespace sanad::phone
