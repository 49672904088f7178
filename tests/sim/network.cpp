#include "tests/sim/network.h"

namespace sanad::sim {

Result<void> Network::send(const NodeId& from, const NodeId& to, ByteView frame) {
    if (cut_.contains({from, to}))
        return chance_.percent(50) ? fail(Fault::busy, "cut") : Result<void>{};
    if (swallow && swallow(frame)) return {};
    if (!chance_.percent(weather.lost_percent)) put_on_the_way(from, to, frame);
    if (chance_.percent(weather.twice_percent)) put_on_the_way(from, to, frame);
    return {};
}

void Network::put_on_the_way(const NodeId& from, const NodeId& to, ByteView frame) {
    schedule_.after(chance_.between(weather.delay_least, weather.delay_most),
                    [this, from, to, frame = Bytes(frame.begin(), frame.end())] {
                        if (cut_.contains({from, to})) return;
                        trace_.note(schedule_.now(), to.text, "frame from", from.text,
                                    Trace::digest(frame));
                        arrive_(to, from, frame);
                    });
}

}  // namespace sanad::sim
