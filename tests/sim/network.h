#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "tests/sim/chance.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"

#include <functional>
#include <set>
#include <utility>

namespace sanad::sim {

/// How badly the network behaves. It changes no frame: what comes over CURVE came from the peer.
struct Weather {
    unsigned lost_percent = 0;
    unsigned twice_percent = 0;
    Duration delay_least{1};
    Duration delay_most{1};  // another delay for each frame: so they overtake one another
};

/// Every way between two sites. threads  one
class Network {
public:
    using Arrive = std::function<void(const NodeId& to, const NodeId& from, ByteView frame)>;
    /// Says whether a frame is to be lost, whatever the weather: for a network that lies.
    using Swallow = std::function<bool(ByteView frame)>;

    Network(Schedule& schedule, Chance& chance, Trace& trace, Arrive arrive)
        : schedule_(schedule), chance_(chance), trace_(trace), arrive_(std::move(arrive)) {}

    Weather weather;
    Swallow swallow;

    /// errors  busy: the way is cut, and the sender's side has noticed
    Result<void> send(const NodeId& from, const NodeId& to, ByteView frame);

    /// From now on nothing gets from one to the other; the way back stays open.
    void cut(const NodeId& from, const NodeId& to) { cut_.emplace(from, to); }
    void mend(const NodeId& from, const NodeId& to) { cut_.erase({from, to}); }
    void mend_all() { cut_.clear(); }

private:
    void put_on_the_way(const NodeId& from, const NodeId& to, ByteView frame);

    Schedule& schedule_;
    Chance& chance_;
    Trace& trace_;
    Arrive arrive_;
    std::set<std::pair<NodeId, NodeId>> cut_;
};

}  // namespace sanad::sim
