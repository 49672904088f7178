#include "core/casework/form.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace sanad::casework {
namespace {

constexpr std::array<std::string_view, 7> type_names{"choice", "choices", "line", "text",
                                                     "number", "date",    "truth"};

bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= form_id_bytes_max && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
    return number;
}

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto year = number_in(text.substr(0, 4));
    const auto month = number_in(text.substr(5, 2));
    const auto day = number_in(text.substr(8, 2));
    if (!year || !month || !day) return false;
    return std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                       std::chrono::month(*month), std::chrono::day(*day))
        .ok();
}

Result<void> check_value(const FormField& field, const std::string& value,
                         const Taxonomies& taxonomies) {
    switch (field.type) {
        case FieldType::choice:
        case FieldType::choices:
            if (!taxonomies.contains(field.list, value)) return fail(Fault::unsupported, field.id);
            return {};
        case FieldType::line:
            if (const auto sound = check_label(value, answer_bytes_max); !sound)
                return fail(sound.error().fault, field.id);
            return {};
        case FieldType::text:
            if (const auto sound = check_prose(value, answer_bytes_max); !sound)
                return fail(sound.error().fault, field.id);
            return {};
        case FieldType::number: {
            const auto number = number_in(value);
            if (!number || (field.most != 0 && *number > field.most))
                return fail(Fault::malformed, field.id);
            return {};
        }
        case FieldType::date:
            if (!is_date(value)) return fail(Fault::malformed, field.id);
            return {};
        case FieldType::truth:
            if (value != "yes" && value != "no") return fail(Fault::malformed, field.id);
            return {};
    }
    return fail(Fault::unsupported, field.id);
}

const FormField* find(const Form& form, std::string_view id) {
    const auto field = std::ranges::find(form.fields, id, &FormField::id);
    return field == form.fields.end() ? nullptr : &*field;
}

}  // namespace

std::string_view name(FieldType type) {
    const auto place = static_cast<std::size_t>(type);
    return place < type_names.size() ? type_names[place] : std::string_view{};
}

Result<FieldType> field_type_from(std::string_view name) {
    const auto found = std::ranges::find(type_names, name);
    if (found == type_names.end()) return fail(Fault::unsupported, "type");
    return static_cast<FieldType>(found - type_names.begin());
}

Result<Form> changed(Form form, const FormChange& change) {
    for (const std::string& id : change.removed)
        if (std::erase_if(form.fields, [&](const FormField& field) { return field.id == id; }) == 0)
            return fail(Fault::not_found, id);
    for (const auto& [field, after] : change.placed) {
        const auto same = std::ranges::find(form.fields, field.id, &FormField::id);
        if (same != form.fields.end() && after.empty()) {
            *same = field;
            continue;
        }
        if (same != form.fields.end()) form.fields.erase(same);
        auto place = form.fields.end();
        if (!after.empty()) {
            place = std::ranges::find(form.fields, after, &FormField::id);
            if (place == form.fields.end()) return fail(Fault::not_found, after);
            ++place;
        }
        form.fields.insert(place, field);
    }
    form.version += (form.version.empty() ? "" : " ") + change.version;
    return form;
}

Result<void> check_form(const Form& form, const Taxonomies& taxonomies) {
    if (form.fields.size() > form_fields_max) return fail(Fault::bad_size, "fields");
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
        const FormField& field = form.fields[i];
        if (!is_id(field.id)) return fail(Fault::malformed, field.id);
        if (find(form, field.id) != &field) return fail(Fault::conflict, field.id);
        for (const auto* label : {&field.english, &field.french, &field.arabic})
            if (const auto sound = check_label(*label, form_label_bytes_max); !sound)
                return fail(sound.error().fault, field.id);
        const bool from_list = field.type == FieldType::choice || field.type == FieldType::choices;
        if (from_list != !field.list.empty()) return fail(Fault::malformed, field.id);
        if (from_list && taxonomies.find(field.list) == nullptr)
            return fail(Fault::not_found, field.id);
        if (field.type == FieldType::choices && field.most > answer_values_max)
            return fail(Fault::bad_size, field.id);
    }
    return {};
}

Result<void> check_answers(const Form& form, std::span<const FormAnswer> answers,
                           const Taxonomies& taxonomies) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const FormAnswer& answer = answers[i];
        const FormField* field = find(form, answer.field);
        if (field == nullptr) return fail(Fault::not_found, answer.field);
        if (std::ranges::find(answers.first(i), answer.field, &FormAnswer::field) !=
            answers.first(i).end())
            return fail(Fault::conflict, answer.field);
        const std::size_t most = field->type != FieldType::choices ? 1
                                 : field->most != 0                ? field->most
                                                                   : answer_values_max;
        if (answer.values.size() > most) return fail(Fault::bad_size, answer.field);
        for (const std::string& value : answer.values)
            if (const auto fits = check_value(*field, value, taxonomies); !fits) return fits;
    }
    return {};
}

std::vector<FormAnswer> merged(std::vector<FormAnswer> before, std::span<const FormAnswer> given) {
    for (const FormAnswer& answer : given) {
        std::erase_if(before, [&](const FormAnswer& old) { return old.field == answer.field; });
        if (!answer.values.empty()) before.push_back(answer);
    }
    return before;
}

const FormField* missing(const Form& form, std::span<const FormAnswer> answers) {
    for (const FormField& field : form.fields)
        if (field.needed &&
            std::ranges::find(answers, field.id, &FormAnswer::field) == answers.end())
            return &field;
    return nullptr;
}

}  // namespace sanad::casework
