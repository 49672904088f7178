#pragma once

#include "plugins/channels/phone/flow/flow_reader.h"

#include <string>
#include <string_view>

namespace sanad::phone::test {

std::string read_file(const std::string& name);

/// Whether config/phone/flow.toml could say it: everything in ar, fr, en.
bool can_say(std::string_view language, std::string_view prompt);

/// The shipped flow with a country laid over it, or with TOML of the test's own.
Flow flow_of_country(const std::string& country);
Flow flow_with(std::string_view overlay);

}  // namespace sanad::phone::test
