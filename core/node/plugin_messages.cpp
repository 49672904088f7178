#include "core/node/plugin_messages.h"

#include "core/base/message.h"

#include <sanad/plugin.capnp.h>

namespace sanad::node {

namespace wire = plugin::schema;

namespace {

constexpr std::size_t code_bytes_max = 128;
constexpr Duration retry_longest = std::chrono::hours(48);

Bytes copy(capnp::Data::Reader data) { return {data.begin(), data.end()}; }

Result<std::string> code(capnp::Text::Reader text) {
    if (text.size() > code_bytes_max) return fail(Fault::bad_size, "code");
    return from_text(text);
}

constexpr unsigned codes_max = 8;
Result<std::vector<std::string>> codes(capnp::List<capnp::Text>::Reader texts) {
    if (texts.size() > codes_max) return fail(Fault::bad_size, "codes");
    std::vector<std::string> all;
    for (const auto text : texts) {
        auto one = code(text);
        if (!one) return std::unexpected(one.error());
        all.push_back(std::move(*one));
    }
    return all;
}

std::uint32_t seconds_of(Duration wait) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(wait).count());
}

wire::ConversationState to_wire(casework::ContactState state) {
    switch (state) {
        case casework::ContactState::none:
            return wire::ConversationState::NONE;
        case casework::ContactState::waiting:
            return wire::ConversationState::WAITING;
        case casework::ContactState::open:
            return wire::ConversationState::OPEN;
        case casework::ContactState::ended:
            return wire::ConversationState::ENDED;
    }
    return wire::ConversationState::NONE;
}

void fill(wire::Message::Builder out, const api::ChatMessage& message) {
    out.setSeq(message.seq);
    out.setAtMs(message.at.ms);
    out.setFrom(message.from_person ? wire::Author::PERSON : wire::Author::HELPLINE);
    out.setKey(to_data(message.key));
    out.setText(to_text(message.text));
}

}  // namespace

Bytes write_deliver(const api::Reach& reach, const api::ChatMessage& message,
                    casework::ContactState state) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::Deliver>();
    out.setConversation(to_data(reach.conversation));
    fill(out.initMessage(), message);
    out.setState(to_wire(state));
    out.setReturnAddress(to_data(reach.return_address));
    return flatten(builder);
}

Bytes write_dispatch(const casework::Escalation& escalation, ByteView reference,
                     const std::string& view) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::Dispatch>();
    out.setReference(to_data(reference));
    out.setDeliveryId(to_text("msg_" + format(escalation.id)));
    out.setAttempt(1);
    out.setKind(wire::DispatchKind::ESCALATION);
    out.setUrgency(static_cast<std::uint8_t>(std::uint8_t(escalation.urgency) - 1));
    out.setCreatedAtMs(escalation.created_at.ms);
    out.setView(to_text(view));
    return flatten(builder);
}

Result<Bytes> with_attempt(ByteView dispatch, std::uint32_t attempt) {
    return read_message<wire::Dispatch>(dispatch, [&](auto in) -> Result<Bytes> {
        capnp::MallocMessageBuilder builder;
        builder.setRoot(in);
        builder.getRoot<wire::Dispatch>().setAttempt(attempt);
        return flatten(builder);
    });
}

Result<Outcome> read_outcome(ByteView reply) {
    return read_message<wire::Outcome>(reply, [](auto in) -> Result<Outcome> {
        Outcome outcome;
        switch (in.getResult()) {
            case wire::Outcome::Result::ACCEPTED:
                outcome.kind = Outcome::Kind::accepted;
                break;
            case wire::Outcome::Result::RETRY:
                outcome.kind = Outcome::Kind::retry;
                break;
            case wire::Outcome::Result::REJECTED:
                outcome.kind = Outcome::Kind::rejected;
                break;
            default:
                return fail(Fault::unsupported, "outcome");
        }
        const auto after = in.getRetryAfterMs();
        outcome.retry_after =
            after > std::uint64_t(retry_longest.count()) ? retry_longest : Duration(after);
        auto reference = code(in.getReference());
        auto reason = code(in.getReason());
        if (!reference) return std::unexpected(reference.error());
        if (!reason) return std::unexpected(reason.error());
        outcome.reference = std::move(*reference);
        outcome.reason = std::move(*reason);
        return outcome;
    });
}

Result<api::Contacts::Message> read_submit(ByteView request) {
    return read_message<wire::Submit>(request, [](auto in) -> Result<api::Contacts::Message> {
        auto language = code(in.getLanguage());
        if (!language) return std::unexpected(language.error());
        auto marks = codes(in.getMarks());
        if (!marks) return std::unexpected(marks.error());
        return api::Contacts::Message{copy(in.getConversation()),
                                      copy(in.getKey()),
                                      from_text(in.getText()),
                                      std::move(*language),
                                      copy(in.getReturnAddress()),
                                      std::move(*marks),
                                      in.getSetAside()};
    });
}

Result<Notice> read_notice(ByteView request) {
    return read_message<wire::Notice>(request, [](auto in) -> Result<Notice> {
        auto mark = code(in.getMark());
        if (!mark) return std::unexpected(mark.error());
        return Notice{copy(in.getConversation()), copy(in.getKey()), std::move(*mark)};
    });
}

