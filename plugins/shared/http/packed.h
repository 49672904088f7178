#pragma once

#include "plugins/shared/http/server.h"

#include <string_view>

namespace sanad::http {

/// A file that the plugin has in itself, gzipped for who takes that.
///
/// type     its media type
/// gzipped  empty: it is not smaller so
Response packed(const Request& request, std::string_view type, std::string_view plain,
                std::string_view gzipped);

}  // namespace sanad::http
