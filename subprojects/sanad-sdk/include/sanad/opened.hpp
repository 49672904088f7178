// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/extensions.h>
#include <sanad/host.hpp>

#include <unistd.h>

#include <optional>
#include <string>

// What the node opens for a plugin, because the plugin itself may open nothing: see
// sanad/extensions.h. Empty answers mean that this node does not offer it.
namespace sanad::plugin {

/// A descriptor is the caller's to close.
struct Opened {
    sanad_status status = SANAD_E_INTERNAL;
    int descriptor = -1;
};

/// A listening socket at what the settings <name>Address and <name>Port say. Grant:
/// net.listen:<name>
inline std::optional<Opened> open_listening(Host& host, const char* name) {
    const auto* net = static_cast<const sanad_net_v1*>(host.extension(SANAD_EXT_NET));
    if (!net || !SANAD_HAS(net, listen)) return std::nullopt;
    Opened opened;
    opened.status = net->listen(net->ctx, name, &opened.descriptor);
    return opened;
}

/// A connected socket that does not block. Grant: net.connect:<setting with a URL of this place>
inline std::optional<Opened> open_connection(Host& host, const std::string& to, std::uint16_t port,
                                             std::chrono::milliseconds limit) {
    const auto* net = static_cast<const sanad_net_v1*>(host.extension(SANAD_EXT_NET));
    if (!net || !SANAD_HAS(net, connect)) return std::nullopt;
    Opened opened;
    const std::chrono::nanoseconds wait = limit;
    opened.status =
        net->connect(net->ctx, to.c_str(), port,
                     host.now_ns() + static_cast<std::uint64_t>(wait.count()), &opened.descriptor);
    return opened;
}

/// What a file holds.
struct FileContent {
    sanad_status status = SANAD_E_INTERNAL;  // SANAD_E_FULL: longer than was asked for
    std::string content;
};

/// The file that the setting `name` names, at most `bytes_max` of it. Grant: secret:<name> or
/// file:<name>
inline std::optional<FileContent> read_file(Host& host, const char* name, std::size_t bytes_max) {
    const auto* secret = static_cast<const sanad_secret_v1*>(host.extension(SANAD_EXT_SECRET));
    if (!secret || !SANAD_HAS(secret, open)) return std::nullopt;
    int file = -1;
    FileContent read;
    read.status = secret->open(secret->ctx, name, &file);
    if (read.status != SANAD_OK) return read;
    read.content.resize(bytes_max + 1);
    std::size_t size = 0;
    while (size < read.content.size()) {
        const ssize_t got = ::read(file, read.content.data() + size, read.content.size() - size);
        if (got < 0) read.status = SANAD_E_IO;
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    ::close(file);
    if (size > bytes_max) read.status = SANAD_E_FULL;
    read.content.resize(read.status == SANAD_OK ? size : 0);
    return read;
}

}  // namespace sanad::plugin
