#include "plugins/channels/webchat/page.h"

#include "plugins/channels/webchat/assets.h"
#include "plugins/channels/webchat/code.h"
#include "plugins/channels/webchat/frames.h"
#include "plugins/channels/webchat/token.h"
#include "plugins/shared/http/packed.h"

#include <algorithm>

namespace sanad::webchat {
namespace {

struct Language {
    std::string_view tag;
    std::string_view written;  // the language of most of the page
    std::string_view name;     // in itself
    std::string_view script;   // of the name, for its direction
};
constexpr Language known[] = {
    {"ary-Arab", "ar", "الدارجة", "ar"},   {"ary-Latn", "fr", "Darija", "ltr"},
    {"ar", "ar", "العربية", "ar"},         {"fr", "fr", "Français", "ltr"},
    {"zgh-Tfng", "ar", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "ltr"}, {"zgh-Latn", "fr", "Tamazight", "ltr"},
    {"en", "en", "English", "ltr"}};

const Language& language_of(std::string_view tag) {
    const auto* found = std::ranges::find(known, tag, &Language::tag);
    return found == std::end(known) ? known[2] : *found;
}

std::string tiles(const Settings& settings, std::string_view current) {
    std::string html;
    for (const auto& tag : settings.languages) {
        const Language& language = language_of(tag);
        html += "<a href=\"/" + tag + "\" data-tile=\"" + tag + "\" lang=\"" + tag + "\" dir=\"" +
                (language.script == "ar" ? "rtl" : "ltr") + '"' +
                (tag == current ? " aria-current=\"true\"" : "") + '>';
        html.append(language.name).append("</a>");
    }
    return html;
}

std::string numbers(const Settings& settings, std::string_view language) {
    std::string html;
    for (const auto& [number, label] : settings.numbers) {
        std::string dialled;
        for (const char c : number)
            if (c != ' ') dialled += c == '#' ? "%23" : std::string(1, c);
        html += "<li><a href=\"tel:" + dialled + "\"><b dir=\"ltr\">" + number + "</b><span>" +
                escape_html(label.in(language)) + "</span></a></li>";
    }
    return html;
}

std::string words_json(const Words& words) {
    return R"({"ar":)" + json_text(words.ar) + R"(,"fr":)" + json_text(words.fr) + R"(,"en":)" +
           json_text(words.en) + '}';
}

// JSON inside a script element: "</script>" and "<!--" must not be readable in it.
std::string setup(const Settings& settings, std::string_view language) {
    std::string json = R"({"language":)" + json_text(language) + R"(,"helpline":)" +
                       words_json(settings.helpline) + R"(,"opening":)" +
                       words_json(settings.opening) + R"(,"numbers":[)";
    for (const auto& [number, label] : settings.numbers) {
        if (json.back() != '[') json += ',';
        json += R"({"number":)" + json_text(number) + R"(,"label":)" + words_json(label) + '}';
    }
    json += "]}";
    std::string safe;
    for (const char c : json) safe += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return safe;
}

std::string with_number(std::string_view language, std::string_view key, std::uint32_t number) {
    std::string text(page_text(language, key));
    if (const auto at = text.find("{n}"); at != text.npos)
        text.replace(at, 3, std::to_string(number));
    return text;
}

// Where the person stands, in the words of web/waiting.ts.
std::string place_of(std::string_view language, const Standing& standing) {
    if (standing.position == 0) return {};
    std::string text = standing.position == 1
                           ? std::string(page_text(language, "next"))
                           : with_number(language, "before", standing.position - 1);
    if (standing.wait_seconds > 0)
        text +=
            ' ' + with_number(language, "wait", std::max(1U, (standing.wait_seconds + 30) / 60));
    return text;
}

// In fours, as it is copied by hand.
std::string grouped(const std::string& code) {
    std::string text;
    for (std::size_t at = 0; at < code.size(); at += 4)
        text += (at > 0 ? " " : "") + code.substr(at, 4);
    return text;
}

std::string log_of(std::string_view language, const std::vector<Line>& lines, std::uint64_t read) {
    std::string html;
    for (const auto& line : lines) {
        html += line.from_person ? R"(<article class="message mine received">)"
                                 : R"(<article class="message theirs">)";
        html += "<span class=\"away\">";
        html += escape_html(page_text(language, line.from_person ? "you" : "they"));
        html += ": </span><p dir=\"auto\">" + escape_html(line.text) + "</p>";
        if (line.from_person) {
            html += "<div class=\"meta\">";
            html += escape_html(page_text(language, line.seq <= read ? "seen" : "received"));
            html += "</div>";
        }
        html += "</article>";
    }
    return html;
}

// What the style in the page is called, besides what every answer says.
http::Header policy() {
    http::Header header = http::security_headers().front();
    constexpr std::string_view own = "style-src 'self'";
    const auto at = header.second.find(own);
    if (at != header.second.npos)
        header.second.replace(at, own.size(), "style-src '" + std::string(style_hash()) + "'");
    return header;
}

http::Response file(const http::Request& request, const Asset& asset, std::string_view type) {
    return http::packed(request, type, asset.plain, asset.gzipped);
}

}  // namespace

Page::Page(const Settings& settings) : first_(settings.languages.front()) {
    for (const auto& language : settings.languages)
        pages_.emplace(language, prepare(settings, language));
}

Page::Template Page::prepare(const Settings& settings, const std::string& language) {
    const std::string_view written = language_of(language).written;
    const std::map<std::string_view, std::string> values = {
        {"helpline", escape_html(settings.helpline.in(written))},
        {"opening", escape_html(settings.opening.in(written))},
        {"exit", escape_html(settings.exit_address)},
        {"numbers", numbers(settings, written)},
        {"no_numbers", settings.numbers.empty() ? " hidden" : ""},
        {"tiles", tiles(settings, language)},
        {"setup", setup(settings, language)},
    };
    Template made(1);
    std::string_view rest = page_template(language);
    for (std::size_t open = 0; (open = rest.find("{{")) != rest.npos;) {
        const std::size_t close = rest.find("}}", open);
        const std::string_view name = rest.substr(open + 2, close - open - 2);
        made.back().first += rest.substr(0, open);
        if (const auto value = values.find(name); value != values.end()) {
            made.back().first += value->second;
        } else {
            made.back().second = name;
            made.emplace_back();
        }
        rest.remove_prefix(close + 2);
    }
    made.back().first += rest;
    return made;
}

http::Response Page::show(std::string_view language, const Shown& shown) const {
    auto page = pages_.find(language);
    if (page == pages_.end()) page = pages_.find(first_);
    const std::string& spoken = page->first;
    const auto hidden_if = [](bool hidden) { return std::string(hidden ? " hidden" : ""); };
    const std::map<std::string_view, std::string> values = {
        {"state", escape_html(shown.state)},
        {"said", escape_html(page_text(spoken, shown.state))},
        {"place", escape_html(place_of(spoken, shown.standing))},
        {"log", log_of(spoken, shown.lines, shown.standing.read)},
        {"no_code", hidden_if(shown.code.empty())},
        {"code", shown.code},
        {"digits", grouped(shown.code)},
        {"words", words_of_code(shown.code, language_of(spoken).written)},
        {"return_open", shown.wrong ? " open" : ""},
        {"wrong", escape_html(page_text(spoken, shown.wrong ? "backWrong" : ""))},
        {"no_survey", hidden_if(shown.state != "ended" || shown.felt)},
        {"notice", escape_html(page_text(spoken, shown.notice))},
        {"no_notice", hidden_if(shown.notice.empty())},
        {"no_look", hidden_if(shown.token.empty())},
        {"token", escape_html(shown.token)},
        {"cid", escape_html(shown.cid)},
        {"text", escape_html(shown.text)},
        {"pressed", shown.press ? " name=\"press\" value=\"1\"" : ""},
    };
    http::Response response;
    response.content_type = "text/html; charset=utf-8";
    response.headers = {policy()};
    for (const auto& [literal, name] : page->second) {
        response.body += literal;
        if (!name.empty()) response.body += values.at(name);
    }
    return response;
}

http::Response Page::answer(const http::Request& request) const {
    if (request.method != "GET")
        return http::refusal(405, "method_not_allowed", "This page can only be read.");
    if (request.path == "/") return show(first_, {.cid = make_message_name()});
    // What "/ary-Arab" was called once.
    const std::string_view language =
        request.path == "/ary" ? "ary-Arab" : std::string_view(request.path).substr(1);
    if (pages_.contains(language)) return show(language, {.cid = make_message_name()});
    if (request.path == "/app.js")
        return file(request, app_js_asset(), "text/javascript; charset=utf-8");
    // Once the quick exit has blanked the page, a browser may look for an icon where it always was.
    if (request.path == "/icon.svg" || request.path == "/favicon.ico")
        return file(request, icon_svg_asset(), "image/svg+xml");
    return http::refusal(404, "not_found", "There is nothing at this address.");
}

std::string escape_html(std::string_view text) {
    std::string html;
    for (const char c : text) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            default:
                html += c;
        }
    }
    return html;
}

}  // namespace sanad::webchat
