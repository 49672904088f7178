#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::test {

/// A client that sends any bytes to a port of 127.0.0.1; all waits end after 10 seconds.
class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes);
    /// Everything until the other side closes.
    std::string read_all();
    /// One response with a Content-Length: head and body.
    std::string read_response();
    /// At least `count` bytes, or fewer when the other side closes.
    std::string read_bytes(std::size_t count);

    /// Asks for a WebSocket at `path`; the answer's head.
    std::string open_socket(std::string_view extra_headers = {}, std::string_view path = "/chat");
    /// One frame as a client sends it, masked. `first_byte` has FIN and opcode.
    void send_frame(std::uint8_t first_byte, std::string_view payload);
    struct Frame {
        std::uint8_t first_byte = 0;  // 0: the other side closed
        std::string payload;
    };
    Frame read_frame();
    /// The code of the close frame that comes next, skipping other frames; 0: closed without one.
    std::uint16_t read_close_code();

private:
    int fd_;
    std::string unread_;

    bool more();
};

/// "200" of "HTTP/1.1 200 OK...".
std::string status_of(std::string_view response);

}  // namespace sanad::test
