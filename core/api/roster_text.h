#pragma once

#include "core/base/ids.h"
#include "core/casework/roster.h"
#include "schemas/api.capnp.h"

#include <string>
#include <string_view>
#include <vector>

namespace sanad::api {

/// Hours as people write them: `mon-fri 20:00-08:00`, `sat 00:00-24:00`, `mon,wed 9:00-12:00`. Over
/// midnight the rest falls on the next day. errors  malformed
Result<std::vector<casework::DutyHours>> parse_hours(std::string_view text);
/// One stretch, as parse_hours() reads it.
std::string format_hours(const casework::DutyHours& hours);

/// errors  malformed: hours or a time · bad_size
Result<casework::Roster> roster_from(schema::api::RosterView::Reader in);
void fill_roster(schema::api::RosterView::Builder out, const NodeId& node,
                 const casework::Roster& roster, Time now);

}  // namespace sanad::api
