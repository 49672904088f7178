#pragma once

#include "core/api/contacts.h"
#include "core/api/escalations.h"
#include "core/api/feedback.h"
#include "core/api/waiting_line.h"
#include "core/store/outbox.h"

#include <string>

// The plugins' messages (sanad/plugin.capnp) in the core's words, both ways. What comes from a
// plugin is as hostile as what comes from a network.
namespace sanad::node {

// ---------------------------------------------------------------------- node -> plugin

Bytes write_deliver(const api::Reach& reach, const api::ChatMessage& message,
                    casework::ContactState state);
Bytes write_dispatch(const casework::Escalation& escalation, ByteView reference,
                     const std::string& view);
/// The same dispatch for try number `attempt`, 1 at the first. errors  malformed
Result<Bytes> with_attempt(ByteView dispatch, std::uint32_t attempt);

/// What a plugin did with an item of its outbox.
struct Outcome {
    enum class Kind : std::uint8_t { accepted, retry, rejected };
    Kind kind = Kind::retry;
    Duration retry_after{0};
    std::string reference, reason;
    bool struck = false;  // it was the plugin's end
};
/// errors  malformed, unsupported
Result<Outcome> read_outcome(ByteView reply);

// ---------------------------------------------------------------------- plugin -> node

Result<api::Contacts::Message> read_submit(ByteView request);
Bytes write_submit_reply(const api::Contacts::Submitted& submitted);

struct Notice {
    Bytes conversation, key;
    std::string mark;
};
Result<Notice> read_notice(ByteView request);

Result<api::Contacts::Coming> read_arrive(ByteView request);
/// place  of whoever waits
Bytes write_arrive_reply(const api::Contacts::Arrived& arrived,
                         const api::WaitingLine::Place& place);

struct Receipt {
    Bytes conversation;
    std::uint64_t seq = 0;
};
Result<Receipt> read_receipt(ByteView request);

struct Replay {
    Bytes conversation;
    std::uint64_t after = 0;
    std::uint32_t limit = 0;
};
Result<Replay> read_replay(ByteView request);
/// place  of whoever waits
Bytes write_replay_reply(const api::Contacts::Replay& replay, const api::WaitingLine::Place& place);

struct Leave {
    Bytes conversation;
    std::string how;  // closed, quick_exit, idle, connection_lost, abandoned, call_ended
};
Result<Leave> read_leave(ByteView request);

inline constexpr unsigned feedback_answers_max = 20;
struct ChildFeedback {
    Bytes conversation;
    api::Feedback::Answers answers;
};
/// errors  malformed · exhausted: more answers than any list has questions
Result<ChildFeedback> read_feedback(ByteView request);

struct PartnerReport {
    Bytes reference, key;
    casework::EscalationEventKind kind{};
    std::string note;
};
Result<PartnerReport> read_status(ByteView request);
Bytes write_status_reply(const api::Escalations::Reported& reported);

/// The reference a partner's plugin asks to see again.
Result<Bytes> read_view(ByteView request);
Bytes write_view_reply(const api::Escalations::View& view);

}  // namespace sanad::node