Result<api::Contacts::Coming> read_arrive(ByteView request) {
    return read_message<wire::Arrive>(request, [](auto in) -> Result<api::Contacts::Coming> {
        auto languages = codes(in.getLanguages());
        auto marks = codes(in.getMarks());
        if (!languages) return std::unexpected(languages.error());
        if (!marks) return std::unexpected(marks.error());
        constexpr std::uint8_t says_nothing = 4;
        if (in.getUrgency() > says_nothing) return fail(Fault::invalid, "urgency");
        const auto urgency = in.getUrgency() == says_nothing
                                 ? casework::Urgency::none
                                 : static_cast<casework::Urgency>(in.getUrgency() + 1);
        api::Contacts::Coming coming{copy(in.getConversation()), copy(in.getKey()),
                                     std::move(*languages),      urgency,
                                     std::move(*marks),          copy(in.getReturnAddress())};
        coming.earlier = copy(in.getEarlier());
        return coming;
    });
}

Bytes write_arrive_reply(const api::Contacts::Arrived& arrived,
                         const api::WaitingLine::Place& place) {
    capnp::MallocMessageBuilder builder(16);
    auto out = builder.initRoot<wire::ArriveReply>();
    out.setState(to_wire(arrived.contact.state));
    out.setPosition(place.position);
    out.setWaitSeconds(seconds_of(place.wait));
    out.setDuplicate(arrived.duplicate);
    return flatten(builder);
}

Bytes write_submit_reply(const api::Contacts::Submitted& submitted) {
    capnp::MallocMessageBuilder builder(16);
    auto out = builder.initRoot<wire::SubmitReply>();
    out.setSeq(submitted.seq);
    out.setDuplicate(submitted.duplicate);
    return flatten(builder);
}

Result<Receipt> read_receipt(ByteView request) {
    return read_message<wire::Receipt>(request, [](auto in) -> Result<Receipt> {
        return Receipt{copy(in.getConversation()), in.getSeq()};
    });
}

Result<Replay> read_replay(ByteView request) {
    return read_message<wire::Replay>(request, [](auto in) -> Result<Replay> {
        return Replay{copy(in.getConversation()), in.getAfter(), in.getLimit()};
    });
}

Bytes write_replay_reply(const api::Contacts::Replay& replay,
                         const api::WaitingLine::Place& place) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::ReplayReply>();
    auto messages = out.initMessages(static_cast<unsigned>(replay.messages.size()));
    for (unsigned i = 0; i < messages.size(); ++i) fill(messages[i], replay.messages[i]);
    out.setMore(replay.more);
    out.setState(to_wire(replay.state));
    out.setRead(replay.read);
    out.setPosition(place.position);
    out.setWaitSeconds(seconds_of(place.wait));
    out.setReturnAddress(to_data(replay.return_address));
    return flatten(builder);
}

Result<ChildFeedback> read_feedback(ByteView request) {
    return read_message<wire::Feedback>(request, [](auto in) -> Result<ChildFeedback> {
        if (in.getAnswers().size() > feedback_answers_max) return fail(Fault::exhausted, "answers");
        ChildFeedback feedback{copy(in.getConversation()), {}};
        for (const auto answer : in.getAnswers())
            feedback.answers.emplace_back(from_text(answer.getQuestion()), answer.getFace());
        return feedback;
    });
}

Result<Leave> read_leave(ByteView request) {
    return read_message<wire::Leave>(request, [](auto in) -> Result<Leave> {
        Leave leave{copy(in.getConversation()), {}};
        switch (in.getHow()) {
            case wire::Leave::How::CLOSED:
                leave.how = "closed";
                return leave;
            case wire::Leave::How::QUICK_EXIT:
                leave.how = "quick_exit";
                return leave;
            case wire::Leave::How::IDLE:
                leave.how = "idle";
                return leave;
            case wire::Leave::How::CONNECTION_LOST:
                leave.how = "connection_lost";
                return leave;
            case wire::Leave::How::ABANDONED:
                leave.how = "abandoned";
                return leave;
            case wire::Leave::How::CALL_ENDED:
                leave.how = "call_ended";
                return leave;
        }
        return fail(Fault::unsupported, "way of leaving");
    });
}

Result<PartnerReport> read_status(ByteView request) {
    return read_message<wire::Status>(request, [](auto in) -> Result<PartnerReport> {
        PartnerReport report{
            copy(in.getReference()), copy(in.getKey()), {}, from_text(in.getNote())};
        switch (in.getStatus()) {
            case wire::PartnerStatus::ACKNOWLEDGED:
                report.kind = casework::EscalationEventKind::acknowledged;
                return report;
            case wire::PartnerStatus::IN_PROGRESS:
                report.kind = casework::EscalationEventKind::in_progress;
                return report;
            case wire::PartnerStatus::COMPLETED:
                report.kind = casework::EscalationEventKind::completed;
                return report;
            case wire::PartnerStatus::DECLINED:
                report.kind = casework::EscalationEventKind::declined;
                return report;
        }
        return fail(Fault::unsupported, "partner status");
    });
}

Bytes write_status_reply(const api::Escalations::Reported& reported) {
    capnp::MallocMessageBuilder builder(16);
    auto out = builder.initRoot<wire::StatusReply>();
    out.setDuplicate(reported.duplicate);
    out.setState(to_text(std::string(casework::name(reported.escalation.state))));
    return flatten(builder);
}

Result<Bytes> read_view(ByteView request) {
    return read_message<wire::View>(
        request, [](auto in) -> Result<Bytes> { return copy(in.getReference()); });
}

Bytes write_view_reply(const api::Escalations::View& view) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::ViewReply>();
    out.setView(to_text(view.json));
    out.setState(to_text(std::string(casework::name(view.escalation.state))));
    out.setUrgency(static_cast<std::uint8_t>(std::uint8_t(view.escalation.urgency) - 1));
    out.setCreatedAtMs(view.escalation.created_at.ms);
    return flatten(builder);
}

}  // namespace sanad::node
