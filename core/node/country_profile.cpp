#include "core/node/country_profile.h"

#include "core/federation/directory.h"
#include "core/node/files.h"
#include "core/node/settings.h"

#include <algorithm>
#include <array>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

// In the order of the page's own default; ary-Arab has been called ary.
constexpr std::array<std::string_view, 7> languages_of_the_page{
    "ar", "ary-Arab", "ary-Latn", "fr", "zgh-Tfng", "zgh-Latn", "en"};

// Of what the country speaks and what its children may write, what the page has; the country's
// first language first.
std::vector<std::string> page_languages(std::vector<std::string> spoken,
                                        const std::vector<std::string>& expected) {
    spoken.insert(spoken.end(), expected.begin(), expected.end());
    std::ranges::replace(spoken, std::string("ary"), std::string("ary-Arab"));
    std::vector<std::string> page;
    for (const auto language : languages_of_the_page)
        if (std::ranges::find(spoken, language) != spoken.end()) page.emplace_back(language);
    if (const auto first = std::ranges::find(page, spoken.empty() ? std::string() : spoken.front());
        first != page.end())
        std::rotate(page.begin(), first, first + 1);
    return page;
}

// Installed, beside taxonomy/; in the source tree, beside config/.
fs::path countries_in(const fs::path& share) {
    std::error_code fault;
    for (const fs::path& folder : {share / "countries", share / ".." / "nodes" / "countries"})
        if (fs::is_directory(folder, fault)) return folder.lexically_normal();
    return share / "countries";
}

bool is_country_code(std::string_view code) {
    return code.size() == 2 &&
           std::ranges::all_of(code, [](char c) { return c >= 'a' && c <= 'z'; });
}

NameInLanguages read_words(Settings settings) {
    return {settings.required("en", "Child helpline"), settings.required("fr", "Ligne d'aide"),
            settings.required("ar", "خط مساعدة الأطفال")};
}

}  // namespace

std::vector<std::string> known_countries(const fs::path& share) {
    std::vector<std::string> codes;
    std::error_code fault;
    for (const auto& entry : fs::directory_iterator(countries_in(share), fault))
        if (is_country_code(entry.path().filename().string()))
            codes.push_back(entry.path().filename().string());
    std::ranges::sort(codes);
    return codes;
}

Result<CountryProfile> load_country(const fs::path& share, std::string_view code) {
    const fs::path countries = countries_in(share);
    const auto no_country = [&] {
        std::string known;
        for (const std::string& one : known_countries(share))
            known += (known.empty() ? "" : ", ") + one;
        const std::string where =
            "no country profile " + json_string(code) + " in " + countries.string();
        if (known.empty())
            return fail(Fault::not_found,
                        where + ": name the folder with taxonomy/ and countries/ with --share");
        return fail(Fault::not_found, where + ": use one of " + known);
    };
    if (!is_country_code(code)) return no_country();
    const fs::path file = countries / code / "country.toml";
    const auto text = read_file(file, toml_bytes_max, FileTrust::any);
    if (!text && text.error().fault == Fault::not_found) return no_country();
    if (!text) return std::unexpected(text.error());
    const auto document = parse_toml(*text, file.string());
    if (!document) return std::unexpected(document.error());

    Problems problems(file.string());
    Settings root(&*document, {}, "", problems);
    CountryProfile profile;
    profile.code = code;
    profile.node.text = root.text("node", std::string(code) + ".helpline");
    profile.languages = root.texts("languages", federation::node_languages_max);
    profile.page_languages = page_languages(
        profile.languages, root.texts("expected_languages", federation::node_languages_max));
    profile.helpline = read_words(root.table("name"));
    root.tables("number", emergency_numbers_max, [&](Settings& settings) {
        profile.numbers.push_back(
            {settings.required("number", "190"), read_words(settings.table("label"))});
    });
    root.tables("partner_template", partners_max, [&](Settings& settings) {
        profile.partners.push_back({settings.required("id", "legal-aid"),
                                    settings.text("plugin", "webhook"),
                                    read_words(settings.table("name"))});
        settings.texts("services", federation::node_services_max);
        settings.texts("languages", federation::node_languages_max);
    });
    if (!problems.none()) return fail(Fault::invalid, problems.text());
    return profile;
}

}  // namespace sanad::node
