#pragma once

#include "nodes/plugin-check/check.h"

namespace sanad::plugin_check {

/// Runs a check in a process of its own, with nothing on its standard descriptors, and ends
/// whatever it left running. A process that ends otherwise than by a verdict, or is not done within
/// `limit`, has failed the check. Call it while this process has no other thread.
Verdict run_in_child(const Check& check, const Subject& subject, Mode mode,
                     Duration limit = check_limit);

/// Fills `text`'s placeholders, so that each check has a place of its own:
///
///     @folder@  an empty folder, removed after the check
///     @name@    a word of a-z, 0-9 and _ that no other check has
///     @file:…@  the name of a file that only its owner may read, with this content
std::string filled(const std::string& text, const Subject& subject);

}  // namespace sanad::plugin_check
