#pragma once

#include "plugins/partners/webhook/language.h"

#include <array>
#include <string_view>

namespace sanad::webhook {

/// Every text of the pickup page in one language.
struct Words {
    std::string_view title, for_partner, reference, urgency, raised_at, state;
    std::array<std::string_view, 5> urgency_names;                          // U0..U4
    std::array<std::string_view, 5> act_by;                                 // empty for U4
    std::string_view sent, acknowledged, in_progress, completed, declined;  // states
    std::string_view shared_heading, shared_care, shared_nothing;
    std::string_view answer_heading, answer_closed;
    std::string_view say_acknowledged, say_in_progress, say_completed, say_declined;
    std::string_view note, note_hint, send;
    std::string_view problem_old, problem_note, problem_choice, problem_refused, problem_later;
    std::string_view done_title, done_text, done_back;
    std::string_view absent_title, absent_text, later_title, later_text;
    std::string_view yes, no, list_comma, language_heading;
};

const Words& words(Language language);

/// The label of a field of a disclosed view, such as "age_band"; empty when it is not a known one.
std::string_view field_label(Language language, std::string_view field);

/// The words for a code that a view may hold, such as "content_removal"; empty when it is no code.
std::string_view value_label(Language language, std::string_view value);

}  // namespace sanad::webhook
