#pragma once

#include "core/base/entropy.h"
#include "core/plugins/isolated_instance.h"

#include <functional>
#include <memory>

// An isolated plugin that is looked after: one that ends is started again after a pause, one that
// hangs is found, one that ends too often is left alone until a person has looked.
namespace sanad::plugins {

struct Supervision {
    Duration first_pause{100};  // before the first restart; doubled for each further crash in
                                // crash_window, and up to a quarter longer or shorter by chance
    Duration longest_pause{30'000};
    int crashes_max = 5;  // within crash_window; with this one it is quarantined
    Duration crash_window{600'000};
    Duration health_each{5'000};  // how often it is asked how it is, when nothing else is asked
    Duration health_limit{5'000};
};

/// Starts the plugin's process once more. `on_end` goes into its Isolation.
using StartProcess =
    std::function<Result<std::unique_ptr<Instance>>(std::function<void(const Ending&)> on_end)>;

/// An instance whose process comes and goes. Of its steps:
///
///   configure  before start only keeps the settings; the plugin sees them at each start
///   start      errors: those of StartProcess, configure and start of the plugin. That it crashed
///   or
///              hung is none: then it will be tried again
///   call       errors: also busy while there is no process
///   resume     ends a quarantine: it is started at once, with no crash counted
///
/// It is quarantined at once when it broke the rules of the conversation with the node.
///
/// manifest  of the library that `start_process` loads
/// told      each change of its standing, on a thread of its own: it must not be kept
std::unique_ptr<Instance> supervise(Manifest manifest, std::string instance,
                                    StartProcess start_process, const Supervision& supervision,
                                    std::function<void(const Transition&)> told, Entropy& entropy,
                                    Log& log, const Clock& clock);

}  // namespace sanad::plugins
