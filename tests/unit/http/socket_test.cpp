#include "plugins/shared/http/server.h"

#include "tests/unit/http/raw_client.h"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

namespace sanad::http {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using test::status_of;

constexpr std::uint8_t text_frame = 0x81;
constexpr std::uint8_t binary_frame = 0x82;
constexpr std::uint8_t ping_frame = 0x89;
constexpr std::uint8_t close_frame = 0x88;

// Sends every text back, and counts who is there.
struct SocketEcho {
    explicit SocketEcho(Limits limits = {}) {
        Handlers handlers;
        handlers.upgrade = [](const Request& request) {
            return request.header("origin") ? refusal(403, "origin", "Not from here.")
                                            : Response{.status = 101};
        };
        handlers.opened = [this](SocketId id, const Request&) {
            const std::lock_guard lock(mutex);
            last_opened = id;
            ++open;
            changed.notify_all();
        };
        handlers.message = [this](SocketId id, std::string text) {
            if (text == "throw") throw std::runtime_error("a library threw");
            server->send(id, std::move(text));
        };
        handlers.closed = [this](SocketId) {
            const std::lock_guard lock(mutex);
            --open;
            changed.notify_all();
        };
        Options options;
        options.limits = limits;
        server = std::move(Server::start(options, std::move(handlers)).value());
    }

    bool becomes(int count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 10s, [&] { return open == count; });
    }

    std::mutex mutex;
    std::condition_variable changed;
    int open = 0;
    SocketId last_opened = 0;
    std::unique_ptr<Server> server;
};

TEST_CASE("a socket gets messages in order and gives them back") {
    SocketEcho echo;
    RawClient client(echo.server->port());
    const std::string head = client.open_socket();
    CHECK(status_of(head) == "101");
    CHECK(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != head.npos);
    CHECK(head.find("Beast") == head.npos);
    for (const auto* text : {"سلام", "deux", ""}) client.send_frame(text_frame, text);
    CHECK(client.read_frame().payload == "سلام");
    CHECK(client.read_frame().payload == "deux");
    CHECK(client.read_frame().payload.empty());
    client.send_frame(close_frame, "\x03\xe8");
    CHECK(client.read_close_code() == 1000);
    CHECK(client.read_all().empty());
    CHECK(echo.becomes(0));
}

TEST_CASE("a handler decides who may open a socket") {
    SocketEcho echo;
    RawClient client(echo.server->port());
    CHECK(status_of(client.open_socket("Origin: https://elsewhere.example\r\n")) == "403");
}

TEST_CASE("a socket message may have 16 KiB and no byte more") {
    SocketEcho echo;
    RawClient client(echo.server->port());
    client.open_socket();
    const std::string most(16 * 1024, 'a');
    client.send_frame(text_frame, most);
    CHECK(client.read_frame().payload == most);
    client.send_frame(text_frame, most + "a");
    CHECK(client.read_close_code() == 1009);
    CHECK(echo.becomes(0));
}

TEST_CASE("what breaks the rules of WebSocket closes the socket with the code for it") {
    SocketEcho echo;
    const auto code_for = [&](std::string_view bytes) {
        RawClient client(echo.server->port());
        client.open_socket();
        client.send(bytes);
        return client.read_close_code();
    };
    CHECK(code_for(std::string("\x81\x01\x61", 3)) == 1002);                  // not masked
    CHECK(code_for(std::string("\xC1\x81\x01\x02\x03\x04\x61", 7)) == 1002);  // reserved bit
    CHECK(code_for(std::string("\x09\x80\x01\x02\x03\x04", 6)) == 1002);      // fragmented control
    CHECK(code_for(std::string("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1\2\3\4", 14)) == 1009);

    const auto code_for_frame = [&](std::uint8_t first_byte, std::string_view payload) {
        RawClient client(echo.server->port());
        client.open_socket();
        client.send_frame(first_byte, payload);
        return client.read_close_code();
    };
    CHECK(code_for_frame(text_frame, "\xC0\x80") == 1007);
    CHECK(code_for_frame(text_frame, "\xED\xA0\x80") == 1007);  // half of a surrogate pair
    CHECK(code_for_frame(binary_frame, "abc") == 1003);
    CHECK(code_for_frame(text_frame, "throw") == 1011);
    CHECK(echo.becomes(0));
}

TEST_CASE("a flood of pings closes the socket, a few do not") {
    Limits limits;
    limits.socket_pings_per_minute = 3;
    SocketEcho echo(limits);
    RawClient client(echo.server->port());
    client.open_socket();
    for (int i = 0; i < 3; ++i) client.send_frame(ping_frame, "x");
    client.send_frame(text_frame, "still here");
    while (true) {
        const auto frame = client.read_frame();
        REQUIRE(frame.first_byte != 0);
        if (frame.first_byte == text_frame) break;
    }
    client.send_frame(ping_frame, "x");
    CHECK(client.read_close_code() == 1008);
}

TEST_CASE("a client that reads nothing is cut, and one that went away is noticed") {
    Limits limits;
    limits.socket_queue_bytes = 64 * 1024;
    SocketEcho echo(limits);
    RawClient client(echo.server->port());
    client.open_socket();
    REQUIRE(echo.becomes(1));
    const std::string piece(8 * 1024, 'a');
    for (int i = 0; i < 4000; ++i) echo.server->send(echo.last_opened, piece);
    CHECK(echo.becomes(0));

    limits.socket_idle = 100ms;
    SocketEcho strict(limits);
    RawClient silent(strict.server->port());
    silent.open_socket();
    REQUIRE(strict.becomes(1));
    CHECK(strict.becomes(0));
}

TEST_CASE("sockets have their own limit") {
    Limits limits;
    limits.sockets = 1;
    SocketEcho echo(limits);
    RawClient first(echo.server->port());
    CHECK(status_of(first.open_socket()) == "101");
    RawClient second(echo.server->port());
    CHECK(status_of(second.open_socket()) == "503");
}

TEST_CASE("a server that stops tells its sockets and waits for nobody") {
    SocketEcho echo;
    RawClient client(echo.server->port());
    client.open_socket();
    REQUIRE(echo.becomes(1));
    const auto begun = std::chrono::steady_clock::now();
    echo.server->stop();
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
    CHECK(client.read_close_code() == 1001);
    CHECK(echo.open == 0);
    echo.server->send(echo.last_opened, "into the void");
}

}  // namespace
}  // namespace sanad::http
