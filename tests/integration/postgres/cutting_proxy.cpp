#include "tests/integration/postgres/cutting_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace sanad::test {

namespace {

constexpr const char* socket_name = "/.s.PGSQL.5432";

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

int unix_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server) {
    const std::size_t from = std::string_view("host=").size();
    const std::size_t size = server.find(' ') - from;
    server_socket_ = server.substr(from, size) + socket_name;
    connection_ = std::string(server).replace(from, size, folder_.path().string());
    const sockaddr_un address = address_of((folder_.path().string() + socket_name));
    listener_ = unix_socket();
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0 || ::pipe2(wake_.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("no proxy");
    thread_ = std::thread([this] { run(); });
}

CuttingProxy::~CuttingProxy() {
    stopping_ = true;
    if (::write(wake_[1], "", 1) != 1) std::terminate();
    thread_.join();
    for (Session& session : sessions_) end(session);
    for (const int fd : {listener_, wake_[0], wake_[1]}) ::close(fd);
}

void CuttingProxy::cut_after(Way way, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    cut_ = Cut{way, bytes};
}

void CuttingProxy::do_not_cut() {
    const std::lock_guard lock(mutex_);
    cut_.reset();
}

void CuttingProxy::be_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
    if (away)
        for (Session& session : sessions_) end(session);
}

void CuttingProxy::end(Session& session) {
    if (!std::exchange(session.is_open, false)) return;
    ::close(session.client);
    ::close(session.server);
}

void CuttingProxy::admit() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const sockaddr_un address = address_of(server_socket_);
    const int server = unix_socket();
    if (away_ ||
        ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(client);
        ::close(server);
        return;
    }
    sessions_.push_back({client, server});
}

void CuttingProxy::move(Session& session, Way way) {
    const int from = way == Way::to_server ? session.client : session.server;
    const int to = way == Way::to_server ? session.server : session.client;
    std::array<char, 65536> piece;
    const ssize_t got = ::read(from, piece.data(), piece.size());
    if (got <= 0) return end(session);
    auto size = static_cast<std::size_t>(got);
    // The first message of a session says who it is.
    if (std::string_view(piece.data(), size).find("sanad-store:") != std::string_view::npos)
        session.is_writer = true;
    bool is_cut = false;
    if (session.is_writer) {
        if (cut_ && cut_->way == way) {
            is_cut = size >= cut_->bytes;
            size = std::min<std::size_t>(size, cut_->bytes);
            cut_->bytes -= size;
        }
        bytes_[static_cast<std::size_t>(way)] += size;
    }
    for (std::size_t sent = 0; sent < size;) {
        const ssize_t written = ::send(to, piece.data() + sent, size - sent, MSG_NOSIGNAL);
        if (written <= 0) return end(session);
        sent += static_cast<std::size_t>(written);
    }
    if (!is_cut) return;
    cut_.reset();
    ++cuts_;
    end(session);
}

void CuttingProxy::run() {
    while (!stopping_) {
        std::vector<pollfd> watched = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(sessions_, [](const Session& session) { return !session.is_open; });
            for (const Session& session : sessions_)
                for (const int fd : {session.client, session.server})
                    watched.push_back({fd, POLLIN, 0});
        }
        // Sessions that end while this waits are found with the next byte, or the next look.
        if (::poll(watched.data(), watched.size(), 50) <= 0) continue;
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 2; i + 1 < watched.size(); i += 2) {
            Session& session = sessions_[i / 2 - 1];
            if (session.is_open && watched[i].revents != 0) move(session, Way::to_server);
            if (session.is_open && watched[i + 1].revents != 0) move(session, Way::to_client);
        }
        if (watched[1].revents != 0) admit();
    }
}

}  // namespace sanad::test
