#pragma once

#include <string_view>

// The page's files, built by web/build.mjs into assets.cpp.
namespace sanad::webchat {

struct Asset {
    std::string_view plain;
    std::string_view gzipped;
};

Asset app_js_asset();
Asset icon_svg_asset();

/// HTML with the texts of one language in place; {{helpline}} and the like stand for what the
/// configuration and the conversation say. Empty: no such language.
///
/// language  ary-Arab, ary-Latn, ar, fr, zgh-Tfng, zgh-Latn or en
std::string_view page_template(std::string_view language);

/// One text of the page, such as "tooLong". Empty: there is none of that name.
std::string_view page_text(std::string_view language, std::string_view key);

/// What a Content-Security-Policy calls the style in the page: "sha256-...".
std::string_view style_hash();

}  // namespace sanad::webchat
