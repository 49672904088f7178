#include "core/plugins/isolated_instance.h"

#include "core/plugins/call_workers.h"
#include "core/plugins/host_link.h"
#include "core/plugins/host_table.h"
#include "core/plugins/lifecycle.h"
#include "core/plugins/reply_buffer.h"
#include "core/plugins/status.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <utility>

namespace sanad::plugins {

namespace {

static_assert(plugin_message_bytes_max == frame_payload_bytes_max);
constexpr Duration log_window{60'000};
constexpr std::size_t complaint_bytes_max = 300;
constexpr std::size_t broker_text_bytes_max = 300;  // a host's name has at most 253

// What the process says of itself, made fit for our log.
std::string printable(ByteView text) {
    std::string shown(text_of(text.subspan(0, std::min(text.size(), complaint_bytes_max))));
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, ' ');
    return shown;
}

class IsolatedInstance final : public Lifecycle {
public:
    IsolatedInstance(Manifest manifest, std::string instance, HostServices& services, Log& log,
                     const Clock& clock, Isolation isolation)
        : Lifecycle(std::move(instance), log, clock, isolation.limits),
          manifest_(std::move(manifest)),
          services_(services),
          isolation_(std::move(isolation)),
          lines_(name_, log, clock),
          link_({[this](const FrameHeader& header, ByteView payload) { heard(header, payload); },
                 [this](const Ending& ending) { ended(ending); }},
                isolation_.send) {}

    ~IsolatedInstance() override {
        if (started() && !link_.ended()) (void)stop();
        if (created_ && !link_.ended()) {
            link_.expect_end();
            (void)perform(Step::destroy, {}, 0, limits_.stop);
        }
        link_.close();  // before the workers go: its thread gives them work
    }

    Result<void> open(const Descriptor& library) {
        if (auto begun = link_.start(isolation_.program, name_); !begun)
            return std::unexpected(begun.error());
        if (const auto loaded = load(library); !loaded) return loaded;
        const auto made = step(Step::create, limits_.create);
        created_ = made.has_value();
        return made;
    }

    const Manifest& manifest() const override { return manifest_; }
    InstanceState state() const override {
        const bool running_out = reached() == InstanceState::stopped;
        return link_.ended() && !running_out ? InstanceState::crashed : reached();
    }

    Standing standing() const override {
        return {.state = state(), .isolated = true, .sandbox_lacks = sandbox_lacks_};
    }

    Result<Bytes> call(std::uint32_t method, ByteView request, Duration limit) override {
        if (!started()) return out_of_order("call");
        if (request.size() > plugin_message_bytes_max)
            return fail(Fault::bad_size, name_ + ": message too long");
        auto answer = link_.ask({.kind = FrameKind::call, .method = method}, request, limit);
        if (!answer) return late("call", answer.error());
        if (answer->status == SANAD_OK) return std::move(answer->payload);
        auto refused = fail_with(answer->status, name_ + " call");
        // What only the end of the process may mean, the plugin must not say.
        if (refused.error().fault == Fault::closed || refused.error().fault == Fault::expired)
            refused.error().fault = Fault::busy;
        return refused;
    }

    const void* extension(const char*) override { return nullptr; }

protected:
    Result<sanad_status> perform(Step step, ByteView config, std::uint64_t,
                                 Duration limit) override {
        const FrameHeader header{.kind = FrameKind::step,
                                 .method = static_cast<std::uint32_t>(step)};
        const auto answer = link_.ask(header, config, limit);
        if (!answer) return std::unexpected(answer.error());
        return answer->status;
    }
    bool stuck() const override { return link_.ended(); }
    void hung(const std::string&) override {}  // its process is killed, which is heard
    PluginLog& lines() override { return lines_; }

private:
    Result<void> load(const Descriptor& library) {
        const FrameHeader header{
            .kind = FrameKind::load,
            .method = frame_version,
            .status =
                (isolation_.sandbox == Sandbox::if_possible ? load_unsandboxed_allowed : 0) |
                (isolation_.broker && isolation_.broker->has_network() ? load_network : 0) |
                (isolation_.broker && isolation_.broker->has("net.own") ? load_own_sockets : 0)};
        const auto loaded = link_.ask(header, {}, isolation_.load, library.get());
        if (!loaded && loaded.error().fault == Fault::busy)  // it had ended before it was asked
            return fail(Fault::closed, name_ + " load: " + loaded.error().detail);
        if (!loaded) return late("load", loaded.error());
        const std::string said = printable(loaded->payload);
        if (loaded->status == SANAD_E_DENIED)
            return fail(Fault::denied, name_ +
                                           ": it would run without a sandbox, because this "
                                           "machine lacks " +
                                           said);
        if (loaded->status != SANAD_OK) return fail(fault_of(loaded->status), name_ + ": " + said);
        const std::string expected = manifest_.id + " " + manifest_.version + " ";
        if (!said.starts_with(expected))
            return fail(Fault::malformed,
                        name_ + ": its entry and its manifest name different plugins");
        sandbox_lacks_ = said.substr(expected.size());
        if (!sandbox_lacks_.empty())
            log_.warn("plugin.sandbox_lacks", {{"plugin", name_}, {"what", sandbox_lacks_}});
        return {};
    }

