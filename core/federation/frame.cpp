#include "core/federation/frame.h"

#include "core/base/message.h"
#include "core/federation/lane_wire.h"
#include "core/federation/transport.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {
namespace {

Result<std::string> head_text(capnp::Text::Reader head) {
    if (head.size() > trust::checkpoint_note_bytes_max) return fail(Fault::bad_size, "head");
    return from_text(head);
}

Result<Frame> parse_hello(schema::Hello::Reader in) {
    Hello hello{.directory_version = in.getDirectoryVersion(), .wants_reply = in.getWantsReply()};
    const auto positions = in.getReceived();
    if (positions.size() > hello.received.size()) return fail(Fault::malformed, "positions");
    for (const auto position : positions) {
        const auto lane = from_wire(position.getLane());
        if (!lane) return std::unexpected(lane.error());
        auto head = head_text(position.getHead());
        if (!head) return std::unexpected(head.error());
        hello.received[std::size_t(*lane)] = position.getSize();
        hello.heads[std::size_t(*lane)] = std::move(*head);
    }
    return hello;
}

// An entry without bytes has a leaf hash, and no other has one.
Result<void> parse_erased(schema::Push::Reader in, Push& push) {
    const auto erased = in.getErased();
    if (erased.size() > push.entries.size()) return fail(Fault::bad_size, "erased entries");
    for (const auto one : erased) {
        const auto leaf = one.getLeaf();
        trust::Digest digest{};
        if (one.getOffset() >= push.entries.size() || leaf.size() != digest.size() ||
            !push.entries[one.getOffset()].empty())
            return fail(Fault::malformed, "erased entry");
        std::copy(leaf.begin(), leaf.end(), digest.begin());
        if (!push.erased.emplace(one.getOffset(), digest).second)
            return fail(Fault::malformed, "erased entry twice");
    }
    const auto empty = std::ranges::count_if(push.entries, &Bytes::empty);
    if (static_cast<std::size_t>(empty) != push.erased.size())
        return fail(Fault::malformed, "entry without bytes");
    return {};
}

Result<Frame> parse_push(schema::Push::Reader in) {
    const auto lane = from_wire(in.getLane());
    if (!lane) return std::unexpected(lane.error());
    auto head = head_text(in.getHead());
    if (!head) return std::unexpected(head.error());
    Push push{*lane, in.getFirstIndex(), {}, std::move(*head)};
    const auto entries = in.getEntries();
    if (entries.size() == 0 || entries.size() > push_entries_max)
        return fail(Fault::bad_size, "entries of a push");
    push.entries.reserve(entries.size());
    for (const auto entry : entries) {
        if (entry.size() > entry_bytes_max) return fail(Fault::bad_size, "entry");
        push.entries.emplace_back(entry.begin(), entry.end());
    }
    if (const auto erased = parse_erased(in, push); !erased) return std::unexpected(erased.error());
    return push;
}

}  // namespace

trust::Digest leaf_of(const Push& push, std::size_t place) {
    const auto erased = push.erased.find(place);
    return erased == push.erased.end() ? trust::leaf_hash(push.entries[place]) : erased->second;
}

Bytes write_frame(const Hello& hello) {
    capnp::MallocMessageBuilder builder;
    auto frame = builder.initRoot<schema::Frame>();
    frame.setVersion(wire_version);
    auto out = frame.initHello();
    out.setDirectoryVersion(hello.directory_version);
    out.setWantsReply(hello.wants_reply);
    auto positions = out.initReceived(unsigned(hello.received.size()));
    for (unsigned i = 0; i < positions.size(); ++i) {
        positions[i].setLane(to_wire(Lane(i)));
        positions[i].setSize(hello.received[i]);
        if (!hello.heads[i].empty()) positions[i].setHead(to_text(hello.heads[i]));
    }
    return flatten(builder);
}

Result<Bytes> write_push(Lane lane, const std::vector<LoggedEntry>& entries,
                         const std::string& head) {
    std::size_t words = head.size() / 8 + 64;
    for (const auto& entry : entries) words += entry.raw.size() / 8 + 9;
    capnp::MallocMessageBuilder builder(static_cast<unsigned>(words));
    auto frame = builder.initRoot<schema::Frame>();
    frame.setVersion(wire_version);
    auto out = frame.initPush();
    out.setLane(to_wire(lane));
    out.setFirstIndex(entries.front().index);
    auto list = out.initEntries(static_cast<unsigned>(entries.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_data(entries[i].raw));
    const auto count =
        std::ranges::count_if(entries, [](const LoggedEntry& entry) { return entry.raw.empty(); });
    auto erased = out.initErased(static_cast<unsigned>(count));
    for (unsigned i = 0, at = 0; i < list.size(); ++i) {
        if (!entries[i].raw.empty()) continue;
        erased[at].setOffset(i);
        erased[at++].setLeaf(to_data(entries[i].leaf));
    }
    out.setHead(to_text(head));
    Bytes bytes = flatten(builder);
    if (bytes.size() > frame_bytes_max) return fail(Fault::bad_size, "push");
    return bytes;
}

Bytes write_frame(const Ack& ack) {
    capnp::MallocMessageBuilder builder;
    auto frame = builder.initRoot<schema::Frame>();
    frame.setVersion(wire_version);
    auto out = frame.initAck();
    out.setLane(to_wire(ack.lane));
    out.setHead(to_text(ack.head));
    return flatten(builder);
}

Result<Bytes> write_beside(Topic topic, ByteView payload) {
    if (payload.size() > beside_bytes_max) return fail(Fault::bad_size, "payload");
    capnp::MallocMessageBuilder builder(static_cast<unsigned>(payload.size() / 8 + 16));
    auto frame = builder.initRoot<schema::Frame>();
    frame.setVersion(wire_version);
    auto out = frame.initBeside();
    out.setTopic(static_cast<schema::Topic>(topic));
    out.setPayload(to_data(payload));
    return flatten(builder);
}

Result<Frame> parse_frame(ByteView bytes) {
    return read_message<schema::Frame>(
        bytes,
        [](auto frame) -> Result<Frame> {
            if (frame.getVersion() != wire_version) return fail(Fault::unsupported, "wire version");
            switch (frame.which()) {
                case schema::Frame::HELLO:
                    return parse_hello(frame.getHello());
                case schema::Frame::PUSH:
                    return parse_push(frame.getPush());
                case schema::Frame::ACK: {
                    const auto ack = frame.getAck();
                    const auto lane = from_wire(ack.getLane());
                    if (!lane) return std::unexpected(lane.error());
                    auto head = head_text(ack.getHead());
                    if (!head) return std::unexpected(head.error());
                    return Ack{*lane, std::move(*head)};
                }
                case schema::Frame::BESIDE: {
                    const auto in = frame.getBeside();
                    const auto payload = from_data(in.getPayload());
                    if (payload.size() > beside_bytes_max) return fail(Fault::bad_size, "payload");
                    return Beside{Topic(in.getTopic()), Bytes(payload.begin(), payload.end())};
                }
            }
            return fail(Fault::unsupported, "kind of frame");
        },
        frame_bytes_max);
}

}  // namespace sanad::federation
