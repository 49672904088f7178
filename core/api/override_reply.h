#pragma once

#include "core/api/overrides.h"
#include "core/api/reply_text.h"

namespace sanad::api {

/// Who asks for what, and since when; why is read where it is decided.
inline void fill_override_head(schema::api::OverrideView::Builder out, const Override& override) {
    out.setId(text(format(override.id)));
    out.setCase(text(format(override.case_id)));
    out.setTo(text(override.to));
    out.setState(text(std::string(name(override.state))));
    out.setRequestedBy(text(override.requested_by));
    out.setRequestedAt(text(format_time(override.requested_at)));
}

}  // namespace sanad::api
