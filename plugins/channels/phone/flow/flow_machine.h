#pragma once

#include "plugins/channels/phone/flow/flow.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// One call, followed through a Flow: what happened goes in, what is to be done comes out. It has no
// clock, no socket and no thread, so that every call can be played in a test.
//
// What holds for every flow and every order of events:
//   - somebody who has neither pressed nor said anything is never hung up on;
//   - until a person answers, or a message is being recorded, no silence is longer than
//     `silence_max`;
//   - after HungUp, or its own HangUp, nothing more is done;
//   - what is pressed in a talk is ignored and kept nowhere.
namespace sanad::phone {

inline constexpr std::chrono::seconds prompts_longest{180};  // then they count as ended
inline constexpr std::chrono::seconds node_wait{10};         // for the node, to calm audio
inline constexpr std::chrono::seconds transfer_wait{40};     // for the other helpline, the same
inline constexpr std::chrono::seconds summon_every{5};       // while nobody is being rung
inline constexpr std::chrono::seconds ring_longest{60};      // then nobody is there
inline constexpr std::chrono::seconds silence_max = wait_max;

// ------------------------------------------------------------ what happened

enum class Load : std::uint8_t { normal, overloaded, full };

/// The call was answered.
struct Started {
    bool anonymous = false;
    bool returning = false;  // cut off a short while ago: the node still has its draft
    std::string language;    // known from before, or empty
    Load load = Load::normal;
};
struct Digit {
    char digit = '0';  // 0..9, *, #; another one is ignored
};
/// What Play began with that id has been heard to its end. Not for a loop.
struct PromptEnded {
    std::uint32_t id = 0;
};
/// A SetTimer's time is over. One that was replaced since is ignored.
struct TimerFired {
    std::uint32_t id = 0;
};

/// What the node, or the line, was asked last.
enum class Question : std::uint8_t { none, place, callback, code, recording, transfer };
/// place: yes, closed, full, failed · callback, recording, transfer: yes, failed · code: yes, no
/// (nobody has it), failed
enum class Answer : std::uint8_t { yes, no, closed, full, failed };
struct NodeAnswered {
    Question question = Question::none;
    Answer answer = Answer::failed;
};
/// Where in the queue. Nothing where it is not known: then nothing is said.
struct QueueNews {
    std::optional<unsigned> position;          // from 1
    std::optional<std::chrono::seconds> wait;  // the node's honest estimate
};
struct CounsellorRinging {};
struct Bridged {};
/// missed: did not answer · finished: hung up · lost: the line to them broke
enum class Gone : std::uint8_t { missed, finished, lost };
struct CounsellorGone {
    Gone how = Gone::missed;
};
struct RecordingFull {};
struct Silence {};  // nothing has been heard for some seconds, while it is recorded
struct Speech {};   // the caller begins to be heard
struct HungUp {};   // the caller, or the line

using Event = std::variant<Started, Digit, PromptEnded, TimerFired, NodeAnswered, QueueNews,
                           CounsellorRinging, Bridged, CounsellorGone, RecordingFull, Silence,
                           Speech, HungUp>;

// ------------------------------------------------------------ what is to be done

/// One thing that is heard.
struct Spoken {
    enum class What : std::uint8_t {
        prompt,    // text: its id
        digits,    // text: said one by one
        position,  // number: place in the queue, as a whole sentence
        wait,      // number: "less than that many minutes", as a whole sentence
    };
    What what = What::prompt;
    std::string language;  // BCP 47, of the flow
    std::string text;
    unsigned number = 0;
    bool operator==(const Spoken&) const = default;
};
/// In place of what is playing. PromptEnded{id} follows, unless it is a loop or is stopped.
struct Play {
    std::uint32_t id = 0;
    std::vector<Spoken> items;
    bool loop = false;
    bool operator==(const Play&) const = default;
};
struct StopPlaying {
    bool operator==(const StopPlaying&) const = default;
};
struct SetTimer {
    std::uint32_t id = 0;
    std::chrono::milliseconds after{0};
    bool operator==(const SetTimer&) const = default;
};
struct SetLanguage {
    std::string language;
    bool operator==(const SetLanguage&) const = default;
};
/// A place in the queue, or a higher one: again when the urgency rises. NodeAnswered{place} and
/// QueueNews follow.
struct Arrive {
    Urgency urgency = Urgency::u3;
    std::vector<std::string> marks;
    bool operator==(const Arrive&) const = default;
};
/// QueueNews follows, once.
struct AskPlace {
    bool operator==(const AskPlace&) const = default;
};
/// The caller gives up the place; whoever is being rung for it is let go.
struct LeaveQueue {
    bool operator==(const LeaveQueue&) const = default;
};
/// Whoever has just answered, or is being called by TransferToCover, is let go: the caller went
/// elsewhere meanwhile. A place in the queue is kept.
struct LetGo {
    bool operator==(const LetGo&) const = default;
};
/// Ring whoever the node names; nothing, where it names nobody.
struct Summon {
    bool operator==(const Summon&) const = default;
};
struct StartRecording {
    bool operator==(const StartRecording&) const = default;
};
/// NodeAnswered{recording} follows once the whole message is kept. It is kept also where nobody was
/// heard: a whisper is easily missed.
struct StopRecording {
    bool operator==(const StopRecording&) const = default;
};
/// NodeAnswered{callback} follows once it is on disk: only then is the caller told.
struct RequestCallback {
    CallTime when = CallTime::soon;
    MayAnswer who = MayAnswer::only_me;
    MayLeaveMessage message = MayLeaveMessage::no;
    std::string number;  // digits that were typed; empty: where the call comes from
    Urgency urgency = Urgency::u3;
    std::vector<std::string> marks;  // what was agreed, too; at most marks_max
    bool operator==(const RequestCallback&) const = default;
};
/// NodeAnswered{code} follows. From then on the call belongs to that conversation.
struct RedeemCode {
    std::string digits;
    bool operator==(const RedeemCode&) const = default;
};
/// NodeAnswered{transfer} follows.
struct TransferToCover {
    std::size_t index = 0;  // of Flow::covers
    bool operator==(const TransferToCover&) const = default;
};
/// One more mark, for a contact that is there already; CallState::marks has all of them.
struct Note {
    std::string mark;  // of config/taxonomy/contact-marks.tsv
    bool operator==(const Note&) const = default;
};
struct HangUp {
    bool operator==(const HangUp&) const = default;
};

using Action = std::variant<Play, StopPlaying, SetTimer, SetLanguage, Arrive, AskPlace, LeaveQueue,
                            LetGo, Summon, StartRecording, StopRecording, RequestCallback,
                            RedeemCode, TransferToCover, Note, HangUp>;

// ------------------------------------------------------------ the call

enum class Phase : std::uint8_t {
    offered,      // before Started
    saying,       // prompts are heard
    listening,    // for a digit, in silence
    recording,    // the caller is heard and kept
    asking,       // the node, to calm audio
    queued,       // in the queue, news or calm audio
    ringing,      // the same, and a counsellor's telephone rings
    talking,      // with a counsellor
    transferred,  // with another helpline
    ended,
};

/// All that is known of a call. In memory only: it holds digits that were typed.
struct CallState {
    Phase phase = Phase::offered;
    std::string state;     // of the flow
    std::string language;  // of the flow
    bool language_known = false;
    bool anonymous = false;
    bool returning = false;
    Load load = Load::normal;
    bool heard = false;      // has pressed or said something, or was with a person
    bool placed = false;     // has a place in the queue, or has asked for one
    bool confirmed = false;  // has it
    bool spoke = false;      // in this recording

