// sanad-plugin-host: runs one plugin for a node, apart from it. The node starts it, with a socket
// as descriptor 3 and nothing else; no person does.
#include "core/plugins/mapping.h"
#include "core/plugins/reply_buffer.h"
#include "core/plugins/step.h"
#include "nodes/plugin-host/node_link.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>
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

// The library that the node has opened and read: no name, and so no other file in its place.
Result<std::unique_ptr<plugins::Mapping>> load(const plugins::Frame& frame) {
    if (frame.header.kind != FrameKind::load || frame.header.method != plugins::frame_version ||
        !frame.descriptor)
        return fail(Fault::unsupported, "sanad-plugin-host is of another version than the node");
    return plugins::Mapping::load("/proc/self/fd/" + std::to_string(frame.descriptor.get()));
}

class Strand {
public:
    Strand(NodeLink& link, const sanad_entry& entry) : link_(link), entry_(entry) {}

    [[noreturn]] void run() {
        for (;;) {
            const Work work = link_.next();
            if (work.posted) {
                if (plugin_) plugin_->on_event(plugin_->self, SANAD_EV_POST, work.header.seq, 0);
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
    const auto frame = wait_for_load(socket);
    const auto mapping = load(frame);
    if (!mapping) {
        answer_load(socket, frame.header, SANAD_E_INVALID, mapping.error().detail);
        return 1;
    }
    const sanad_entry& entry = (*mapping)->entry();
    if (entry.abi_major != SANAD_ABI_MAJOR) {
        answer_load(socket, frame.header, SANAD_E_UNSUPPORTED, "its entry is of another ABI");
        return 1;
    }
    answer_load(socket, frame.header, SANAD_OK,
                std::string(entry.id) + "\n" + entry.version + "\n");
    NodeLink link(socket);
    std::thread([&link] { link.read(); }).detach();
    Strand(link, entry).run();
}
