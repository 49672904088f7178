#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"

#include <cstdint>
#include <string>

namespace sanad::federation {

/// Urgent entries do not wait behind normal ones.
enum class Lane : std::uint8_t { normal = 0, urgent = 1 };
inline constexpr Lane all_lanes[] = {Lane::urgent, Lane::normal};  // in the order of service

/// Seen from this node: what we say to the peer, or what it says to us.
enum class Direction : std::uint8_t { in = 0, out = 1 };

/// One link log: what one node says to one other in one lane.
struct LaneId {
    NodeId peer;
    Direction direction = Direction::out;
    Lane lane = Lane::normal;
    auto operator<=>(const LaneId&) const = default;
};

inline const char* name(Lane lane) { return lane == Lane::urgent ? "urgent" : "normal"; }

/// The origin line of the log's checkpoints: `sanad/<from>/<to>/<lane>`.
inline std::string origin(const NodeId& self, const LaneId& id) {
    const bool ours = id.direction == Direction::out;
    const std::string& from = ours ? self.text : id.peer.text;
    const std::string& to = ours ? id.peer.text : self.text;
    return "sanad/" + from + "/" + to + "/" + name(id.lane);
}

/// The key of a log in the store's tables; those of its entries begin with it.
inline Bytes lane_key(const LaneId& id) {
    Bytes key(id.peer.text.begin(), id.peer.text.end());
    key.push_back(0);
    key.push_back(static_cast<std::uint8_t>(id.direction));
    key.push_back(static_cast<std::uint8_t>(id.lane));
    return key;
}

inline Bytes entry_place_key(const LaneId& id, std::uint64_t index) {
    Bytes key = lane_key(id);
    append_big_endian(key, index);
    return key;
}

}  // namespace sanad::federation
