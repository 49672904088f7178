#include "core/api/door_connection.h"
#include "tests/fuzz/request_world.h"
#include "tests/fuzz/target.h"

#include <capnp/compat/json.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

// Whatever a program of this machine writes into the door must end in one answer, which can be read
// and shown. Nobody gets by a changed request what their role does not allow, and what is refused
// changes nothing but the audit log. The bytes are a stream of frames; the first one is asked.
namespace {

using namespace sanad;
using fuzz::RequestWorld;
using schema::api::Reply;
using schema::api::Request;

/// The frames of a stream as schemas/api.capnp describes them; what follows a bad one is no frame.
std::vector<Bytes> frames_of(ByteView stream) {
    std::vector<Bytes> frames;
    while (stream.size() >= api::frame_length_bytes) {
        const std::size_t size = api::frame_length(stream);
        stream = stream.subspan(api::frame_length_bytes);
        if (size == 0 || size > api::door_message_bytes_max || size > stream.size()) break;
        frames.emplace_back(stream.begin(), stream.begin() + std::ptrdiff_t(size));
        stream = stream.subspan(size);
    }
    return frames;
}

/// The requests that the door finds in a stream that comes in pieces.
std::vector<Bytes> requests_of(ByteView stream, std::size_t piece) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        __builtin_trap();
    const Descriptor caller(ends[0]);
    api::DoorConnection connection(Descriptor(ends[1]), {});
    std::vector<Bytes> requests;
    std::array<std::uint8_t, 4096> answers{};
    while (!stream.empty() && !connection.finished()) {
        const auto some = stream.first(std::min(piece, stream.size()));
        const auto sent = ::send(caller.get(), some.data(), some.size(), MSG_NOSIGNAL);
        if (sent <= 0) __builtin_trap();
        stream = stream.subspan(std::size_t(sent));
        connection.serve(POLLIN, Duration{0});
        while (auto request = connection.next_request()) {
            requests.push_back(std::move(request->bytes));
            connection.answer(request->number, Bytes(8));
        }
        connection.serve(POLLOUT, Duration{0});
        while (::recv(caller.get(), answers.data(), answers.size(), 0) > 0) {
        }
    }
    return requests;
}

void check_frames(ByteView stream) {
    const auto frames = frames_of(stream);
    for (const std::size_t piece : {std::size_t{32'000}, 1 + stream.size() / 9})
        if (requests_of(stream, piece) != frames) __builtin_trap();
}

/// Who asks for what; nothing: the bytes are no request.
struct Asked {
    std::uint16_t version = 0;
    std::string actor;
    Request::Which which{};
};

std::optional<Asked> asked_in(ByteView bytes) {
    const auto asked = read_message<Request>(bytes, [](auto in) -> Result<Asked> {
        return Asked{in.getVersion(), from_text(in.getActor()), in.which()};
    });
    if (!asked) return std::nullopt;
    return *asked;
}

bool among(Request::Which which, std::initializer_list<Request::Which> list) {
    return std::ranges::find(list, which) != list.end();
}

// Said once more here, and not read from the door's own table.
bool must_be_refused(const Asked& asked) {
    if (asked.version != 1) return true;
    const bool counsellor = asked.actor == "amina" || asked.actor == "karim";
    if (asked.actor == "nadia")  // administrator, auditor, data officer
        return among(
            asked.which,
            {Request::CONTACT_LIST,    Request::CONTACT_SHOW,     Request::CONTACT_OPEN,
             Request::CONTACT_REPLY,   Request::CASE_LIST,        Request::CASE_SHOW,
             Request::CASE_OPEN,       Request::CASE_NOTE,        Request::CASE_CLOSE,
             Request::CONSENT_RECORD,  Request::REFERRAL_LIST,    Request::REFERRAL_SHOW,
             Request::REFER,           Request::REFER_PREVIEW,    Request::REFERRAL_MOVE,
             Request::ATTACHMENT_READ, Request::ATTACHMENT_ADD,   Request::ESCALATE,
             Request::ESCALATION_SHOW, Request::OVERRIDE_REQUEST, Request::OVERRIDE_SHOW,
             Request::OVERRIDE_DECIDE, Request::ERASURE_ANSWER,   Request::PASSPORT_PIECE});
    if (counsellor || asked.actor == "salma")  // a supervisor is no administrator
        if (among(asked.which,
                  {Request::LINK_FREEZE, Request::LINK_RESUME, Request::LINK_RETRY,
                   Request::LINK_RECOVER, Request::LINK_EXPORT, Request::LINK_IMPORT,
                   Request::AUDIT_VERIFY, Request::AUDIT_EXPORT, Request::AUDIT_ACKNOWLEDGE,
                   Request::DIRECTORY_INSTALL, Request::POLICY_INSTALL, Request::POLICY_RELOAD,
                   Request::STORE_COMPACT}))
            return true;
    if (counsellor)
        return among(asked.which,
                     {Request::LINK_LIST, Request::OVERRIDE_LIST, Request::OVERRIDE_SHOW,
                      Request::OVERRIDE_DECIDE, Request::ERASURE_ANSWER, Request::CASE_ERASE,
                      Request::PASSPORT_PIECE, Request::ROSTER_PUBLISH});
    return asked.actor != "salma";  // nobody of the staff
}

/// Whether the answer is an error. What the command line does with it must work: read once, as
/// JSON.
bool read_answer(const Bytes& answer) {
    const auto is_error = read_message<Reply>(
        answer,
        [](auto reply) -> Result<bool> {
            const capnp::JsonCodec codec;
            if (codec.encode(reply).size() == 0) return fail(Fault::malformed, "no JSON");
            return reply.isError();
        },
        api::door_message_bytes_max);
    if (!is_error) __builtin_trap();
    if (!*is_error) return false;
    const auto whole = read_message<Reply>(answer, [](auto reply) -> Result<bool> {
        const auto error = reply.getError();
        return error.getCode().size() > 0 && error.getWrong().size() > 0 &&
               error.getMend().size() > 0;
    });
    if (!whole || !*whole) __builtin_trap();
    return true;
}

void check_request(ByteView bytes) {
    RequestWorld& world = RequestWorld::fresh();
    const auto asked = asked_in(bytes);
    const bool waits = asked && asked->which == Request::FEED_READ;
    const bool refused = read_answer(world.ask(bytes, waits));
    if (!refused && (!asked || must_be_refused(*asked))) __builtin_trap();
    if (refused && !world.only_the_audit_changed()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView stream{data, size};
    check_frames(stream);
    if (size < api::frame_length_bytes) return 0;
    // A length that does not fit what follows is no reason to leave it unread.
    const auto frames = frames_of(stream);
    check_request(frames.empty() ? stream.subspan(api::frame_length_bytes) : frames.front());
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    std::vector<Bytes> streams;
    for (const auto& request : RequestWorld::requests()) {
        auto& stream = streams.emplace_back();
        api::append_frame(stream, request);
    }
    Bytes two = streams[0];
    append(two, streams[1]);
    streams.push_back(std::move(two));
    return streams;
}
