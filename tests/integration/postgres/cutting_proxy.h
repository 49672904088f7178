#pragma once

#include "tests/support/folder.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sanad::test {

/// Stands between the plugin and the server, and cuts the writer's session where it is told to: to
/// the byte, so that every moment of a commit can be its last.
class CuttingProxy {
public:
    enum class Way : std::uint8_t { to_server, to_client };

    /// server  a connection string of the server, "host=FOLDER ..."
    explicit CuttingProxy(const std::string& server);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    /// The same connection string, through the proxy.
    const std::string& connection() const { return connection_; }

    /// From now on, so many more bytes pass that way, and then the session ends.
    void cut_after(Way way, std::uint64_t bytes);
    void do_not_cut();
    /// How many sessions were cut.
    int cuts() const { return cuts_; }
    /// How many bytes the writer's sessions had, that way.
    std::uint64_t bytes(Way way) const { return bytes_[static_cast<std::size_t>(way)]; }
    /// Ends all sessions, and lets no other begin: as if the network were gone.
    void be_away(bool away);

private:
    struct Session {
        int client = -1, server = -1;
        bool is_writer = false, is_open = true;
    };
    struct Cut {
        Way way;
        std::uint64_t bytes;
    };

    void run();
    void admit();
    void move(Session& session, Way way);
    static void end(Session& session);

    Folder folder_;
    std::string connection_, server_socket_;
    int listener_ = -1;
    std::array<int, 2> wake_{-1, -1};
    std::mutex mutex_;  // guards the three below
    std::vector<Session> sessions_;
    std::optional<Cut> cut_;
    bool away_ = false;
    std::atomic<int> cuts_ = 0;
    std::array<std::atomic<std::uint64_t>, 2> bytes_{};
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace sanad::test
