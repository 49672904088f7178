#pragma once

#include "core/base/bytes.h"

#include <sanad/plugin.h>

namespace sanad::plugins {

/// What crosses the C interface, as the rest of the node has it; borrowed likewise.
inline ByteView view_of(sanad_span bytes) {
    return {static_cast<const std::uint8_t*>(bytes.data), bytes.data ? bytes.size : 0};
}

}  // namespace sanad::plugins
