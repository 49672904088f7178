#pragma once

#include "core/base/result.h"
#include "core/node/configuration.h"

#include <functional>

namespace sanad::node {

/// Waits while another process of this node has the store: a standby. What this node knew before it
/// waited may be old afterwards, so its files are read after it. Call it before this process has
/// any other thread.
///
/// keep_waiting  called after each look at the store; it takes its time, and returns false to give
/// up returns       once the store can be had, or has another fault, which Node::start() will tell
/// errors        busy: gave up · not_found: no plugin
Result<void> await_store(const Configuration& configuration,
                         const std::function<bool()>& keep_waiting);

}  // namespace sanad::node
