#include "plugins/shared/by_node/by_node.h"

#include <sanad/opened.hpp>

#include <string>
#include <utility>

namespace sanad::by_node {
namespace {

std::unexpected<http::StartError> failed(const char* code, sanad_status status) {
    return std::unexpected(http::StartError{code, "node_" + std::to_string(status)});
}

// Replaces what is in the file's place; as it is when the node does not offer files.
std::expected<void, http::StartError> read(plugin::Host& host, const char* field, const char* code,
                                           std::string& into) {
    auto file = plugin::read_file(host, field, certificate_bytes_max);
    if (!file) return {};
    if (file->status != SANAD_OK) return failed(code, file->status);
    into = std::move(file->content);
    return {};
}

http::ClientFault fault_of(sanad_status status) {
    if (status == SANAD_E_NOT_FOUND) return http::ClientFault::resolve_failed;
    return status == SANAD_E_DEADLINE ? http::ClientFault::timed_out
                                      : http::ClientFault::connect_failed;
}

}  // namespace

std::expected<void, http::StartError> prepare(plugin::Host& host, http::Options& options) {
    if (options.tls.on()) {
        auto& tls = options.tls;
        if (auto done = read(host, "certificateFile", "certificate_unreadable", tls.certificate);
            !done)
            return done;
        if (auto done = read(host, "certificateKeyFile", "key_unreadable", tls.key); !done)
            return done;
    }
    const auto socket = plugin::open_listening(host, "listen");
    if (!socket) return {};
    if (socket->status != SANAD_OK) return failed("listen_failed", socket->status);
    options.listening = socket->descriptor;
    return {};
}

std::expected<void, http::ClientFault> prepare(plugin::Host& host, const http::Url& url,
                                               http::ClientOptions& options) {
    if (!host.extension(SANAD_EXT_NET)) return {};
    options.connect =
        [&host](const std::string& to, std::uint16_t port,
                std::chrono::milliseconds limit) -> std::expected<int, http::ClientFault> {
        const auto socket = plugin::open_connection(host, to, port, limit);
        if (socket && socket->status == SANAD_OK) return socket->descriptor;
        return std::unexpected(fault_of(socket ? socket->status : SANAD_E_UNSUPPORTED));
    };
    if (!url.tls) return {};
    auto file = plugin::read_file(host, options.ca_file.empty() ? "system-trust" : "caFile",
                                  authorities_bytes_max);
    if (!file) return {};
    if (file->status != SANAD_OK) return std::unexpected(http::ClientFault::ca_unreadable);
    options.ca = std::move(file->content);
    return {};
}

}  // namespace sanad::by_node
