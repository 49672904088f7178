#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sanad::api {

/// A JSON object with these names and texts, in this order.
std::string json_object(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace sanad::api
