#pragma once

#include "core/casework/referral.h"

#include <array>

// Who may do what in which state: the whole of it, as data, in this one place. A model generator
// may replace the file; nothing else knows a transition. Source: DOMAIN section 5.4, FEDERATION
// section 5.
namespace sanad::casework {

struct Transition {
    ReferralState from;
    Side side;
    ReferralEventKind kind;
    ReferralState to;
};

namespace rules {

using enum Side;
using State = ReferralState;
using Kind = ReferralEventKind;

inline constexpr auto transitions = std::to_array<Transition>({
    // Preparation: the second signer may send it back until the moment it leaves.
    {State::draft, asker, Kind::check_consent, State::consent_check},
    {State::consent_check, asker, Kind::edit, State::draft},
    {State::consent_check, asker, Kind::seal, State::sealed},
    {State::sealed, asker, Kind::edit, State::draft},
    {State::sealed, asker, Kind::request, State::sent},

    // Information helps at any time; it answers a question where one is open.
    {State::sent, asker, Kind::information, State::sent},
    {State::delivered, asker, Kind::information, State::delivered},
    {State::under_review, asker, Kind::information, State::under_review},
    {State::info_requested, asker, Kind::information, State::under_review},
    {State::accepted, asker, Kind::information, State::accepted},
    {State::in_progress, asker, Kind::information, State::in_progress},
    {State::on_hold, asker, Kind::information, State::on_hold},

    // To take a referral back is a request: the asked side may have taken the child in meanwhile.
    {State::sent, asker, Kind::withdraw, State::withdraw_requested},
    {State::delivered, asker, Kind::withdraw, State::withdraw_requested},
    {State::under_review, asker, Kind::withdraw, State::withdraw_requested},
    {State::info_requested, asker, Kind::withdraw, State::withdraw_requested},
    {State::accepted, asker, Kind::withdraw, State::withdraw_requested},
    {State::in_progress, asker, Kind::withdraw, State::withdraw_requested},
    {State::on_hold, asker, Kind::withdraw, State::withdraw_requested},
    {State::sent, asker, Kind::enter_in_error, State::withdraw_requested},
    {State::delivered, asker, Kind::enter_in_error, State::withdraw_requested},
    {State::under_review, asker, Kind::enter_in_error, State::withdraw_requested},
    {State::info_requested, asker, Kind::enter_in_error, State::withdraw_requested},
    {State::accepted, asker, Kind::enter_in_error, State::withdraw_requested},
    {State::in_progress, asker, Kind::enter_in_error, State::withdraw_requested},
    {State::on_hold, asker, Kind::enter_in_error, State::withdraw_requested},
    // A clock runs out only while nothing is decided.
    {State::sent, asker, Kind::expire, State::withdraw_requested},
    {State::delivered, asker, Kind::expire, State::withdraw_requested},
    {State::under_review, asker, Kind::expire, State::withdraw_requested},
    {State::info_requested, asker, Kind::expire, State::withdraw_requested},

    // The asked side decides. A decision says by itself that the request was read, and an open
    // question does not stop anybody from taking the child in.
    {State::delivered, asked, Kind::review, State::under_review},
    {State::delivered, asked, Kind::ask, State::info_requested},
    {State::delivered, asked, Kind::accept, State::accepted},
    {State::delivered, asked, Kind::decline, State::declined},
    {State::delivered, asked, Kind::redirect, State::redirected},
    {State::under_review, asked, Kind::ask, State::info_requested},
    {State::under_review, asked, Kind::accept, State::accepted},
    {State::under_review, asked, Kind::decline, State::declined},
    {State::under_review, asked, Kind::redirect, State::redirected},
    {State::info_requested, asked, Kind::accept, State::accepted},
    {State::info_requested, asked, Kind::decline, State::declined},
    {State::info_requested, asked, Kind::redirect, State::redirected},

    // And works. What ends before it began (the child declined the service) needs no false start.
    {State::accepted, asked, Kind::start, State::in_progress},
    {State::accepted, asked, Kind::complete, State::completed},
    {State::accepted, asked, Kind::not_complete, State::not_completed},
    {State::in_progress, asked, Kind::hold, State::on_hold},
    {State::in_progress, asked, Kind::complete, State::completed},
    {State::in_progress, asked, Kind::not_complete, State::not_completed},
    {State::on_hold, asked, Kind::resume, State::in_progress},
    {State::on_hold, asked, Kind::not_complete, State::not_completed},

    // The loop closes with the child's own word, which may come late.
    {State::completed, asker, Kind::confirm, State::confirmed},
    {State::completed, asker, Kind::close_unconfirmed, State::closed_unconfirmed},
    {State::closed_unconfirmed, asker, Kind::confirm, State::confirmed},

    // What is over can be erased at the other side; a legal hold may be lifted later.
    {State::declined, asker, Kind::erase, State::erasure_requested},
    {State::redirected, asker, Kind::erase, State::erasure_requested},
    {State::completed, asker, Kind::erase, State::erasure_requested},
    {State::not_completed, asker, Kind::erase, State::erasure_requested},
    {State::confirmed, asker, Kind::erase, State::erasure_requested},
    {State::closed_unconfirmed, asker, Kind::erase, State::erasure_requested},
    {State::withdrawn, asker, Kind::erase, State::erasure_requested},
    {State::expired, asker, Kind::erase, State::erasure_requested},
    {State::entered_in_error, asker, Kind::erase, State::erasure_requested},
    {State::erasure_requested, asked, Kind::erased, State::erased},
    {State::erasure_requested, asked, Kind::held, State::held},
    {State::held, asked, Kind::erased, State::erased},
});

/// Where withdraw_ok leads, by what was asked for.
inline constexpr auto taken_back = std::to_array<Transition>({
    {State::withdraw_requested, asked, Kind::withdraw, State::withdrawn},
    {State::withdraw_requested, asked, Kind::expire, State::expired},
    {State::withdraw_requested, asked, Kind::enter_in_error, State::entered_in_error},
});

/// What the asked side may still write after it has seen that the asker wants the referral back,
/// beside withdraw_ok: its last word, which wins. What it wrote before it saw that keeps its
/// effect.
inline constexpr auto last_words =
    std::to_array<Kind>({Kind::decline, Kind::redirect, Kind::complete, Kind::not_complete});

}  // namespace rules
}  // namespace sanad::casework
