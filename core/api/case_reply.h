#pragma once

#include "core/api/reply_text.h"
#include "core/casework/case.h"

namespace sanad::api {

/// What may be told of a case to whoever may not open it: enough to ask for it.
inline void fill_case_head(schema::api::CaseView::Builder out, const casework::CaseFile& file) {
    out.setId(text(format(file.id)));
    out.setCode(text(file.code));
    out.setStatus(text(std::string(casework::name(file.status))));
    out.setUrgency(text(std::string(casework::name(file.urgency))));
    out.setCreatedAt(text(format_time(file.created_at)));
    out.setUpdatedAt(text(format_time(file.updated_at)));
    out.setAssignedTo(text(file.assigned_to));
}

}  // namespace sanad::api
