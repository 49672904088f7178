// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/extensions.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// What a node opens for a plugin (sanad/extensions.h), in a test: real sockets of this machine's
// loopback and files in memory. Each extension is there once the test allows something of it; what
// was not allowed is SANAD_E_DENIED, as without a grant.
namespace sanad::plugin {

/// threads  any
class FakeOpenings {
public:
    FakeOpenings() = default;
    ~FakeOpenings() {
        for (const auto& [name, socket] : listening_) ::close(socket);
    }
    FakeOpenings(const FakeOpenings&) = delete;
    FakeOpenings& operator=(const FakeOpenings&) = delete;

    /// listen(name) gives a socket of 127.0.0.1, and the same again. returns  its port
    std::uint16_t allow_listen(const std::string& name) {
        const std::lock_guard lock(mutex_);
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_in at = loopback(0);
        socklen_t size = sizeof at;
        if (socket < 0 || ::bind(socket, generic(at), size) != 0 ||
            ::listen(socket, SOMAXCONN) != 0 || ::getsockname(socket, generic(at), &size) != 0)
            throw std::runtime_error("no socket on the loopback");
        if (const auto old = std::exchange(listening_[name], socket); old != 0) ::close(old);
        return ntohs(at.sin_port);
    }
    /// connect(host, port) leads to the port `to` of 127.0.0.1.
    void allow_connect(const std::string& host, std::uint16_t port, std::uint16_t to) {
        const std::lock_guard lock(mutex_);
        places_[{host, port}] = to;
    }
    /// open(name) gives a file with this content.
    void allow_file(const std::string& name, std::string content) {
        const std::lock_guard lock(mutex_);
        files_[name] = std::move(content);
    }

    /// For sanad_host.get_extension.
    const void* extension(std::string_view id) const {
        const std::lock_guard lock(mutex_);
        if (id == SANAD_EXT_NET) return listening_.empty() && places_.empty() ? nullptr : &net_;
        return id == SANAD_EXT_SECRET && !files_.empty() ? &secret_ : nullptr;
    }

private:
    static FakeOpenings& of(void* ctx) { return *static_cast<FakeOpenings*>(ctx); }
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

    static sanad_status listen(void* ctx, const char* name, int* fd) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        const auto found = of(ctx).listening_.find(name);
        if (found == of(ctx).listening_.end()) return SANAD_E_DENIED;
        *fd = ::fcntl(found->second, F_DUPFD_CLOEXEC, 0);
        return *fd < 0 ? SANAD_E_IO : SANAD_OK;
    }

    static sanad_status connect(void* ctx, const char* host, std::uint16_t port, std::uint64_t,
                                int* fd) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        const auto found = of(ctx).places_.find({host, port});
        if (found == of(ctx).places_.end()) return SANAD_E_DENIED;
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in to = loopback(found->second);
        if (socket < 0 || ::connect(socket, generic(to), sizeof to) != 0 ||
            ::fcntl(socket, F_SETFL, O_NONBLOCK) != 0) {
            ::close(socket);
            return SANAD_E_IO;
        }
        *fd = socket;
        return SANAD_OK;
    }

    static sanad_status open(void* ctx, const char* name, int* fd) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        const auto found = of(ctx).files_.find(name);
        if (found == of(ctx).files_.end()) return SANAD_E_DENIED;
        const int file = ::memfd_create(name, MFD_CLOEXEC);
        const auto& content = found->second;
        if (file < 0 ||
            ::write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
            ::close(file);
            return SANAD_E_IO;
        }
        ::lseek(file, 0, SEEK_SET);
        *fd = file;
        return SANAD_OK;
    }

    mutable std::mutex mutex_;
    std::map<std::string, int, std::less<>> listening_;
    std::map<std::pair<std::string, std::uint16_t>, std::uint16_t> places_;
    std::map<std::string, std::string, std::less<>> files_;
    sanad_net_v1 net_{sizeof(sanad_net_v1), 0, this, listen, connect};
    sanad_secret_v1 secret_{sizeof(sanad_secret_v1), 0, this, open};
};

}  // namespace sanad::plugin
