#include "core/plugins/host_link.h"

#include "core/plugins/strand.h"

#include <poll.h>

#include <array>
#include <chrono>
#include <csignal>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr Duration killed_within{2'000};

}  // namespace

HostLink::HostLink(Handlers handlers, Duration send_limit)
    : handlers_(std::move(handlers)), send_limit_(send_limit) {}

HostLink::~HostLink() { close(); }

Result<void> HostLink::start(const std::filesystem::path& program, const std::string& title) {
    auto ends = FrameSocket::pair();
    if (!ends) return std::unexpected(ends.error());
    socket_.emplace(std::move(ends->first), FrameSocket::Descriptors::refused);
    std::promise<Result<void>> started;
    auto outcome = started.get_future();
    // The kernel kills the process when the thread that started it ends: that is the link's own.
    thread_ = std::thread([this, program, title, theirs = std::move(ends->second),
                           started = std::move(started)]() mutable {
        run(program, title, std::move(theirs), std::move(started));
    });
    return outcome.get();
}

void HostLink::run(const std::filesystem::path& program, const std::string& title,
                   Descriptor theirs, std::promise<Result<void>> started) {
    auto process = HostProcess::spawn(program, title, theirs);
    theirs = {};  // or we would never see its end
    if (!process) {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        return started.set_value(std::unexpected(process.error()));
    }
    {
        const std::lock_guard lock(mutex_);
        process_.emplace(std::move(*process));
    }
    started.set_value({});
    listen();
    conclude();
}

// Until the process has ended, closed its socket, or sent what is no frame.
void HostLink::listen() {
    for (;;) {
        const auto frame = socket_->receive();
        if (!frame && frame.error().fault != Fault::closed)
            kill(EndReason::bad_message, frame.error().detail);
        if (!frame) return;
        if (*frame) {
            if (!take(**frame)) return;
            continue;
        }
        std::array<pollfd, 2> watched{
            {{socket_->number(), POLLIN, 0}, {process_->ended(), POLLIN, 0}}};
        ::poll(watched.data(), watched.size(), -1);
        if (watched[0].revents == 0 && watched[1].revents != 0) return;
    }
}

bool HostLink::take(const Frame& frame) {
    switch (frame.header.kind) {
        case FrameKind::reply:
            return take_answer(frame);
        case FrameKind::call:
        case FrameKind::log:
        case FrameKind::open:
        case FrameKind::value:
        case FrameKind::measures:
            handlers_.frame(frame.header, frame.payload);
            return true;
        default:
            kill(EndReason::bad_message, "kind of frame");
            return false;
    }
}

bool HostLink::take_answer(const Frame& frame) {
    {
        const std::lock_guard lock(mutex_);
        if (asked_ && asked_->seq == frame.header.seq && !asked_->answer) {
            asked_->answer = {frame.header.status, {frame.payload.begin(), frame.payload.end()}};
            changed_.notify_all();
            return true;
        }
        if (cause_) return true;  // too late: it is being killed
    }
    kill(EndReason::bad_message, "answer to nothing");
    return false;
}

void HostLink::conclude() {
    process_->kill();
    pollfd watched{process_->ended(), POLLIN, 0};
    while (::poll(&watched, 1, -1) != 1) {
    }
    Ending ending;
    bool wanted = false;
    {
        const std::lock_guard lock(mutex_);
        ending = judge(process_->wait());
        wanted = wanted_;
        ended_ = true;
        changed_.notify_all();
    }
    if (!wanted && handlers_.ended) handlers_.ended(ending);
}

// The mutex is held.
Ending HostLink::judge(const ProcessEnd& end) const {
    if (wanted_) return {EndReason::requested, end.text()};
    if (cause_) return *cause_;
    if (end.by_signal && end.number == SIGSYS) return {EndReason::forbidden, end.text()};
    return {EndReason::crash, end.text()};
}

Result<HostLink::Answer> HostLink::ask(FrameHeader header, ByteView payload, Duration limit,
                                       int descriptor) {
    Asked asked;
    std::unique_lock lock(mutex_);
    if (ended_) return fail(Fault::busy, "its process has ended");
    if (waiting_ >= strand_queue_max) return fail(Fault::busy, "too many wait");
    ++waiting_;
    const bool turn = changed_.wait_for(lock, limit, [this] { return !asked_ || ended_; });
    --waiting_;
    if (!turn || ended_) return fail(Fault::busy, "the plugin takes no calls now");
    header.seq = asked.seq = next_seq_++;
    header.limit_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(limit).count());
    asked_ = &asked;
    lock.unlock();
    const auto sent = socket_->send(header, payload, std::min(limit, send_limit_), descriptor);
    lock.lock();
    const bool in_time =
        sent && changed_.wait_for(lock, limit, [&] { return asked.answer || ended_; });
    const bool hangs = !in_time && (sent || sent.error().fault == Fault::expired);
    asked_ = nullptr;
    changed_.notify_all();
    if (asked.answer) return std::move(*asked.answer);
    lock.unlock();
    if (!hangs) return fail(Fault::closed, "its process ended");
    kill(EndReason::hang, "no answer");
    lock.lock();  // who hears of it finds the process gone
    changed_.wait_for(lock, killed_within, [this] { return ended_; });
    return fail(Fault::expired, "the plugin did not answer in time");
}

void HostLink::reply(std::uint64_t seq, sanad_status status, ByteView payload, int descriptor) {
    const FrameHeader header{
        .kind = FrameKind::reply, .method = 0, .seq = seq, .limit_ns = 0, .status = status};
    const auto sent = socket_->send(header, payload, send_limit_, descriptor);
    if (!sent && sent.error().fault == Fault::expired) kill(EndReason::hang, "does not read");
}

void HostLink::kill(EndReason reason, const std::string& how) {
    const std::lock_guard lock(mutex_);
    if (ended_ || !process_) return;
    if (!cause_) cause_ = {reason, how};
    process_->kill();
}

void HostLink::expect_end() {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
}

bool HostLink::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

void HostLink::close() {
    if (!thread_.joinable()) return;
    expect_end();
    kill(EndReason::requested, "");
    thread_.join();
}

}  // namespace sanad::plugins
