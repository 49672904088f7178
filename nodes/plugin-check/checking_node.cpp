#include "nodes/plugin-check/checking_node.h"

#include "core/plugins/host_table.h"
#include "core/plugins/kept_tables.h"
#include "core/plugins/status.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace sanad::plugin_check {

namespace {

constexpr std::int64_t checks_begin_ms = 1'800'000'000'000;  // any time will do

bool is_message(sanad_span bytes) {
    return bytes.data && bytes.size > 0 && bytes.size % 8 == 0 &&
           reinterpret_cast<std::uintptr_t>(bytes.data) % 8 == 0;
}

std::string number(std::uint32_t method) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 12; shift >= 0; shift -= 4) text += digits[method >> shift & 0xf];
    return text;
}

sanad_status copy_of(const std::map<std::string, Descriptor, std::less<>>& opened, const char* name,
                     int* descriptor) {
    const auto found = name && descriptor ? opened.find(std::string_view(name)) : opened.end();
    if (found == opened.end()) return SANAD_E_NOT_FOUND;
    const int copy = ::fcntl(found->second.get(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return SANAD_E_IO;
    *descriptor = copy;
    return SANAD_OK;
}

}  // namespace

Time CheckClock::now() const { return {checks_begin_ms + elapsed_.load()}; }

Duration CheckClock::elapsed() const { return Duration(elapsed_.load()); }

CheckingNode::CheckingNode(const plugins::Manifest& manifest, Grants grants,
                           plugins::ConfigurationFields fields)
    : kind_(manifest.kind),
      grants_(grants == Grants::asked ? manifest.grants : std::vector<std::string>()),
      broker_(grants_, std::move(fields)),
      log_(*this),
      lines_(manifest.id, log_, clock_) {}

void CheckingNode::open_all() {
    for (const std::string& grant : grants_) {
        const std::size_t colon = grant.find(':');
        if (colon == grant.npos) continue;
        const std::string what = grant.substr(0, colon), name = grant.substr(colon + 1);
        if (what == "net.listen") {
            if (auto socket = broker_.listen(name)) listening_.emplace(name, std::move(*socket));
        } else if (what == "secret" || what == "file") {
            if (auto file = broker_.open(name)) files_.emplace(name, std::move(*file));
        }
    }
}

const sanad_host& CheckingNode::host() {
    if (host_.size != 0) return host_;
    open_all();
    host_ = {sizeof host_, SANAD_ABI_MINOR, this,      take_call,
             take_line,    now_ns,          take_post, extension};
    net_ = {sizeof net_, 0, this, listen, connect};
    secret_ = {sizeof secret_, 0, this, open};
    kv_ = plugins::kv_table(*this);
    metrics_ = plugins::metrics_table(*this);
    return host_;
}

void CheckingNode::answer_all(std::optional<sanad_status> status) {
    const std::lock_guard lock(mutex_);
    answer_all_ = status;
}

std::string CheckingNode::objection() const {
    const std::lock_guard lock(mutex_);
    return objection_;
}

void CheckingNode::object(const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (objection_.empty()) objection_ = what;
}

void CheckingNode::WatchedLog::write(Level, std::string_view event, Fields fields) {
    if (event == "plugin.line_refused")
        node_.object("a log line is no event name with field=value words");
    for (const auto& [key, value] : fields)
        if (value.find(canary) != value.npos) node_.object("a log line holds what a child wrote");
}

void CheckingNode::take_line(void* ctx, std::int32_t level, const char* utf8,
                             std::size_t size) noexcept {
    CheckingNode& node = of(ctx);
    if (!utf8) return node.object("it logs from a null pointer");
    if (size > plugins::plugin_log_line_bytes_max)
        node.object("a log line has " + std::to_string(size) + " bytes; 512 are allowed");
    if (level < SANAD_LOG_DEBUG || level > SANAD_LOG_ERROR)
        node.object("a log line has the level " + std::to_string(level));
    const std::string_view line(utf8, size);
    if (line.find(canary) != line.npos) node.object("a log line holds what a child wrote");
    node.lines_.take(level, line);
}

std::uint64_t CheckingNode::now_ns(void* ctx) noexcept {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(of(ctx).clock_.elapsed()).count());
}

void CheckingNode::take_post(void* ctx, std::uint64_t token) noexcept {
    CheckingNode& node = of(ctx);
    if (!node.calls_expected_) node.object("it posts an event before configure or after stop");
    node.table().post(node.table().ctx, token);
}

const void* CheckingNode::extension(void* ctx, const char* id) noexcept {
    CheckingNode& node = of(ctx);
    if (!id) return node.object("it asks for an extension without a name"), nullptr;
    const std::string_view wanted(id);
    if (wanted == SANAD_EXT_LOOP) return node.loop_.table();
    if (wanted == SANAD_EXT_METRICS) return &node.metrics_;
    if (wanted == SANAD_EXT_NET) return &node.net_;
    if (wanted == SANAD_EXT_KV) return &node.kv_;
    return wanted == SANAD_EXT_SECRET ? &node.secret_ : nullptr;
}