    bool found_closed = false, found_full = false, found_failed = false;  // and was led elsewhere

    Urgency urgency = Urgency::u3;
    std::vector<std::string> marks;
    CallTime call_time = CallTime::unasked;
    MayAnswer may_answer = MayAnswer::unasked;
    MayLeaveMessage may_leave_message = MayLeaveMessage::unasked;

    bool own_number = false;   // the call-back goes to where the call comes from
    std::string typed;         // being typed, or read back
    std::string number, code;  // typed to the end
    bool confirming = false;   // `typed` is being read back
    unsigned said = 0;         // how often this state was said
    Question question = Question::none;
    std::optional<unsigned> position;
    std::optional<std::chrono::seconds> wait;
    std::optional<std::size_t> cover;       // being offered
    std::vector<std::size_t> covers_heard;  // offered before in this call

    std::uint32_t last_id = 0;  // ids of plays and timers, never twice in a call
    std::uint32_t play_id = 0;  // of words that are being said; 0: none, or calm audio
    std::uint32_t timer_id = 0, summon_timer_id = 0, hush_timer_id = 0;  // 0: none
    bool operator==(const CallState&) const = default;
};

struct Step {
    CallState state;
    std::vector<Action> actions;  // in this order
};

/// What follows from an event. An event that means nothing where the call is changes nothing.
///
/// flow     one that flow_reader.h has accepted
/// now      milliseconds since 1970, UTC: for the opening hours
/// threads  any; keeps no state
Step step(const Flow& flow, CallState state, const Event& event, std::int64_t now);

}  // namespace sanad::phone
