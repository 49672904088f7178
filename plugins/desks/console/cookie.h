#pragma once

#include "plugins/shared/http/server.h"

#include <string>

// The one cookie of the desk: the session's token, that no script can read.
namespace sanad::console {

/// The session in the request's cookies, as bytes; empty: none.
std::string session_of(const http::Request& request);

/// A header that keeps the session until the browser is closed, or forgets it.
http::Header keep_session(std::string_view session);
http::Header forget_session();

}  // namespace sanad::console
