#pragma once

#include "plugins/shared/http/client.h"
#include "plugins/shared/http/server.h"

#include <sanad/host.hpp>

#include <expected>

// A plugin in a process of its own can open nothing: the node opens for it what its configuration
// names, by the grants of its manifest (sanad/extensions.h). Where a node offers no such thing, the
// options stay as they are, and the plugin opens by itself.
namespace sanad::by_node {

inline constexpr std::size_t certificate_bytes_max = 128 * 1024;
inline constexpr std::size_t authorities_bytes_max = 4 * 1024 * 1024;

/// The listening socket of the fields listenAddress and listenPort (grant net.listen:listen), and
/// where `options` name them the files of the fields certificateFile and certificateKeyFile (grants
/// file:…).
///
/// errors  listen_failed, certificate_unreadable, key_unreadable
std::expected<void, http::StartError> prepare(plugin::Host& host, http::Options& options);

/// Connections (grant net.connect:<field with the URL>) and, for https, the authorities to trust:
/// the field caFile, or this machine's (grants file:caFile, file:system-trust).
///
/// host     outlives whoever uses the options
/// returns  ca_unreadable, or nothing
std::expected<void, http::ClientFault> prepare(plugin::Host& host, const http::Url& url,
                                               http::ClientOptions& options);

}  // namespace sanad::by_node
