#pragma once

#include "plugins/channels/webchat/frames.h"
#include "plugins/channels/webchat/settings.h"
#include "plugins/shared/http/server.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sanad::webchat {

/// What a page shows of a conversation, for somebody whose browser runs no scripts.
struct Shown {
    std::string token{};  // empty: none yet
    std::string code{};   // to come back with; empty: none
    std::string cid{};    // names the next message
    std::vector<Line> lines{};
    std::string state = "idle";  // and what is said of it: a key of web/texts.json
    std::string notice{};        // the same; empty: none
    std::string text{};          // given back, to be changed
    Standing standing{};
    bool wrong = false;  // the code that was typed opens nothing
    bool felt = false;   // the survey has been answered
    bool press = false;  // the next message needs one tap more, and this was it
};

/// The page and its files, made once from the configuration.
///
/// threads  any; never changes
class Page {
public:
    explicit Page(const Settings& settings);

    /// GET of "/", "/ar", "/fr" and so on, one for each language of the configuration, "/app.js",
    /// "/icon.svg", "/favicon.ico"; anything else is 404 or 405.
    http::Response answer(const http::Request& request) const;

    /// The page with a conversation in it. language  as in the configuration; else its first
    http::Response show(std::string_view language, const Shown& shown) const;

private:
    // Literal HTML, then the name of what the conversation puts behind it; the last has no name.
    using Template = std::vector<std::pair<std::string, std::string>>;
    static Template prepare(const Settings& settings, const std::string& language);

    std::map<std::string, Template, std::less<>> pages_;  // by language
    std::string first_;
};

/// `text` as it may stand in HTML, in an element or in a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace sanad::webchat
