#include "plugins/channels/email/wire.h"

#include "plugins/channels/email/tls.h"

#include <sanad/message.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sanad::email {
namespace {

using Clock = std::chrono::steady_clock;

int left(Clock::time_point until) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 3'600'000));
}

constexpr std::size_t write_bytes = 16 * 1024;

class SocketWire final : public Wire {
public:
    SocketWire(int socket, const std::string& host, const Way& way, const Cancel& cancel)
        : socket_(socket), host_(host), way_(way), cancel_(cancel) {}
    ~SocketWire() override { ::close(socket_); }

    std::expected<std::string, WireFault> receive(std::chrono::milliseconds limit) override {
        const auto until = Clock::now() + limit;
        if (!tls_) return raw(until);
        std::string bytes;
        for (;;) {
            switch (tls_->read(bytes)) {
                case Tls::Step::done:
                    return bytes;
                case Tls::Step::wants_bytes:
                    if (auto fed = feed(until); !fed) return std::unexpected(fed.error());
                    break;
                case Tls::Step::closed:
                    return std::unexpected(WireFault::closed);
                case Tls::Step::failed:
                    return std::unexpected(WireFault::tls_failed);
            }
        }
    }

    std::expected<void, WireFault> send(std::string_view bytes,
                                        std::chrono::milliseconds limit) override {
        const auto until = Clock::now() + limit;
        if (!tls_) return raw(bytes, until);
        for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), write_bytes))) {
            if (tls_->write(bytes.substr(0, write_bytes)) != Tls::Step::done)
                return std::unexpected(WireFault::tls_failed);
            if (auto sent = raw(tls_->to_server(), until); !sent) return sent;
        }
        return {};
    }

    std::expected<void, WireFault> secure(std::chrono::milliseconds limit) override {
        const auto until = Clock::now() + limit;
        tls_ = Tls::make(host_, way_.authorities);
        if (!tls_) return std::unexpected(WireFault::tls_failed);
        for (;;) {
            const Tls::Step step = tls_->handshake();
            if (auto sent = raw(tls_->to_server(), until); !sent) return sent;
            if (step == Tls::Step::done) return {};
            if (step != Tls::Step::wants_bytes) return std::unexpected(WireFault::tls_failed);
            if (auto fed = feed(until); !fed) return fed;
        }
    }

private:
    std::expected<void, WireFault> feed(Clock::time_point until) {
        const auto bytes = raw(until);
        if (!bytes) return std::unexpected(bytes.error());
        tls_->from_server(*bytes);
        return raw(tls_->to_server(), until);
    }

    std::expected<std::string, WireFault> raw(Clock::time_point until) {
        for (;;) {
            std::array<char, 16 * 1024> buffer;
            const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got > 0) return std::string(buffer.data(), static_cast<std::size_t>(got));
            if (got == 0 || (errno != EAGAIN && errno != EINTR))
                return std::unexpected(WireFault::closed);
            if (auto ready = wait(POLLIN, until); !ready) return std::unexpected(ready.error());
        }
    }

    std::expected<void, WireFault> raw(std::string_view bytes, Clock::time_point until) {
        while (!bytes.empty()) {
            const ssize_t sent =
                ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
                continue;
            }
            if (errno != EAGAIN && errno != EINTR) return std::unexpected(WireFault::closed);
            if (auto ready = wait(POLLOUT, until); !ready) return ready;
        }
        return {};
    }

    std::expected<void, WireFault> wait(short events, Clock::time_point until) {
        std::array<pollfd, 2> polled{pollfd{socket_, events, 0},
                                     pollfd{cancel_.descriptor(), POLLIN, 0}};
        const int ready = ::poll(polled.data(), polled.size(), left(until));
        if (cancel_.asked()) return std::unexpected(WireFault::cancelled);
        if (ready == 0) return std::unexpected(WireFault::timed_out);
        return {};
    }

    const int socket_;
    const std::string host_;
    const Way& way_;
    const Cancel& cancel_;
    std::unique_ptr<Tls> tls_;
};

}  // namespace

std::string_view name(WireFault fault) {
    switch (fault) {
        case WireFault::connect_failed:
            return "connect_failed";
        case WireFault::tls_failed:
            return "tls_failed";
        case WireFault::closed:
            return "closed";
        case WireFault::timed_out:
            return "timed_out";
        case WireFault::cancelled:
            return "cancelled";
    }
    return "unknown";
}

Cancel::Cancel() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (event_ < 0) throw plugin::Error(SANAD_E_IO, "email.no_descriptor");
}

Cancel::~Cancel() { ::close(event_); }

void Cancel::now() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

bool Cancel::asked() const { return !wait(std::chrono::milliseconds(0)); }

bool Cancel::wait(std::chrono::milliseconds time) const {
    pollfd polled{event_, POLLIN, 0};
    return ::poll(&polled, 1, left(Clock::now() + time)) <= 0;
}

std::expected<std::unique_ptr<Wire>, WireFault> open_wire(const Place& place, const Way& way,
                                                          const Cancel& cancel) {
    if (cancel.asked()) return std::unexpected(WireFault::cancelled);
    const int socket = way.connect(place.host, place.port, way.connect_limit);
    if (socket < 0) return std::unexpected(WireFault::connect_failed);
    auto wire = std::make_unique<SocketWire>(socket, place.host, way, cancel);
    if (place.tls)
        if (const auto secured = wire->secure(way.connect_limit); !secured)
            return std::unexpected(secured.error());
    return wire;
}

}  // namespace sanad::email
