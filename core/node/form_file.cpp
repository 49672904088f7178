#include "core/node/form_file.h"

#include "core/node/files.h"
#include "core/node/settings.h"
#include "core/node/toml_document.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using casework::FieldType;
using casework::Form;
using casework::FormChange;

constexpr ::mode_t form_mode = 0600;
constexpr std::array<std::string_view, 7> types{"choice", "choices", "line", "text",
                                                "number", "date",    "truth"};
constexpr std::int64_t most_max = 1'000'000;

casework::FormField read_field(Settings& settings) {
    casework::FormField field;
    field.id = settings.required("id", "school");
    const auto type = casework::field_type_from(types[settings.choice("type", types, 2)]);
    field.type = type.value_or(FieldType::line);
    field.list = settings.text("list");
    auto label = settings.table("label");
    field.english = label.required("en", "School");
    field.french = label.required("fr", "École");
    field.arabic = label.required("ar", "المدرسة");
    label.finish();
    field.most = static_cast<std::uint32_t>(settings.number("most", 0, 0, most_max));
    field.needed = settings.truth("needed", false);
    return field;
}

/// The change in a file; none when there is no such file.
Result<std::optional<FormChange>> change_in(const fs::path& file, FileTrust trust) {
    const auto text = read_file(file, form_bytes_max, trust);
    if (!text && text.error().fault == Fault::not_found) return std::nullopt;
    if (!text) return std::unexpected(text.error());
    auto change = parse_form(*text, file.string());
    if (!change) return std::unexpected(change.error());
    return std::move(*change);
}

fs::path own_file(const Configuration& configuration) { return configuration.folder / "form.toml"; }

Result<Form> applied(Form form, const FormChange& change, const std::string& file,
                     const casework::Taxonomies& taxonomies) {
    const auto named = [&](const Error& error) {
        return fail(error.fault, file + ": field " + error.detail +
                                     (error.fault == Fault::not_found
                                          ? ": no such field, or no such list of words"
                                          : ": it is not as a field must be"));
    };
    auto next = casework::changed(std::move(form), change);
    if (!next) return named(next.error());
    if (const auto sound = casework::check_form(*next, taxonomies); !sound)
        return named(sound.error());
    return next;
}

}  // namespace

Result<FormChange> parse_form(std::string_view text, const std::string& file) {
    if (text.size() > form_bytes_max) return fail(Fault::bad_size, file + ": it is too long");
    const auto document = parse_toml(std::string(text), file);
    if (!document) return std::unexpected(document.error());
    Problems problems(file);
    Settings root(&*document, {}, "", problems);
    FormChange change;
    change.version = root.required("version", "1");
    change.removed = root.texts("remove", casework::form_fields_max);
    root.tables("field", casework::form_fields_max, [&](Settings& settings) {
        auto field = read_field(settings);
        change.placed.push_back({std::move(field), settings.text("after")});
    });
    root.finish();
    if (!problems.none()) return fail(Fault::invalid, problems.text());
    return change;
}

Result<Form> load_form(const Configuration& configuration, const casework::Taxonomies& taxonomies,
                       const std::string* own) {
    std::string country = configuration.country;
    std::ranges::transform(country, country.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    Form form;
    const std::pair<fs::path, FileTrust> files[] = {
        {configuration.share / "forms" / "case.toml", FileTrust::any},
        {configuration.share / "countries" / country / "form.toml", FileTrust::any}};
    for (const auto& [file, trust] : files) {
        const auto change = change_in(file, trust);
        if (!change) return std::unexpected(change.error());
        if (!*change) continue;
        auto next = applied(std::move(form), **change, file.string(), taxonomies);
        if (!next) return next;
        form = std::move(*next);
    }
    const auto file = own_file(configuration);
    if (own) {
        const auto change = parse_form(*own, "form.toml");
        if (!change) return std::unexpected(change.error());
        return applied(std::move(form), *change, "form.toml", taxonomies);
    }
    const auto change = change_in(file, FileTrust::own);
    if (!change) return std::unexpected(change.error());
    return *change ? applied(std::move(form), **change, file.string(), taxonomies) : form;
}

Result<Form> install_form(const Configuration& configuration,
                          const casework::Taxonomies& taxonomies, const std::string& own) {
    auto form = load_form(configuration, taxonomies, &own);
    if (!form) return form;
    if (const auto written = replace_file(own_file(configuration), own, form_mode); !written)
        return std::unexpected(written.error());
    return form;
}

}  // namespace sanad::node
