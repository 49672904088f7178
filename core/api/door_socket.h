#pragma once

#include "core/api/door.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/result.h"

#include <filesystem>
#include <memory>

// The door as a Unix stream socket in the data folder. Each message stands behind its length, u32
// little-endian, 1..door_message_bytes_max. Many requests may be under way on one connection; they
// are answered in their order. Only this user and root get in.
namespace sanad::api {

/// One thread serves every connection. It calls Door::handle, and takes answers from any thread.
class DoorSocket {
public:
    static constexpr std::size_t connections_max = 64;
    static constexpr std::size_t requests_in_flight_max = 64;  // of one connection
    static constexpr std::size_t unread_bytes_max = 4 << 20;   // answers a connection has not taken

    struct Limits {
        Duration frame_wait{10'000};  // from the first byte of a request to its last
        Duration read_wait{30'000};   // how long a caller may leave an answer untouched
    };

    /// Listens at `path` and starts the thread.
    ///
    /// path     in a folder with mode 0700 that is ours; a stale socket there is replaced
    /// door     outlives the socket; its answers need not
    /// errors   those of listen_at() (core/api/socket_path.h)
    /// threads  any
    static Result<std::unique_ptr<DoorSocket>> start(const std::filesystem::path& path, Door& door,
                                                     const Clock& clock, Log& log, Limits limits);
    static Result<std::unique_ptr<DoorSocket>> start(const std::filesystem::path& path, Door& door,
                                                     const Clock& clock, Log& log) {
        return start(path, door, clock, log, Limits());
    }

    /// Closes all connections, ends the thread and removes the socket's file. What the door still
    /// answers is dropped. Calling it again does nothing. threads  any but the door's own handlers
    void stop();
    ~DoorSocket();
    DoorSocket(const DoorSocket&) = delete;
    DoorSocket& operator=(const DoorSocket&) = delete;

private:
    class Server;
    explicit DoorSocket(std::unique_ptr<Server> server);
    std::unique_ptr<Server> server_;
};

}  // namespace sanad::api
