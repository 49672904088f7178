#pragma once

#include <string_view>

// The page's files, built by web/build.mjs into assets.cpp.
namespace sanad::webchat {

struct Asset {
    std::string_view plain;
    std::string_view gzipped;
};

Asset app_js_asset();
Asset app_css_asset();
Asset icon_svg_asset();

// HTML with the texts of one language in place; {{helpline}}, {{opening}}, {{exit}}, {{numbers}},
// {{no_numbers}}, {{tiles}} and {{setup}} stand for what the configuration says.
std::string_view page_ar_template();
std::string_view page_ary_template();
std::string_view page_fr_template();
std::string_view page_en_template();

}  // namespace sanad::webchat
