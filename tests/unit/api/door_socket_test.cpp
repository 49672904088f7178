#include "core/api/door_socket.h"
#include "core/api/client.h"
#include "core/api/socket_path.h"
#include "core/base/message.h"
#include "schemas/api.capnp.h"
#include "tests/support/folder.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

using namespace sanad;
using namespace sanad::api;
namespace fs = std::filesystem;

namespace {

// Answers at once with what it was asked, or keeps the answers until the test wants them given.
class EchoDoor final : public Door {
public:
    void handle(ByteView request, Answer answer) override {
        Bytes copy(request.begin(), request.end());
        if (now_) return answer(std::move(copy));
        const std::lock_guard lock(mutex_);
        waiting_.push_back({std::move(copy), std::move(answer)});
        changed_.notify_all();
    }

    void keep() { now_ = false; }

    struct Asked {
        Bytes request;
        Answer answer;
    };
    std::deque<Asked> take(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_.size() >= count; });
        return std::exchange(waiting_, {});
    }
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Asked> waiting_;
    std::atomic<bool> now_ = true;
};

struct Fixture {
    test::Folder folder;
    SystemClock clock;
    NullLog log;
    EchoDoor door;
    fs::path path = folder / "door.sock";
    std::unique_ptr<DoorSocket> socket;

    explicit Fixture(DoorSocket::Limits limits = {}) {
        socket = DoorSocket::start(path, door, clock, log, limits).value();
    }
};

// A caller that keeps no rules.
struct Raw {
    Descriptor socket;

    explicit Raw(const fs::path& path) : socket(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) ==
                0);
    }
    void send(ByteView bytes) const {
        REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                ssize_t(bytes.size()));
    }
    Bytes read_to_end() const {
        Bytes all;
        std::array<std::uint8_t, 65536> chunk{};
        for (;;) {
            const auto got = ::recv(socket.get(), chunk.data(), chunk.size(), 0);
            if (got <= 0) return all;
            append(all, ByteView(chunk).first(std::size_t(got)));
        }
    }
};

Bytes frame(std::string_view text, std::uint32_t length) {
    Bytes bytes;
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(std::uint8_t(length >> shift));
    append(bytes, bytes_of(text));
    return bytes;
}
Bytes frame(std::string_view text) { return frame(text, std::uint32_t(text.size())); }

std::string error_code_in(ByteView frame) {
    const auto code = read_message<schema::api::Reply>(
        frame.subspan(4), [](schema::api::Reply::Reader reply) -> Result<std::string> {
            REQUIRE(reply.isError());
            return from_text(reply.getError().getCode());
        });
    return code.value();
}

}  // namespace

TEST_CASE_METHOD(Fixture, "the door's socket is its owner's alone") {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    socket->stop();
    CHECK_FALSE(fs::exists(path));
    CHECK(Client::connect(path).error().fault == Fault::not_found);
}

TEST_CASE_METHOD(Fixture, "what is asked through the socket is answered through it") {
    auto client = Client::connect(path).value();
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{8}, std::size_t{100'000}, door_message_bytes_max}) {
        const Bytes request(size, 'x');
        CHECK(client.call(request).value() == request);
    }
    CHECK(client.call(Bytes()).error().fault == Fault::bad_size);
    CHECK(client.call(Bytes(door_message_bytes_max + 1)).error().fault == Fault::bad_size);
    CHECK(client.call(bytes_of("still there")).has_value());
}

TEST_CASE_METHOD(Fixture, "answers come in the order of the requests, whoever is ready first") {
    door.keep();
    auto client = Client::connect(path).value();
    for (const char* text : {"one", "two", "three"}) REQUIRE(client.send(bytes_of(text)));
    auto asked = door.take(3);
    REQUIRE(asked.size() == 3);
    for (auto last = asked.rbegin(); last != asked.rend(); ++last) last->answer(last->request);
    for (const char* text : {"one", "two", "three"})
        CHECK(text_of(client.receive().value()) == text);
}

