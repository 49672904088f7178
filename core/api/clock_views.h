#pragma once

#include "core/casework/clocks.h"
#include "core/casework/cover.h"
#include "schemas/api.capnp.h"

namespace sanad::api {

/// One limit that runs, with the steps that were told and the one that comes.
void fill_deadline(schema::api::ClockView::Builder out, const casework::Deadline& deadline);

/// A node that could help, with why or why not.
void fill_choice(schema::api::ChoiceView::Builder out, const casework::Choice& choice);

}  // namespace sanad::api
