#pragma once

#include "core/node/country_profile.h"
#include "core/node/initialise.h"

#include <string>

namespace sanad::node {

/// The text of a new node's configuration, with the words that a beginner needs.
std::string write_node_toml(const InitialiseOptions& options, const CountryProfile& profile);

}  // namespace sanad::node
