#include "nodes/plugin-check/messages.h"

#include "core/base/message.h"
#include "nodes/plugin-check/checking_node.h"

#include <capnp/any.h>
#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <algorithm>

namespace sanad::plugin_check {

namespace {

namespace schema = plugin::schema;

constexpr std::size_t handle_bytes = 16;
constexpr std::size_t reference_bytes_max = 128, reason_bytes_max = 64;
constexpr std::int64_t written_at_ms = 1'800'000'000'000;
constexpr unsigned fields_of_then = 4;        // words and pointers more than now
constexpr std::uint16_t choice_of_then = 77;  // of an enumeration

void fill(schema::Deliver::Builder to, std::string_view about, std::uint64_t number,
          const std::string& text) {
    to.setConversation(to_data(bytes_of(handle_of(about))));
    to.setState(schema::ConversationState::OPEN);
    auto message = to.initMessage();
    message.setSeq(number);
    message.setAtMs(written_at_ms + static_cast<std::int64_t>(number));
    message.setFrom(schema::Author::HELPLINE);
    message.setText(to_text(text));
}

void fill(schema::Dispatch::Builder to, std::string_view about, std::uint64_t number,
          const std::string& text) {
    to.setReference(to_data(bytes_of(handle_of(about))));
    to.setDeliveryId("delivery-" + std::to_string(number));
    to.setAttempt(1);
    to.setUrgency(2);
    to.setCreatedAtMs(written_at_ms);
    to.setView(to_text("{\"summary\": \"" + text + "\"}"));
}

// The message with its root copied into one of more fields.
Bytes grown(capnp::MessageBuilder& now) {
    const auto root = now.getRoot<capnp::AnyPointer>().asReader().getAs<capnp::AnyStruct>();
    const auto data = root.getDataSection();
    const auto pointers = root.getPointerSection();
    capnp::MallocMessageBuilder then;
    auto larger = then.initRoot<capnp::AnyPointer>().initAsAnyStruct(
        static_cast<std::uint16_t>(data.size() / 8 + fields_of_then),
        static_cast<std::uint16_t>(pointers.size() + fields_of_then));
    std::fill(larger.getDataSection().begin(), larger.getDataSection().end(), kj::byte{0x5a});
    std::copy(data.begin(), data.end(), larger.getDataSection().begin());
    for (unsigned n = 0; n < pointers.size(); ++n) larger.getPointerSection()[n].set(pointers[n]);
    larger.getPointerSection()[pointers.size()].setAs<capnp::Text>("of a later version");
    return flatten(then);
}

bool is_code(std::string_view text) {
    return text.size() <= reason_bytes_max &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

std::string objection_to_outcome(schema::Outcome::Reader outcome) {
    if (static_cast<unsigned>(outcome.getResult()) > 2) return "it answers with an unknown result";
    const std::string reference = from_text(outcome.getReference());
    const std::string reason = from_text(outcome.getReason());
    if (reference.size() > reference_bytes_max)
        return "a reference has " + std::to_string(reference.size()) + " bytes; 128 are allowed";
    if (!is_code(reason)) return "a reason is no code";
    if (reference.find(canary) != reference.npos || reason.find(canary) != reason.npos)
        return "its answer holds what a child wrote";
    return {};
}

std::string objection_to_health(schema::HealthReply::Reader health) {
    if (static_cast<unsigned>(health.getState()) > 2) return "its health is an unknown state";
    return is_code(from_text(health.getReason())) ? "" : "the reason of its health is no code";
}

template <typename Root, typename Look>
std::string looked_at(ByteView reply, Look look) {
    const auto found = read_message<Root>(
        reply, [&](typename Root::Reader root) { return Result<std::string>(look(root)); });
    return found ? *found : "its answer is no message: " + found.error().detail;
}

bool has_outcome(std::uint32_t method) {
    return method == SANAD_M_DELIVER || method == SANAD_M_DISPATCH;
}

}  // namespace

std::string handle_of(std::string_view about) {
    std::string handle(about.substr(0, handle_bytes));
    handle.resize(handle_bytes, '-');
    return handle;
}

Given given_to(plugins::Kind kind, std::string_view about, std::uint64_t number,
               std::string_view text) {
    capnp::MallocMessageBuilder built;
    const std::string whole(text);
    switch (kind) {
        case plugins::Kind::channel:
            fill(built.initRoot<schema::Deliver>(), about, number, whole);
            return {SANAD_M_DELIVER, flatten(built)};
        case plugins::Kind::partner:
            fill(built.initRoot<schema::Dispatch>(), about, number, whole);
            return {SANAD_M_DISPATCH, flatten(built)};
        default:
            return {SANAD_M_HEALTH, {}};
    }
}

Given given_by_newer_node(plugins::Kind kind, std::string_view about, bool unknown_choice) {
    capnp::MallocMessageBuilder built;
    const std::string text(canary);
    if (kind == plugins::Kind::channel) {
        auto deliver = built.initRoot<schema::Deliver>();
        fill(deliver, about, 1, text);
        if (unknown_choice)
            deliver.setState(static_cast<schema::ConversationState>(choice_of_then));
        return {SANAD_M_DELIVER, grown(built)};
    }
    if (kind == plugins::Kind::partner) {
        auto dispatch = built.initRoot<schema::Dispatch>();
        fill(dispatch, about, 1, text);
        if (unknown_choice) dispatch.setKind(static_cast<schema::DispatchKind>(choice_of_then));
        return {SANAD_M_DISPATCH, grown(built)};
    }
    built.initRoot<schema::View>();  // a request of health has no fields now; then it may
    return {SANAD_M_HEALTH, grown(built)};
}

Given withdrawal(std::string_view about, std::uint64_t number) {
    capnp::MallocMessageBuilder built;
    auto dispatch = built.initRoot<schema::Dispatch>();
    fill(dispatch, about, number, "");
    dispatch.setKind(schema::DispatchKind::WITHDRAWAL);
    dispatch.setView("{}");
    return {SANAD_M_DISPATCH, flatten(built)};
}

std::string objection_to_reply(std::uint32_t method, ByteView reply) {
    if (has_outcome(method)) return looked_at<schema::Outcome>(reply, objection_to_outcome);
    if (method == SANAD_M_HEALTH) return looked_at<schema::HealthReply>(reply, objection_to_health);
    return {};
}

bool is_final(std::uint32_t method, ByteView reply) {
    if (!has_outcome(method)) return true;
    const auto found = read_message<schema::Outcome>(reply, [](schema::Outcome::Reader outcome) {
        return Result<bool>(outcome.getResult() != schema::Outcome::Result::RETRY);
    });
    return found && *found;
}

}  // namespace sanad::plugin_check
