// sanad-plugin-host: runs one plugin for a node, apart from it. The node starts it, with a socket
// as descriptor 3 and nothing else; no person does.
#include "core/plugins/mapping.h"
#include "core/plugins/reply_buffer.h"
#include "core/plugins/step.h"
#include "nodes/plugin-host/node_link.h"
#include "nodes/plugin-host/sandbox.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace sanad;
using namespace sanad::plugin_host;
using plugins::FrameHeader;
using plugins::FrameKind;
using plugins::Step;

constexpr int socket_number = 3;
constexpr Duration send_limit{10'000};

plugins::Frame wait_for_load(plugins::FrameSocket& socket) {
    for (;;) {
        auto frame = socket.receive();
        if (!frame) ::_exit(1);
        if (*frame) return std::move(**frame);
        socket.wait();
    }
}

void answer_load(plugins::FrameSocket& socket, const FrameHeader& load, sanad_status status,
                 const std::string& text) {
    (void)socket.send({.kind = FrameKind::reply, .seq = load.seq, .status = status}, bytes_of(text),
                      send_limit);
}

std::string listed(const Lacking& lacking) {
    std::string list;
    for (const std::string& what : lacking) list += (list.empty() ? "" : ",") + what;
    return list;
}

// Loads the library that the node has opened and read, between the two stages: it has no name, and
// so no other file can be in its place. Comes back with what the sandbox lacks.
Result<Lacking> load(plugins::Frame& frame, std::unique_ptr<plugins::Mapping>& mapping) {
    const FrameHeader& header = frame.header;
    if (header.kind != FrameKind::load || header.method != plugins::frame_version ||
        !frame.descriptor)
        return fail(Fault::unsupported, "sanad-plugin-host is of another version than the node");
    const bool required = (header.status & plugins::load_unsandboxed_allowed) == 0;
    const Network network = (header.status & plugins::load_own_sockets) != 0 ? Network::own
                            : (header.status & plugins::load_network) != 0   ? Network::brokered
                                                                             : Network::none;
    Lacking lacking = enter_stage_1(frame.descriptor, network);
    if (required && !lacking.empty()) return fail(Fault::denied, listed(lacking));
    auto loaded = plugins::Mapping::load("/proc/self/fd/" + std::to_string(frame.descriptor.get()));
    frame.descriptor = {};
    if (!loaded) return std::unexpected(loaded.error());
    mapping = std::move(*loaded);
    if (mapping->entry().abi_major != SANAD_ABI_MAJOR)
        return fail(Fault::unsupported, "its entry is of another ABI");
    for (auto& what : enter_stage_2(network))
        if (std::ranges::find(lacking, what) == lacking.end()) lacking.push_back(std::move(what));
    if (required && !lacking.empty()) return fail(Fault::denied, listed(lacking));
    return lacking;
}

sanad_status status_of(Fault fault) {
    if (fault == Fault::denied) return SANAD_E_DENIED;
    return fault == Fault::unsupported ? SANAD_E_UNSUPPORTED : SANAD_E_INVALID;
}

class Strand {
public:
    Strand(NodeLink& link, const sanad_entry& entry) : link_(link), entry_(entry) {}

    [[noreturn]] void run() {
        for (;;) {
            const Work work = link_.next();
            if (work.event != 0) {
                if (plugin_) plugin_->on_event(plugin_->self, work.event, work.token, work.arg);
            } else if (work.header.kind == FrameKind::step) {
                step(work);
            } else {
                call(work);
            }
        }
    }

private:
    void step(const Work& work) {
        const auto step = static_cast<Step>(work.header.method);
        sanad_status status = SANAD_E_UNSUPPORTED;
        if (step == Step::stop) link_.end_loop();
        if (step == Step::create)
            status = create();
        else if (step == Step::destroy && plugin_)
            destroy(work.header.seq);
        else if (plugin_)
            status =
                plugins::carry_out(*plugin_, step, span_of(work.payload), deadline(work.header));
        link_.answer(work.header.seq, status, {});
    }

    sanad_status create() {
        const sanad_plugin* made = nullptr;
        const sanad_status status = entry_.create(&link_.table(), &made);
        if (status != SANAD_OK) return status;
        if (!made || !plugins::is_whole(*made)) return SANAD_E_UNSUPPORTED;
        plugin_ = made;
        return SANAD_OK;
    }

    [[noreturn]] void destroy(std::uint64_t seq) {
        plugin_->destroy(plugin_->self);
        link_.answer(seq, SANAD_OK, {});
        ::_exit(0);
    }

    void call(const Work& work) {
        plugins::ReplyBuffer reply(plugins::frame_payload_bytes_max);
        sanad_call call{};
        call.size = sizeof call;
        call.method = work.header.method;
        call.id = work.header.seq;
        call.deadline_ns = deadline(work.header);
        call.request = span_of(work.payload);
        call.reply = reply.sink();
        const sanad_status status =
            plugin_ ? plugin_->call(plugin_->self, &call) : SANAD_E_UNSUPPORTED;
        link_.answer(work.header.seq, status, status == SANAD_OK ? reply.take() : Bytes());
    }

    std::uint64_t deadline(const FrameHeader& header) const {
        return header.limit_ns == 0 ? 0 : link_.table().now_ns(link_.table().ctx) + header.limit_ns;
    }
    static sanad_span span_of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

    NodeLink& link_;
    const sanad_entry& entry_;
    const sanad_plugin* plugin_ = nullptr;
};

}  // namespace

int main() {
    // The node may die at any moment; then this must not go on. The socket's end says so as well.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_IGN);
    plugins::FrameSocket socket(Descriptor{socket_number},
                                plugins::FrameSocket::Descriptors::taken);
    auto frame = wait_for_load(socket);
    std::unique_ptr<plugins::Mapping> mapping;
    const auto lacking = load(frame, mapping);
    if (!lacking) {
        answer_load(socket, frame.header, status_of(lacking.error().fault), lacking.error().detail);
        return 1;
    }
    const sanad_entry& entry = mapping->entry();
    answer_load(socket, frame.header, SANAD_OK,
                std::string(entry.id) + "\n" + entry.version + "\n" + listed(*lacking));
    NodeLink link(socket);
    std::thread([&link] { link.read(); }).detach();
    Strand(link, entry).run();
}
