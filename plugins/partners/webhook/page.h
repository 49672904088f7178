#pragma once

#include "plugins/partners/webhook/json.h"
#include "plugins/partners/webhook/settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The pickup pages as HTML. They work without scripts, at any width, with a screen reader, from
// right to left, and on paper. What a person wrote is only ever text here; web addresses in it are
// shown so that nobody opens them by mistake.
//
// threads  any; keeps no state
namespace sanad::webhook {

/// Why the form is shown again.
enum class Problem { none, old, note, choice, refused, later };

struct Matter {
    std::string short_reference;  // for speaking about it on the telephone; opens nothing
    std::vector<ViewRow> view;
    std::string state;  // of ViewReply
    std::uint8_t urgency = 0;
    std::int64_t created_at_ms = 0;
};

/// The form as it will be shown: empty, or with what the person had written before a problem.
struct FormState {
    std::string token;
    Problem problem = Problem::none;
    std::string status;
    std::string note;
};

struct PageStyle {
    const Settings& settings;
    Language language;
    std::string_view root;  // the way from the page to the door, such as "../"
    std::string keep = {};  // what the links to other languages keep of the query, such as "a=b&"
};

std::string matter_page(const PageStyle& style, const Matter& matter, const FormState& form);
/// After an answer was stored. It shows nothing of the matter, so it needs no look at it.
///
/// status  one of parse_status, or anything: then no status is named
std::string done_page(const PageStyle& style, std::string_view status, std::string_view back);
std::string absent_page(const PageStyle& style);
std::string later_page(const PageStyle& style);

/// The one style sheet of all pages.
std::string_view style_sheet();

/// What the partner may say in that state: all, what follows, or nothing once it has ended.
std::vector<std::string_view> choices_in(std::string_view state);

/// `text` as HTML text or attribute value; control characters but newline and tab are left out.
std::string escape(std::string_view text);

}  // namespace sanad::webhook
