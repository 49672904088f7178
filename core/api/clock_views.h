#pragma once

#include "core/casework/clocks.h"
#include "core/casework/cover.h"
#include "core/casework/escalation.h"
#include "core/casework/referral_record.h"
#include "schemas/api.capnp.h"

#include <span>
#include <string>
#include <vector>

namespace sanad::api {

/// One limit of one referral or escalation, as the list of clocks has it.
struct ClockLine {
    std::string what, id, peer, state, case_id;
    casework::Urgency urgency{};
    casework::Deadline deadline;
};
/// All that run or stand still: whoever is told first comes first.
std::vector<ClockLine> clock_lines(std::span<const casework::ReferralRecord> referrals,
                                   std::span<const casework::Escalation> escalations,
                                   const casework::Clocks& clocks, Time now);
void fill_clock(schema::api::ClockView::Builder out, const ClockLine& line);

/// One limit that runs, with the steps that were told and the one that comes.
void fill_deadline(schema::api::ClockView::Builder out, const casework::Deadline& deadline);

/// A node that could help, with why or why not.
void fill_choice(schema::api::ChoiceView::Builder out, const casework::Choice& choice);

}  // namespace sanad::api