TEST_CASE_METHOD(Fixture, "a request may come in pieces, and several in one piece") {
    const Raw raw(path);
    for (const std::uint8_t byte : frame("piecewise")) raw.send({&byte, 1});
    Bytes three = frame("a");
    append(three, frame("b"));
    append(three, frame("c"));
    raw.send(three);
    ::shutdown(raw.socket.get(), SHUT_WR);
    Bytes expected = frame("piecewise");
    append(expected, three);
    CHECK(raw.read_to_end() == expected);
}

TEST_CASE_METHOD(Fixture,
                 "a length of nothing or of more than 1 MiB ends the connection, with a reason") {
    for (const std::uint32_t length :
         {0U, std::uint32_t(door_message_bytes_max + 1), 0xFFFFFFFFU}) {
        const Raw raw(path);
        raw.send(frame("good"));
        raw.send(frame("bad", length));
        const Bytes got = raw.read_to_end();
        const Bytes good = frame("good");
        REQUIRE(got.size() > good.size());
        CHECK(Bytes(got.begin(), got.begin() + std::ptrdiff_t(good.size())) == good);
        CHECK(error_code_in(ByteView(got).subspan(good.size())) == "bad_size");
    }
}

TEST_CASE_METHOD(Fixture,
                 "an answer that does not fit becomes an error, and the connection stays") {
    door.keep();
    auto client = Client::connect(path).value();
    REQUIRE(client.send(bytes_of("much")));
    door.take(1).front().answer(Bytes(door_message_bytes_max + 1));
    Bytes framed = frame("");
    append(framed, client.receive().value());
    CHECK(error_code_in(framed) == "too_long");
    REQUIRE(client.send(bytes_of("more")));
    door.take(1).front().answer(Bytes(door_message_bytes_max));
    CHECK(client.receive().value().size() == door_message_bytes_max);
}

TEST_CASE_METHOD(Fixture, "a caller that leaves does not disturb the others") {
    door.keep();
    auto stays = Client::connect(path).value();
    {
        auto leaves = Client::connect(path).value();
        REQUIRE(leaves.send(bytes_of("leaves")));
        REQUIRE(stays.send(bytes_of("stays")));
    }
    auto asked = door.take(2);
    for (auto& one : asked) one.answer(one.request);
    CHECK(text_of(stays.receive().value()) == "stays");
    asked.front().answer({});  // an answer too many is a call into nothing
    socket->stop();
    asked.back().answer(Bytes(1));
}

TEST_CASE_METHOD(Fixture, "64 programs may be connected, the next one is told so") {
    std::vector<Client> clients;
    for (std::size_t i = 0; i < DoorSocket::connections_max; ++i) {
        clients.push_back(Client::connect(path).value());
        REQUIRE(clients.back().call(bytes_of("here")));
    }
    const Raw surplus(path);
    CHECK(error_code_in(surplus.read_to_end()) == "busy");
    for (auto& client : clients) CHECK(client.call(bytes_of("still here")));
    clients.pop_back();
    // The place is free once the socket has seen the other one go.
    for (bool served = false; !served;) {
        auto again = Client::connect(path).value();
        const auto reply = again.call(bytes_of("again"));
        served = reply && text_of(*reply) == "again";
    }
}

TEST_CASE_METHOD(Fixture, "a connection with 64 requests under way is not read any further") {
    door.keep();
    auto client = Client::connect(path).value();
    for (std::size_t i = 0; i <= DoorSocket::requests_in_flight_max; ++i)
        REQUIRE(client.send(bytes_of("x")));
    auto asked = door.take(DoorSocket::requests_in_flight_max);
    CHECK(asked.size() == DoorSocket::requests_in_flight_max);
    auto other = Client::connect(path).value();  // the socket's thread has seen everything by then
    REQUIRE(other.send(bytes_of("other")));
    auto next = door.take(1);
    CHECK(text_of(next.front().request) == "other");
    asked.front().answer(asked.front().request);
    CHECK(text_of(door.take(1).front().request) == "x");
}

