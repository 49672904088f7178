#pragma once

#include "core/base/result.h"
#include "core/casework/taxonomy.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The case form as data: what a helpline asks beyond what every case has. A form is a list of typed
// fields, shipped once, changed by a country and by the helpline itself. Whoever loads a file hands
// the form over; nothing here opens one.
namespace sanad::casework {

inline constexpr std::size_t form_fields_max = 60;
inline constexpr std::size_t form_id_bytes_max = 40;
inline constexpr std::size_t form_label_bytes_max = 200;
inline constexpr std::size_t answer_bytes_max = 4000;  // of one value
inline constexpr std::size_t answer_values_max = 20;

enum class FieldType : std::uint8_t {
    choice,   // one of a list of words
    choices,  // at most `most` of them
    line,     // a text of one line
    text,     // a longer text
    number,   // a whole number, 0..`most`
    date,     // 2026-01-31
    truth,    // "yes" or "no"
};
/// The word in a form's file. errors  unsupported
std::string_view name(FieldType type);
Result<FieldType> field_type_from(std::string_view name);

struct FormField {
    std::string id;  // [a-z0-9_], never used again for something else
    FieldType type = FieldType::line;
    std::string list;  // of choice and choices: a list of words
    std::string english, french, arabic;
    std::uint32_t most = 0;  // 0: as many as the type may have
    bool needed = false;     // a case closes only with it
    bool operator==(const FormField&) const = default;
};

struct Form {
    std::string version;  // "1", and what a country and a helpline made of it: "1 ma-2 own-5"
    std::vector<FormField> fields;  // in their order
    bool operator==(const Form&) const = default;
};

/// What a country or a helpline changes: fields that go, and fields that come or take the place of
/// the one with their id. A new one stands behind `after`, or at the end.
struct FormChange {
    std::string version;
    std::vector<std::string> removed;
    struct Placed {
        FormField field;
        std::string after;
    };
    std::vector<Placed> placed;
};

/// errors  not_found: a field to remove, or to stand behind, is not there; detail: its id
Result<Form> changed(Form form, const FormChange& change);

/// errors  bad_size, malformed, conflict (an id twice), not_found (a list); detail: the field's id
Result<void> check_form(const Form& form, const Taxonomies& taxonomies);

struct FormAnswer {
    std::string field;
    std::vector<std::string> values;
    bool operator==(const FormAnswer&) const = default;
};

/// Whether the answers fit the form: each to a field that is there, of its type.
///
/// errors   not_found (no such field), conflict (answered twice), unsupported (not in its list),
///          malformed, bad_size; detail: the field's id
/// threads  any
Result<void> check_answers(const Form& form, std::span<const FormAnswer> answers,
                           const Taxonomies& taxonomies);

/// `before` with `given` in the place of what was answered to the same fields. An empty answer is
/// taken away. What was answered to fields that the form has no more stays.
std::vector<FormAnswer> merged(std::vector<FormAnswer> before, std::span<const FormAnswer> given);

/// The first field that a case needs before it closes and that has no answer; nullptr: none.
const FormField* missing(const Form& form, std::span<const FormAnswer> answers);

}  // namespace sanad::casework