bool CheckingNode::has(std::string_view kind, const char* name) const {
    return name && broker_.has(std::string(kind) + name);
}

bool CheckingNode::connects() const {
    return std::ranges::any_of(
        grants_, [](const std::string& grant) { return grant.starts_with("net.connect:"); });
}

sanad_status CheckingNode::take_call(void* ctx, const sanad_call* call) noexcept {
    CheckingNode& node = of(ctx);
    const auto object = [&node](std::string what) {
        node.object(std::move(what));
        return SANAD_E_INVALID;
    };
    if (!call || call->size < sizeof(sanad_call)) return object("it calls without a whole call");
    if (!node.calls_expected_) object("it calls the node before configure or after stop");
    if (!is_message(call->request))
        return object("the request of " + number(call->method) + " is no aligned message");
    if (call->reply && (!call->reply->reserve || !call->reply->commit))
        return object("the sink of " + number(call->method) + " lacks a function");
    if (call->request.size > plugins::plugin_message_bytes_max) return SANAD_E_INVALID;
    return node.answer(*call);
}

sanad_status CheckingNode::answer(const sanad_call& call) {
    ++calls_made_;
    if (!plugins::may_call(kind_, call.method)) {
        object("it calls " + number(call.method) + ", which its kind may not");
        return SANAD_E_DENIED;
    }
    {
        const std::lock_guard lock(mutex_);
        if (answer_all_) return *answer_all_;
    }
    if (!plugins::is_granted(&broker_, call.method)) return SANAD_E_DENIED;
    const sanad_status status = table().call(table().ctx, &call);
    if (status == SANAD_E_INVALID && strict_)
        object("its call " + number(call.method) + " breaks a rule of the schema");
    if (status == SANAD_E_NOT_FOUND && matters_known_)
        object("it asks after a matter that was not given to it");
    return status;
}

sanad_status CheckingNode::call(std::string_view, std::uint32_t method, ByteView request,
                                plugins::Reply& reply) {
    plugin::Inbox inbox;
    sanad_call call{};
    call.size = sizeof call;
    call.method = method;
    call.request = {request.data(), request.size()};
    call.reply = inbox.sink();
    const sanad_status status = answer(call);
    if (status != SANAD_OK || inbox.bytes().size == 0) return status;
    return reply.send({static_cast<const std::uint8_t*>(inbox.bytes().data), inbox.bytes().size});
}

sanad_status CheckingNode::listen(void* ctx, const char* name, int* descriptor) noexcept {
    if (!of(ctx).has("net.listen:", name)) return SANAD_E_DENIED;
    return copy_of(of(ctx).listening_, name, descriptor);
}

// Nobody answers: what a plugin does without its upstream is what is looked at.
sanad_status CheckingNode::connect(void* ctx, const char* to, std::uint16_t, std::uint64_t,
                                   int* descriptor) noexcept {
    if (!to || !descriptor) of(ctx).object("it connects to nowhere");
    return of(ctx).connects() ? SANAD_E_IO : SANAD_E_DENIED;
}

sanad_status CheckingNode::open(void* ctx, const char* name, int* descriptor) noexcept {
    CheckingNode& node = of(ctx);
    if (!node.has("secret:", name) && !node.has("file:", name)) return SANAD_E_DENIED;
    const sanad_status status = copy_of(node.files_, name, descriptor);
    if (status == SANAD_OK) ::lseek(*descriptor, 0, SEEK_SET);  // copies share their position
    return status;
}

// ---------------------------------------------------------------- what it keeps and counts

sanad_status CheckingNode::keep(std::string_view, const plugins::ValueCall& value,
                                plugins::Reply& reply) {
    for (const ByteView bytes : {value.key, value.value})
        if (text_of(bytes).find(canary) != std::string_view::npos)
            object("it keeps what a child wrote");
    std::string kept;
    const sanad_status status = values_.keep(value, kept);
    if (status != SANAD_OK || value.act != plugins::ValueCall::Act::get) return status;
    return reply.send(bytes_of(kept));
}

void CheckingNode::measured(std::string_view, const plugins::Measures::Values& numbers) {
    plugins::Measures rules;
    for (const auto& [name, value] : numbers)
        if (!rules.add(name, value.kind, value.value))
            object("it counts by a name that none may have");
}

sanad_status CheckingNode::keep(plugins::ValueCall call, const sanad_sink* value) noexcept {
    call.quota = broker_.kept_bytes();
    plugins::Reply reply(value);
    return keep("", call, reply);
}

void CheckingNode::measure(const char* name, plugins::Measures::Kind kind,
                           std::uint64_t value) noexcept {
    if (!name) return object("it counts by no name");
    measured("", {{name, {kind, value}}});
}

}  // namespace sanad::plugin_check
