#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// The life of a referral between the node that asks and the node that is asked. Each side keeps two
// lists: what the asker said and what the asked said, each in its writer's order. Both sides fold
// the same two lists with the same pure function, so they agree whatever order the events arrived
// in.
namespace sanad::casework {

/// The events of one side; a writer over it is refused.
inline constexpr std::size_t referral_events_max = 1000;
/// The end of the year 9999: a writer's clock beyond it, or before 1970, counts as the nearer end.
inline constexpr std::int64_t event_time_ms_max = 253'402'300'799'999;

/// Same numbers as schema::ReferralState; `none` is refused when read.
enum class ReferralState : std::uint8_t {
    none,
    // Preparing: only at the asker.
    draft,
    consent_check,
    sealed,
    // Open.
    sent,
    undeliverable,
    delivered,
    under_review,
    info_requested,
    accepted,
    in_progress,
    on_hold,
    withdraw_requested,
    // Ended.
    declined,
    redirected,
    completed,
    not_completed,
    confirmed,
    closed_unconfirmed,
    withdrawn,
    expired,
    entered_in_error,
    erasure_requested,
    erased,
    held,
};
inline constexpr std::size_t referral_state_count = 25;

/// Same numbers as schema::ReferralEventKind; `none` is refused when read.
enum class ReferralEventKind : std::uint8_t {
    none,
    // Preparation, never sent.
    check_consent,
    edit,
    seal,
    // By the asker.
    request,
    information,
    withdraw,
    expire,
    enter_in_error,
    confirm,
    close_unconfirmed,
    erase,
    // By the asked.
    review,
    ask,
    accept,
    decline,
    redirect,
    start,
    hold,
    resume,
    complete,
    not_complete,
    withdraw_ok,
    erased,
    held,
    // By either; changes nothing.
    note,
    // By the asker's node, by itself: a child that was taken over and is given back has arrived.
    take_back,
};
inline constexpr std::size_t referral_event_kind_count = 27;

enum class Side : std::uint8_t { none, asker, asked };

/// What acceptance means: to help with a child who stays the asker's, or to take the child's case
/// over.
enum class Handover : bool { help, take_over };

/// An event as the fold needs it. Its place in its side's list is its index.
struct ReferralEvent {
    ReferralEventKind kind = ReferralEventKind::none;
    std::uint32_t seen_other = 0;  // how many events of the other side it was based on
    Time at;                       // by the writer's clock: feeds the clocks, decides no state
    bool operator==(const ReferralEvent&) const = default;
};

/// Why an event has no effect, or may not be written.
enum class Rule : std::uint8_t {
    none,
    wrong_side,         // the event is the other side's to write
    not_in_this_state,  // no transition from here
    already_ended,      // a second final event
    withdraw_pending,   // the asker wants it back: only an answer to that, or the end, is open
    not_shared,         // preparation does not travel
    impossible_count,   // claims to have seen events that cannot have been there
    too_many,           // over referral_events_max
    unknown_kind,
};
std::string_view name(Rule rule);

struct RefusedEvent {
    Side side = Side::none;
    std::uint32_t index = 0;
    Rule rule = Rule::none;
    bool operator==(const RefusedEvent&) const = default;
};

struct ReferralView {
    ReferralState state = ReferralState::draft;
    ReferralState underlying = ReferralState::draft;  // behind withdraw_requested; else the state
    bool asker_responsible = true;                    // one of the two is always true
    bool asked_responsible = false;
    bool information_added = false;  // that nothing of the asked side is based on yet
    bool withdraw_pending = false;
    ReferralEventKind taken_back_by = ReferralEventKind::none;  // the newest withdraw, expire...
    bool accepted_once = false;
    std::uint32_t asker_events =
        0;  // counted as given, refused ones too: the next index and seen_other
    std::uint32_t asked_events = 0;
    std::optional<Time> requested_at, seen_at, accepted_at, ended_at;
    Duration paused{};  // spent waiting for the asker's information, before acceptance
    std::optional<Time> paused_since;
    std::optional<Time> on_hold_since;
    std::vector<RefusedEvent> refused;
    bool operator==(const ReferralView&) const = default;
};

enum class Stored : bool { not_yet, yes };

/// Where a referral stands, from everything both sides said.
///
/// The two lists are merged into one order that both sides compute alike: an event stands after
/// the events it was based on, and of two that crossed the asker's is first. Each is then applied
/// by the transition table (referral_transitions.tsv), or refused, with the rule, and without
/// effect.
///
/// asker    begins with `request`; empty: nothing was sent yet, and the view says `draft`
/// asked    may be empty
/// stored   whether the asked side's receipt for the request is here; at the asked side: yes
/// source   DOMAIN section 5.4, FEDERATION section 5
/// threads  any
ReferralView fold(std::span<const ReferralEvent> asker, std::span<const ReferralEvent> asked,
                  Stored stored, Handover handover);

/// Whether `side` may write `kind` now, having seen everything in `view`.
///
/// errors   denied, with the rule's name as detail
Result<void> check_next(const ReferralView& view, Side side, ReferralEventKind kind);

/// The asker's preparation, before anything is sent: draft, consent_check, sealed.
///
/// errors   denied, with the rule's name as detail
Result<ReferralState> prepare(ReferralState state, ReferralEventKind kind);

/// The answer that the node of `side` gives by itself; none: a person's word is awaited.
///
/// asked  withdraw_ok while nothing is accepted, so that a withdrawal does not wait for a person
///        where nobody has taken the child in
/// asker  take_back once a child that was taken over is given back: until that word is at the
///        asked side, both are responsible
std::optional<ReferralEventKind> automatic_answer(const ReferralView& view, Side side);

/// Over: no move leads back to work. Confirming and erasing are still possible from most.
bool is_ended(ReferralState state);
/// Over, and nothing but a note may follow.
bool is_final(ReferralState state);

/// Of several referrals of one case, whether two nodes have taken the child in. People resolve
/// it.
bool is_double_care(std::span<const ReferralView> of_one_case);

/// The id in config/taxonomy/referral-states.tsv, such as "under_review"; empty for none.
std::string_view name(ReferralState state);
/// Such as "not_complete"; empty for none.
std::string_view name(ReferralEventKind kind);
/// errors  unsupported
Result<ReferralEventKind> referral_event_kind_from(std::string_view name);
Result<ReferralState> referral_state_from(std::string_view name);
Side other(Side side);

}  // namespace sanad::casework