    // On the link's thread, which must not wait for the disk.
    void heard(const FrameHeader& header, ByteView payload) {
        if (header.kind == FrameKind::log || header.kind == FrameKind::measures)
            return said(header, payload);
        if (header.kind == FrameKind::call && !(may_call(manifest_.kind, header.method) &&
                                                is_granted(isolation_.broker, header.method)))
            return deny(header);
        const bool taken =
            workers_.add([this, header, request = Bytes(payload.begin(), payload.end())] {
                answer(header, request);
            });
        if (!taken) link_.reply(header.seq, SANAD_E_BUSY, {});
    }

    void deny(const FrameHeader& header) {
        if (++denials_ >= denials_max) return link_.kill(EndReason::bad_message, "denied call");
        link_.reply(header.seq, SANAD_E_DENIED, {});
    }

    void answer(const FrameHeader& header, ByteView request) {
        if (header.kind == FrameKind::open) return answer_opening(header, text_of(request));
        if (header.kind == FrameKind::value) return answer_value(header, request);
        ReplyBuffer buffer(plugin_message_bytes_max);
        Reply reply(buffer.sink());
        const auto status =
            answer_call(services_, name_, manifest_.kind, header.method, request, reply);
        link_.reply(header.seq, status, status == SANAD_OK ? buffer.take() : Bytes());
    }

    void answer_opening(const FrameHeader& header, std::string_view what) {
        const auto opened = open_for(header, what);
        if (opened) return link_.reply(header.seq, SANAD_OK, {}, opened->get());
        if (opened.error().fault == Fault::denied) return deny(header);
        log_.warn("plugin.not_opened",
                  {{"plugin", name_}, {"fault", sanad::name(opened.error().fault)}});
        link_.reply(header.seq, status_of(opened.error().fault), {});
    }

    void answer_value(const FrameHeader& header, ByteView payload) {
        auto call = read_value(payload);
        if (!call || !is_value(*call)) return link_.reply(header.seq, SANAD_E_INVALID, {});
        call->act = static_cast<ValueCall::Act>(header.method);
        call->quota = isolation_.broker ? isolation_.broker->kept_bytes() : 0;
        if (call->quota == 0) return deny(header);
        ReplyBuffer buffer(plugin_message_bytes_max);
        Reply reply(buffer.sink());
        const auto status = services_.keep(name_, *call, reply);
        link_.reply(header.seq, status, status == SANAD_OK ? buffer.take() : Bytes());
    }

    Result<Descriptor> open_for(const FrameHeader& header, std::string_view what) {
        if (!isolation_.broker) return fail(Fault::denied, "nothing is opened for it");
        if (what.size() > broker_text_bytes_max) return fail(Fault::invalid, "what to open");
        switch (static_cast<Opening>(header.method)) {
            case Opening::listening:
                return isolation_.broker->listen(what);
            case Opening::file:
                return isolation_.broker->open(what);
            case Opening::connection:
                return connect_for(header, what);
        }
        return fail(Fault::unsupported, "kind of opening");
    }

    Result<Descriptor> connect_for(const FrameHeader& header, std::string_view what) {
        const std::size_t end = what.find('\n');
        if (end == what.npos) return fail(Fault::invalid, "host and port");
        std::uint16_t port = 0;
        const std::string_view digits = what.substr(end + 1);
        const auto [last, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc{} || last != digits.data() + digits.size())
            return fail(Fault::invalid, "port");
        const std::chrono::nanoseconds limit(std::min<std::uint64_t>(
            header.limit_ns, std::chrono::nanoseconds(connect_limit_default).count()));
        return isolation_.broker->connect(
            std::string(what.substr(0, end)), port,
            header.limit_ns == 0 ? connect_limit_default : std::chrono::ceil<Duration>(limit));
    }

    void said(const FrameHeader& header, ByteView payload) {
        const Duration now = clock_.elapsed();
        if (now - window_begin_ >= log_window) {
            window_begin_ = now;
            in_window_ = 0;
        }
        if (++in_window_ > log_frames_per_minute_max)
            return link_.kill(EndReason::bad_message, "flood of log lines");
        if (header.kind == FrameKind::log)
            return lines_.take(static_cast<std::int32_t>(header.method), text_of(payload));
        Measures measures;
        measures.read(payload);
        services_.measured(name_, measures.all());
    }

    void ended(const Ending& ending) {
        log_.error(
            "plugin.ended",
            {{"plugin", name_}, {"reason", plugins::name(ending.reason)}, {"how", ending.how}});
        if (isolation_.on_end) isolation_.on_end(ending);
    }

    const Manifest manifest_;
    HostServices& services_;  // outlives us
    const Isolation isolation_;
    PluginLog lines_;
    std::string sandbox_lacks_;  // set before anybody else has us
    bool created_ = false;
    std::atomic<int> denials_ = 0;
    Duration window_begin_{0};  // this and the next: the link's thread
    int in_window_ = 0;
    HostLink link_;
    CallWorkers workers_;  // last: no call is under way when the rest goes
};

}  // namespace

Result<std::unique_ptr<Instance>> run_isolated(const std::filesystem::path& file,
                                               std::string instance, HostServices& services,
                                               Log& log, const Clock& clock, Isolation isolation) {
    const auto in_file = [&](const Error& error) {
        return fail(error.fault, "plugin " + file.filename().string() + ": " + error.detail);
    };
    const auto library = open_plugin(file);
    if (!library) return in_file(library.error());
    auto read = read_plugin(*library);
    if (!read) return in_file(read.error());
    auto made = std::make_unique<IsolatedInstance>(std::move(read->manifest), std::move(instance),
                                                   services, log, clock, std::move(isolation));
    if (const auto opened = made->open(*library); !opened) return std::unexpected(opened.error());
    return made;
}

}  // namespace sanad::plugins
