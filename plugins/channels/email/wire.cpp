#include "plugins/channels/email/wire.h"

#include "plugins/channels/email/curl_way.h"

#include <sanad/message.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace sanad::email {
namespace {

using Clock = std::chrono::steady_clock;

int left(Clock::time_point until) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 3'600'000));
}

class CurlWire final : public Wire {
public:
    explicit CurlWire(const Cancel& cancel) : cancel_(cancel) {}

    std::expected<void, WireFault> open(const Place& place, const Way& way) {
        // https only names the way in: with CONNECT_ONLY nothing of HTTP is spoken. libcurl's own
        // IMAP knows no IDLE.
        const std::string url = "https://" + place.host + ':' + std::to_string(place.port);
        curl_ = prepare(url, place, way, cancel_, names_);
        if (!curl_) return std::unexpected(WireFault::connect_failed);
        curl_easy_setopt(curl_.get(), CURLOPT_CONNECT_ONLY, 1L);
        if (const CURLcode code = curl_easy_perform(curl_.get()); code != CURLE_OK)
            return std::unexpected(fault_of(code));
        curl_socket_t socket = CURL_SOCKET_BAD;
        if (curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK)
            return std::unexpected(WireFault::connect_failed);
        socket_ = socket;
        return {};
    }

    std::expected<std::string, WireFault> receive(std::chrono::milliseconds limit) override {
        const auto until = Clock::now() + limit;
        for (;;) {
            // First what TLS has decrypted already: poll knows nothing of that.
            std::size_t got = 0;
            const CURLcode code = curl_easy_recv(curl_.get(), buffer_.data(), buffer_.size(), &got);
            if (code == CURLE_OK && got == 0) return std::unexpected(WireFault::closed);
            if (code == CURLE_OK) return std::string(buffer_.data(), got);
            if (code != CURLE_AGAIN) return std::unexpected(WireFault::closed);
            if (auto ready = wait(POLLIN, until); !ready) return std::unexpected(ready.error());
        }
    }

    std::expected<void, WireFault> send(std::string_view bytes,
                                        std::chrono::milliseconds limit) override {
        const auto until = Clock::now() + limit;
        while (!bytes.empty()) {
            std::size_t sent = 0;
            const CURLcode code = curl_easy_send(curl_.get(), bytes.data(), bytes.size(), &sent);
            if (code == CURLE_OK) {
                bytes.remove_prefix(sent);
                continue;
            }
            if (code != CURLE_AGAIN) return std::unexpected(WireFault::closed);
            if (auto ready = wait(POLLOUT, until); !ready) return ready;
        }
        return {};
    }

private:
    std::expected<void, WireFault> wait(short events, Clock::time_point until) {
        std::array<pollfd, 2> polled{pollfd{socket_, events, 0},
                                     pollfd{cancel_.descriptor(), POLLIN, 0}};
        const int ready = ::poll(polled.data(), polled.size(), left(until));
        if (cancel_.asked()) return std::unexpected(WireFault::cancelled);
        if (ready == 0) return std::unexpected(WireFault::timed_out);
        return {};
    }

    const Cancel& cancel_;
    CurlNames names_;
    Curl curl_;  // borrows names_
    int socket_ = -1;
    std::array<char, 16 * 1024> buffer_{};
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
    auto wire = std::make_unique<CurlWire>(cancel);
    if (const auto opened = wire->open(place, way); !opened) return std::unexpected(opened.error());
    return wire;
}

}  // namespace sanad::email
