#pragma once

#include "core/base/result.h"
#include "core/federation/link.h"
#include "schemas/wire.capnp.h"

// A lane as the wire has it, for the files that write and read frames.
namespace sanad::federation {

inline schema::Lane to_wire(Lane lane) {
    return lane == Lane::urgent ? schema::Lane::URGENT : schema::Lane::NORMAL;
}

/// errors  unsupported
inline Result<Lane> from_wire(schema::Lane lane) {
    switch (lane) {
        case schema::Lane::NORMAL:
            return Lane::normal;
        case schema::Lane::URGENT:
            return Lane::urgent;
    }
    return fail(Fault::unsupported, "lane");
}

}  // namespace sanad::federation
