#pragma once

#include "plugins/shared/http/core.h"

#include <cstdint>
#include <memory>
#include <string>

namespace sanad::http {

/// Serves one connection until it ends or becomes a WebSocket.
///
/// entered  what Sources::enter gave for it
/// threads  the server's
void serve_connection(Server::Core& core, std::unique_ptr<ByteStream> stream, std::uint64_t source,
                      std::uint64_t entered);

/// Completes the handshake and registers the socket with the core.
///
/// request  the upgrade, found good
/// raw      its bytes as they came, and what came after them
/// threads  the server's
void serve_socket(Server::Core& core, std::unique_ptr<ByteStream> stream, Request request,
                  std::string raw);

}  // namespace sanad::http
