#pragma once

#include "core/plugins/frame.h"
#include "core/plugins/host_process.h"
#include "core/plugins/isolated_instance.h"

#include <sanad/plugin.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

namespace sanad::plugins {

/// The node's end of the conversation with one host process: starts it, asks it one thing at a
/// time, hears what it asks and says, and kills it when it breaks a rule.
class HostLink {
public:
    /// Both are called on the link's own thread, which waits for them.
    struct Handlers {
        std::function<void(const FrameHeader&, ByteView payload)> frame;  // a call or a log line
        std::function<void(const Ending&)> ended;  // by no wish of ours; once
    };
    struct Answer {
        sanad_status status = SANAD_E_INTERNAL;
        Bytes payload;
    };

    /// send_limit  how long the process may leave unread what it is sent
    HostLink(Handlers handlers, Duration send_limit);
    ~HostLink();  // as close()
    HostLink(const HostLink&) = delete;
    HostLink& operator=(const HostLink&) = delete;

    /// Once. errors  those of HostProcess::spawn() and FrameSocket::pair()
    Result<void> start(const std::filesystem::path& program, const std::string& title);

    /// Asks and waits for the reply: at most `limit` for its turn, then at most `limit` for the
    /// answer. A process that does not answer is killed.
    ///
    /// header      kind, method; limit_ns and seq are set here
    /// descriptor  goes with it, or -1
    /// errors      busy: not its turn in time, or the process had ended before · closed: it ended ·
    ///             expired: it did not answer
    /// threads     any
    Result<Answer> ask(FrameHeader header, ByteView payload, Duration limit, int descriptor = -1);

    /// Sends a reply. A process that does not read is killed. threads  any
    /// descriptor  goes with it, or -1
    void reply(std::uint64_t seq, sanad_status status, ByteView payload, int descriptor = -1);

    /// threads  any
    void kill(EndReason reason, const std::string& how);
    /// From now on its end is what we want.
    void expect_end();
    bool ended() const;
    /// Kills it and waits until its end was seen: no handler runs afterwards.
    void close();

private:
    struct Asked {
        std::uint64_t seq = 0;
        std::optional<Answer> answer;
    };

    void run(const std::filesystem::path& program, const std::string& title, Descriptor theirs,
             std::promise<Result<void>> started);
    void listen();
    bool take(const Frame& frame);
    bool take_answer(const Frame& frame);
    void conclude();
    Ending judge(const ProcessEnd& end) const;

    const Handlers handlers_;
    const Duration send_limit_;
    std::optional<FrameSocket> socket_;   // set by start()
    std::optional<HostProcess> process_;  // guarded by mutex_ but for its own thread
    mutable std::mutex mutex_;            // guards all below
    std::condition_variable changed_;
    Asked* asked_ = nullptr;  // of who waits for an answer
    std::uint64_t next_seq_ = 1;
    std::size_t waiting_ = 0;
    bool ended_ = false;
    bool wanted_ = false;
    std::optional<Ending> cause_;  // why we killed it
    std::thread thread_;
};

}  // namespace sanad::plugins
