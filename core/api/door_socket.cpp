#include "core/api/door_socket.h"

#include "core/api/door_connection.h"
#include "core/api/socket_path.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sanad::api {
namespace {

constexpr int backlog = 16;
constexpr Duration crowded_wait{1'000};

struct Letter {
    std::uint64_t connection = 0;
    std::uint64_t request = 0;
    Bytes reply;
};

// Where answers wait for the socket's thread.
class Mailbox {
public:
    explicit Mailbox(Descriptor wake) : wake_(std::move(wake)) {}

    int wake_descriptor() const { return wake_.get(); }

    void wake() const {
        const std::uint64_t one = 1;
        // Fails only when the counter is full, and then the thread is awake anyway.
        [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
    }

    void post(Letter letter) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return;
            letters_.push_back(std::move(letter));
        }
        wake();
    }

    std::vector<Letter> take() {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
        const std::lock_guard lock(mutex_);
        return std::exchange(letters_, {});
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        letters_.clear();
    }

private:
    Descriptor wake_;
    std::mutex mutex_;  // guards everything below
    std::vector<Letter> letters_;
    bool closed_ = false;
};

bool is_ours_or_root(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == ::geteuid() || peer.uid == 0);
}

void turn_away(const Descriptor& caller) {
    Bytes frame;
    append_frame(frame, socket_error("busy", "too many programs are connected to this node",
                                     "end some of them, then try again"));
    [[maybe_unused]] const auto sent =
        ::send(caller.get(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

class DoorSocket::Server {
public:
    Server(Descriptor listener, std::filesystem::path path, Door& door, const Clock& clock,
           Log& log, Limits limits, std::shared_ptr<Mailbox> mailbox)
        : listener_(std::move(listener)),
          path_(std::move(path)),
          door_(door),
          clock_(clock),
          log_(log),
          limits_(limits),
          mailbox_(std::move(mailbox)),
          thread_([this] { run(); }) {}

    ~Server() {
        stopping_ = true;
        mailbox_->wake();
        thread_.join();
        mailbox_->close();
        connections_.clear();
        ::unlink(path_.c_str());
    }

private:
    void run();
    int poll_wait() const;
    void accept_callers();
    void hand_on(std::uint64_t id, DoorConnection& connection);
    void deliver_answers();

    Descriptor listener_;
    std::filesystem::path path_;
    Door& door_;
    const Clock& clock_;
    Log& log_;
    Limits limits_;
    std::shared_ptr<Mailbox> mailbox_;  // shared with the answers that the door still owes us
    std::map<std::uint64_t, DoorConnection> connections_;
    std::uint64_t next_connection_ = 0;
    bool crowded_ = false;  // leave the listener alone for one wait
    std::atomic<bool> stopping_ = false;
    std::thread thread_;  // last: it uses everything above
};

int DoorSocket::Server::poll_wait() const {
    std::optional<Duration> earliest;
    if (crowded_) earliest = clock_.elapsed() + crowded_wait;
    for (const auto& [id, connection] : connections_)
        if (const auto deadline = connection.deadline())
            earliest = earliest ? std::min(*earliest, *deadline) : *deadline;
    if (!earliest) return -1;
    const auto left = (*earliest - clock_.elapsed()).count() + 1;
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void DoorSocket::Server::accept_callers() {
    for (;;) {
        Descriptor caller(
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!caller) {
            // Out of descriptors or memory: the listener would be ready again at once, for ever.
            crowded_ = errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
            return;
        }
        if (!is_ours_or_root(caller.get())) {
            log_.warn("door.refused", {{"fault", "other_user"}});
        } else if (connections_.size() >= connections_max) {
            log_.warn("door.refused", {{"fault", "too_many"}});
            turn_away(caller);
        } else {
            connections_.try_emplace(next_connection_++, std::move(caller), limits_);
        }
    }
}

void DoorSocket::Server::hand_on(std::uint64_t id, DoorConnection& connection) {
    while (auto request = connection.next_request()) {
        const std::uint64_t number = request->number;
        door_.handle(request->bytes, [mailbox = mailbox_, id, number](Bytes reply) {
            mailbox->post({id, number, std::move(reply)});
        });
    }
}

void DoorSocket::Server::deliver_answers() {
    for (Letter& letter : mailbox_->take()) {
        const auto found = connections_.find(letter.connection);
        if (found != connections_.end())
            found->second.answer(letter.request, std::move(letter.reply));
    }
}

void DoorSocket::Server::run() {
    std::vector<pollfd> waiting;
    while (!stopping_) {
        const short accepting = crowded_ ? 0 : POLLIN;
        waiting.assign({{mailbox_->wake_descriptor(), POLLIN, 0}, {listener_.get(), accepting, 0}});
        for (const auto& [id, connection] : connections_)
            waiting.push_back({connection.descriptor(), connection.events(), 0});
        if (::poll(waiting.data(), waiting.size(), poll_wait()) < 0) continue;  // a signal
        crowded_ = false;

        const Duration now = clock_.elapsed();
        std::size_t at = 2;
        for (auto& [id, connection] : connections_) connection.serve(waiting[at++].revents, now);
        deliver_answers();
        for (auto& [id, connection] : connections_) {
            hand_on(id, connection);
            connection.note_time(now);
        }
        std::erase_if(connections_, [&](const auto& entry) {
            const auto deadline = entry.second.deadline();
            if (deadline && *deadline <= now) log_.warn("door.caller_too_slow");
            return entry.second.finished() || (deadline && *deadline <= now);
        });
        if (waiting[1].revents != 0) accept_callers();
    }
}

DoorSocket::DoorSocket(std::unique_ptr<Server> server) : server_(std::move(server)) {}
DoorSocket::~DoorSocket() = default;

void DoorSocket::stop() { server_.reset(); }

Result<std::unique_ptr<DoorSocket>> DoorSocket::start(const std::filesystem::path& path, Door& door,
                                                      const Clock& clock, Log& log, Limits limits) {
    Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) return fail(Fault::io, "eventfd");
    auto listener = listen_at(path, backlog);
    if (!listener) return std::unexpected(listener.error());
    return std::unique_ptr<DoorSocket>(new DoorSocket(
        std::make_unique<Server>(std::move(*listener), path, door, clock, log, limits,
                                 std::make_shared<Mailbox>(std::move(wake)))));
}

}  // namespace sanad::api
