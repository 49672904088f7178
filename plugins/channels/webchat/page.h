#pragma once

#include "plugins/channels/webchat/settings.h"
#include "plugins/shared/http/server.h"

#include <map>
#include <string>

namespace sanad::webchat {

/// The page and its files, made once from the configuration.
///
/// threads  any; never changes
class Page {
public:
    explicit Page(const Settings& settings);

    /// GET of "/", "/ar", "/ary", "/fr", "/en" (also readable without scripts), "/app.js",
    /// "/app.css", "/icon.svg", "/favicon.ico"; anything else is 404 or 405.
    http::Response answer(const http::Request& request) const;

private:
    std::map<std::string, std::string, std::less<>> pages_;  // path -> HTML
};

/// `text` as it may stand in HTML, in an element or in a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace sanad::webchat
