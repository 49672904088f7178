#pragma once

#include "plugins/shared/http/server.h"

#include <string>

namespace sanad::http {

struct Sending {
    bool tls = false;
    bool keep_alive = false;
    bool head_only = false;  // the request was HEAD
};

/// The bytes of a response, with the security headers; a header value with a line end is left out.
std::string serialise(const Response& response, const Sending& sending);

}  // namespace sanad::http
