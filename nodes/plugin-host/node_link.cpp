#include "nodes/plugin-host/node_link.h"

#include "core/plugins/kept_tables.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace sanad::plugin_host {

namespace {

using plugins::FrameHeader;
using plugins::FrameKind;
using plugins::Measures;
using plugins::Opening;

constexpr Duration send_limit{10'000};
constexpr std::chrono::minutes log_window{1};
constexpr std::chrono::seconds measures_pause{1};
constexpr std::size_t log_line_bytes_max = 512;

bool give(const sanad_sink* sink, ByteView reply) {
    if (!sink || reply.empty()) return true;
    void* memory = sink->reserve(sink->ctx, reply.size());
    if (!memory) return false;
    std::memcpy(memory, reply.data(), reply.size());
    sink->commit(sink->ctx, reply.size());
    return true;
}

}  // namespace

NodeLink::NodeLink(plugins::FrameSocket& socket)
    : socket_(socket),
      table_{sizeof(sanad_host), SANAD_ABI_MINOR, this, call,
             write_log,          now_ns,          post, get_extension},
      net_{sizeof(sanad_net_v1), 0, this, listen, connect},
      secret_{sizeof(sanad_secret_v1), 0, this, open},
      kv_(plugins::kv_table(*this)),
      metrics_(plugins::metrics_table(*this)),
      loop_([this](std::uint32_t event, std::uint64_t token, std::uint64_t arg) {
          return tell(event, token, arg);
      }),
      loop_table_(plugins::loop_table(loop_)) {}

void NodeLink::read() {
    for (;;) {
        auto frame = socket_.receive();
        // Nothing of the plugin's is to be saved: the node has everything that was acknowledged.
        if (!frame) ::_exit(0);
        if (*frame)
            take(**frame);
        else
            socket_.wait();
    }
}

void NodeLink::take(plugins::Frame& frame) {
    const std::lock_guard lock(mutex_);
    if (frame.header.kind != FrameKind::reply) {
        work_.push_back(
            {.header = frame.header, .payload = {frame.payload.begin(), frame.payload.end()}});
        return work_comes_.notify_one();
    }
    const auto found = waiting_.find(frame.header.seq);
    if (found == waiting_.end()) return;  // the plugin did not wait so long
    Waiting& waiting = *found->second;
    waiting.status = frame.header.status;
    waiting.payload.assign(frame.payload.begin(), frame.payload.end());
    waiting.descriptor = std::move(frame.descriptor);
    waiting.done = true;
    waiting.answered.notify_one();
}

Work NodeLink::next() {
    std::unique_lock lock(mutex_);
    work_comes_.wait(lock, [this] { return !work_.empty(); });
    Work work = std::move(work_.front());
    work_.pop_front();
    if (work.event != 0) --events_;
    return work;
}

void NodeLink::answer(std::uint64_t seq, sanad_status status, ByteView payload) {
    send_measures();
    (void)socket_.send({.kind = FrameKind::reply, .seq = seq, .status = status}, payload,
                       send_limit);
}

// The node asks for the health every few seconds, so each answer is often enough; each second is
// seldom enough when there are many.
void NodeLink::send_measures() {
    const auto now = std::chrono::steady_clock::now();
    if (now - measures_sent_ < measures_pause) return;
    const auto values = measures_.take();
    if (values.empty()) return;
    measures_sent_ = now;
    (void)socket_.send({.kind = FrameKind::measures}, plugins::Measures::write(values), send_limit);
}

sanad_status NodeLink::call(void* ctx, const sanad_call* call) noexcept {
    if (!call || !SANAD_HAS(call, flags)) return SANAD_E_INVALID;
    try {
        return of(ctx).ask(*call);
    } catch (const std::exception&) {
        return SANAD_E_NOMEM;
    }
}

sanad_status NodeLink::ask(const sanad_call& call) {
    if (!call.request.data && call.request.size != 0) return SANAD_E_INVALID;
    if (call.request.size > plugins::frame_payload_bytes_max) return SANAD_E_INVALID;
    const ByteView request(static_cast<const std::uint8_t*>(call.request.data), call.request.size);
    Waiting waiting;
    if (!exchange({.kind = FrameKind::call, .method = call.method}, request, call.deadline_ns,
                  waiting))
        return SANAD_E_DEADLINE;
    if (waiting.status == SANAD_OK && !give(call.reply, waiting.payload)) return SANAD_E_FULL;
    return waiting.status;
}

bool NodeLink::exchange(FrameHeader header, ByteView payload, std::uint64_t deadline_ns,
                        Waiting& waiting) {
    std::unique_lock lock(mutex_);
    header.seq = next_seq_++;
    waiting_[header.seq] = &waiting;
    lock.unlock();
    const auto sent = socket_.send(header, payload, send_limit);
    lock.lock();
    const bool answered = sent && wait(lock, waiting, deadline_ns);
    waiting_.erase(header.seq);
    return answered;
}

bool NodeLink::wait(std::unique_lock<std::mutex>& lock, Waiting& waiting,
                    std::uint64_t deadline_ns) {
    const auto done = [&] { return waiting.done; };
    if (deadline_ns == 0) return waiting.answered.wait(lock, done), true;
    const std::chrono::steady_clock::time_point until{std::chrono::nanoseconds(deadline_ns)};
    return waiting.answered.wait_until(lock, until, done);
}

void NodeLink::write_log(void* ctx, std::int32_t level, const char* utf8,
                         std::size_t size) noexcept {
    if (!utf8 || !of(ctx).may_log()) return;
    const ByteView line(reinterpret_cast<const std::uint8_t*>(utf8),
                        std::min(size, log_line_bytes_max));
    try {
        (void)of(ctx).socket_.send(
            {.kind = FrameKind::log, .method = static_cast<std::uint32_t>(level)}, line,
            send_limit);
    } catch (const std::exception&) {  // no memory for a line of log
    }
}

bool NodeLink::may_log() {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (now - log_window_ >= log_window) {
        log_window_ = now;
        logged_ = 0;
    }
    return ++logged_ <= log_lines_per_minute_max;
}

std::uint64_t NodeLink::now_ns(void*) noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

void NodeLink::post(void* ctx, std::uint64_t token) noexcept {
    (void)of(ctx).tell(SANAD_EV_POST, token, 0);
}

bool NodeLink::tell(std::uint32_t event, std::uint64_t token, std::uint64_t arg) {
    const std::lock_guard lock(mutex_);
    if (events_ >= events_waiting_max) return false;
    try {
        work_.push_back({.event = event, .token = token, .arg = arg});
    } catch (const std::exception&) {
        return false;
    }
    ++events_;
    work_comes_.notify_one();
    return true;
}

// The node says of each what this plugin may have.
const void* NodeLink::get_extension(void* ctx, const char* id) noexcept {
    const std::string_view wanted = id ? id : "";
    if (wanted == SANAD_EXT_NET) return &of(ctx).net_;
    if (wanted == SANAD_EXT_LOOP) return &of(ctx).loop_table_;
    if (wanted == SANAD_EXT_KV) return &of(ctx).kv_;
    if (wanted == SANAD_EXT_METRICS) return &of(ctx).metrics_;
    return wanted == SANAD_EXT_SECRET ? &of(ctx).secret_ : nullptr;
}

sanad_status NodeLink::listen(void* ctx, const char* name, int* descriptor) noexcept {
    return of(ctx).ask_to_open(Opening::listening, name ? name : "", 0, descriptor);
}

sanad_status NodeLink::connect(void* ctx, const char* to, std::uint16_t port,
                               std::uint64_t deadline_ns, int* descriptor) noexcept {
    try {
        return of(ctx).ask_to_open(Opening::connection,
                                   std::string(to ? to : "") + "\n" + std::to_string(port),
                                   deadline_ns, descriptor);
    } catch (const std::exception&) {
        return SANAD_E_NOMEM;
    }
}

sanad_status NodeLink::open(void* ctx, const char* name, int* descriptor) noexcept {
    return of(ctx).ask_to_open(Opening::file, name ? name : "", 0, descriptor);
}

sanad_status NodeLink::ask_to_open(Opening what, std::string_view name, std::uint64_t deadline_ns,
                                   int* descriptor) noexcept {
    if (!descriptor) return SANAD_E_INVALID;
    FrameHeader header{.kind = FrameKind::open, .method = static_cast<std::uint32_t>(what)};
    const std::uint64_t now = now_ns(this);
    if (deadline_ns != 0) header.limit_ns = deadline_ns > now ? deadline_ns - now : 1;
    try {
        Waiting waiting;
        if (!exchange(header, bytes_of(name), deadline_ns, waiting)) return SANAD_E_DEADLINE;
        if (waiting.status != SANAD_OK) return waiting.status;
        if (!waiting.descriptor) return SANAD_E_FULL;  // we may have no more descriptors
        *descriptor = waiting.descriptor.release();
        return SANAD_OK;
    } catch (const std::exception&) {
        return SANAD_E_NOMEM;
    }
}

sanad_status NodeLink::keep(plugins::ValueCall call, const sanad_sink* value) noexcept {
    if (!plugins::is_value(call)) return SANAD_E_INVALID;
    try {
        Waiting waiting;
        if (!exchange({.kind = FrameKind::value, .method = static_cast<std::uint32_t>(call.act)},
                      plugins::write_value(call.key, call.value), 0, waiting))
            return SANAD_E_CLOSED;
        if (waiting.status == SANAD_OK && !give(value, waiting.payload)) return SANAD_E_FULL;
        return waiting.status;
    } catch (const std::exception&) {
        return SANAD_E_NOMEM;
    }
}

void NodeLink::measure(const char* name, Measures::Kind kind, std::uint64_t value) noexcept {
    try {
        if (name) (void)measures_.add(name, kind, value);
    } catch (const std::exception&) {  // no memory for a number
    }
}

}  // namespace sanad::plugin_host
