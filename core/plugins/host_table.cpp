#include "core/plugins/host_table.h"

#include "core/plugins/kept_tables.h"
#include "core/plugins/status.h"

#include <sanad/methods.h>

#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

namespace sanad::plugins {

namespace {

constexpr std::uint32_t first_of_plugin = 0x80;  // in a method's low byte: plugin -> host

std::uint32_t kind_in_method(Kind kind) {
    switch (kind) {
        case Kind::channel:
            return 1;
        case Kind::partner:
            return 2;
        case Kind::desk:
            return 3;
        default:
            return 0;
    }
}

bool is_message(ByteView bytes) {
    return bytes.data() && !bytes.empty() && bytes.size() <= plugin_message_bytes_max &&
           bytes.size() % 8 == 0 && reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 == 0;
}

}  // namespace

bool may_call(Kind kind, std::uint32_t method) {
    const std::uint32_t wanted = kind_in_method(kind);
    return wanted != 0 && method >> 8 == wanted && (method & 0xff) >= first_of_plugin;
}

bool is_granted(const Broker* broker, std::uint32_t method) {
    switch (broker ? method : 0) {
        case SANAD_M_SUBMIT:
        case SANAD_M_RECEIPT:
        case SANAD_M_REPLAY:
        case SANAD_M_TYPING:
        case SANAD_M_LEAVE:
        case SANAD_M_FEEDBACK:
        case SANAD_M_NOTICE:
        case SANAD_M_ARRIVE:
        case SANAD_M_ATTACH:
            return broker->has("inbound.submit");
        case SANAD_M_SUMMON:
        case SANAD_M_RANG:
        case SANAD_M_DEVICE:
            return broker->has("calls.route");
        case SANAD_M_STATUS:
            return broker->has("partner.status");
        case SANAD_M_VIEW:
            return broker->has("partner.view");
        case SANAD_M_ASK:
        case SANAD_M_REST:
        case SANAD_M_NEWS:
            return broker->has("session.proxy");
        default:
            return true;
    }
}

sanad_status answer_call(HostServices& services, std::string_view instance, Kind kind,
                         std::uint32_t method, ByteView request, Reply& reply) {
    if (!may_call(kind, method)) return SANAD_E_DENIED;
    if (!is_message(request)) return SANAD_E_INVALID;
    return services.call(instance, method, request, reply);
}

sanad_status Reply::send(ByteView message) {
    if (!sink_ || message.empty()) return SANAD_OK;
    void* memory = message.size() <= plugin_message_bytes_max
                       ? sink_->reserve(sink_->ctx, message.size())
                       : nullptr;
    if (!memory) return SANAD_E_FULL;
    std::memcpy(memory, message.data(), message.size());
    sink_->commit(sink_->ctx, message.size());
    return SANAD_OK;
}

HostTable::HostTable(std::string instance, Kind kind, HostServices& services, Log& log,
                     const Clock& clock, Broker* broker)
    : instance_(std::move(instance)),
      kind_(kind),
      services_(services),
      clock_(clock),
      plugin_log_(instance_, log, clock),
      loop_([this](std::uint32_t event, std::uint64_t token, std::uint64_t arg) {
          return tell_ && tell_(event, token, arg);
      }),
      broker_(broker),
      table_{sizeof(sanad_host), SANAD_ABI_MINOR, this, call,
             write_log,          now_ns,          post, get_extension},
      net_{sizeof(sanad_net_v1), 0, this, listen, connect},
      secret_{sizeof(sanad_secret_v1), 0, this, open},
      kv_(kv_table(*this)),
      metrics_(metrics_table(*this)),
      loop_table_(loop_table(loop_)) {}

void HostTable::close() {
    end_loop();
    const std::unique_lock lock(open_);
    closed_ = true;
}

sanad_status HostTable::call(void* ctx, const sanad_call* call) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (host.closed_) return SANAD_E_CLOSED;
    if (!call || !SANAD_HAS(call, flags)) return SANAD_E_INVALID;
    if (!is_granted(host.broker_, call->method)) return SANAD_E_DENIED;
    Reply reply(call->reply);
    const ByteView request(static_cast<const std::uint8_t*>(call->request.data),
                           call->request.size);
    return answer_call(host.services_, host.instance_, host.kind_, call->method, request, reply);
}

void HostTable::write_log(void* ctx, std::int32_t level, const char* utf8,
                          std::size_t size) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (!host.closed_ && utf8) host.plugin_log_.take(level, {utf8, size});
}

std::uint64_t HostTable::now_ns(void* ctx) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (host.closed_) return 0;
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(host.clock_.elapsed()).count());
}

void HostTable::post(void* ctx, std::uint64_t token) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (!host.closed_ && host.tell_) (void)host.tell_(SANAD_EV_POST, token, 0);
}

const void* HostTable::get_extension(void* ctx, const char* id) noexcept {
    HostTable& host = of(ctx);
    const std::string_view wanted = id ? id : "";
    if (wanted == SANAD_EXT_LOOP) return &host.loop_table_;
    if (wanted == SANAD_EXT_METRICS) return &host.metrics_;
    if (!host.broker_) return nullptr;
    if (wanted == SANAD_EXT_NET) return &host.net_;
    if (wanted == SANAD_EXT_KV) return &host.kv_;
    return wanted == SANAD_EXT_SECRET ? &host.secret_ : nullptr;
}

sanad_status HostTable::give(Result<Descriptor> opened, int* descriptor) {
    if (!opened) return status_of(opened.error().fault);
    *descriptor = opened->release();
    return SANAD_OK;
}

sanad_status HostTable::listen(void* ctx, const char* name, int* descriptor) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (host.closed_) return SANAD_E_CLOSED;
    if (!name || !descriptor) return SANAD_E_INVALID;
    return host.give(host.broker_->listen(name), descriptor);
}

sanad_status HostTable::connect(void* ctx, const char* to, std::uint16_t port,
                                std::uint64_t deadline_ns, int* descriptor) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (host.closed_) return SANAD_E_CLOSED;
    if (!to || !descriptor) return SANAD_E_INVALID;
    const auto now = std::chrono::nanoseconds(host.clock_.elapsed());
    const auto left = std::chrono::ceil<Duration>(std::chrono::nanoseconds(deadline_ns) - now);
    return host.give(
        host.broker_->connect(to, port, deadline_ns == 0 ? connect_limit_default : left),
        descriptor);
}

sanad_status HostTable::open(void* ctx, const char* name, int* descriptor) noexcept {
    HostTable& host = of(ctx);
    const std::shared_lock lock(host.open_);
    if (host.closed_) return SANAD_E_CLOSED;
    if (!name || !descriptor) return SANAD_E_INVALID;
    return host.give(host.broker_->open(name), descriptor);
}

sanad_status HostTable::keep(ValueCall call, const sanad_sink* value) noexcept {
    const std::shared_lock lock(open_);
    if (closed_) return SANAD_E_CLOSED;
    if (!is_value(call)) return SANAD_E_INVALID;
    call.quota = broker_->kept_bytes();
    if (call.quota == 0) return SANAD_E_DENIED;
    Reply reply(value);
    return services_.keep(instance_, call, reply);
}

void HostTable::measure(const char* name, Measures::Kind kind, std::uint64_t value) noexcept {
    const std::shared_lock lock(open_);
    if (closed_ || !name) return;
    try {
        services_.measured(instance_, {{name, {kind, value}}});
    } catch (const std::exception&) {  // no memory for a number
    }
}

}  // namespace sanad::plugins