TEST_CASE("who sends half a request and stops is cut off, others are not") {
    Fixture fixture({.frame_wait = Duration(30), .read_wait = Duration(30'000)});
    auto patient = Client::connect(fixture.path).value();
    const Raw half(fixture.path);
    half.send(frame("never whole", 1000));
    CHECK(half.read_to_end().empty());
    CHECK(patient.call(bytes_of("idle, not slow")).has_value());
}

TEST_CASE("who does not read the answers is cut off, others are not") {
    Fixture fixture({.frame_wait = Duration(30'000), .read_wait = Duration(50)});
    auto slow = Client::connect(fixture.path).value();
    const Bytes big(door_message_bytes_max, 'x');
    auto other = Client::connect(fixture.path).value();
    // Sending ends when the node has stopped reading from us and then hung up.
    Result<void> sent;
    while (sent) sent = slow.send(big);
    CHECK(sent.error().fault == Fault::closed);
    CHECK(other.call(bytes_of("unharmed")).has_value());
}

TEST_CASE("a socket that nobody listens on is replaced, one that somebody listens on is not") {
    Fixture fixture;
    EchoDoor second;
    CHECK(DoorSocket::start(fixture.path, second, fixture.clock, fixture.log).error().fault ==
          Fault::conflict);
    CHECK(Client::connect(fixture.path).value().call(bytes_of("first")).has_value());

    const auto stale = fixture.folder / "stale.sock";
    {
        const auto died = listen_at(stale, 1).value();
    }
    REQUIRE(fs::exists(stale));
    CHECK(Client::connect(stale).error().fault == Fault::closed);
    CHECK(DoorSocket::start(stale, second, fixture.clock, fixture.log).has_value());
}

TEST_CASE(
    "the door opens only in a folder that is its owner's alone, and over nothing but a socket") {
    test::Folder folder;
    REQUIRE(::chmod(folder.path().c_str(), 0750) == 0);
    const auto open = listen_at(folder / "door.sock", 1);
    CHECK(open.error().fault == Fault::denied);
    CHECK(open.error().detail.find("chmod 700 " + folder.path().string()) != std::string::npos);
    REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
    const auto file = folder.file("door.sock", "precious");
    CHECK(listen_at(file, 1).error().fault == Fault::denied);
    CHECK(test::content_of(file) == "precious");
    CHECK(listen_at(folder / "missing" / "door.sock", 1).error().fault == Fault::not_found);
}

TEST_CASE("a data folder with a long path has a door like any other") {
    test::Folder folder;
    fs::path deep = folder.path();
    for (int i = 0; i < 8; ++i) deep /= std::string(40, 'd');
    fs::create_directories(deep);
    REQUIRE(::chmod(deep.c_str(), 0700) == 0);
    SystemClock clock;
    NullLog log;
    EchoDoor door;
    const auto socket = DoorSocket::start(deep / "door.sock", door, clock, log);
    REQUIRE(socket.has_value());
    CHECK(Client::connect(deep / "door.sock").value().call(bytes_of("deep")).has_value());
}

TEST_CASE_METHOD(Fixture, "a client waits no longer than it was told to") {
    door.keep();
    auto client = Client::connect(path).value();
    CHECK(client.call(bytes_of("x"), Duration(20)).error().fault == Fault::busy);
    CHECK(client.call(bytes_of("y")).error().fault == Fault::closed);  // its answer could be x's
    for (auto& one : door.take(1)) one.answer(one.request);
}

TEST_CASE("many callers at once each get their own answers") {
    Fixture fixture;
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int caller = 0; caller < 8; ++caller)
        threads.emplace_back([&, caller] {
            auto client = Client::connect(fixture.path).value();
            for (int i = 0; i < 200; ++i) {
                const auto text = std::to_string(caller) + "/" + std::to_string(i);
                const auto reply = client.call(bytes_of(text));
                if (reply && text_of(*reply) == text) ++right;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 8 * 200);
}
