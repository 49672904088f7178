#include "plugins/channels/webchat/page.h"

#include "plugins/channels/webchat/assets.h"
#include "plugins/channels/webchat/frames.h"

namespace sanad::webchat {
namespace {

std::string_view template_of(std::string_view language) {
    if (language == "fr") return page_fr_template();
    if (language == "en") return page_en_template();
    return language == "ary" ? page_ary_template() : page_ar_template();
}

std::string_view name_of(std::string_view language) {
    if (language == "fr") return "Français";
    if (language == "en") return "English";
    return language == "ary" ? "الدارجة" : "العربية";
}

std::string tiles(const Settings& settings, std::string_view current) {
    std::string html;
    for (const auto& language : settings.languages) {
        const std::string written = language == "ary" ? "ar" : language;
        html += "<a href=\"/" + language + "\" data-tile=\"" + language + "\" lang=\"" + written +
                "\" dir=\"" + (written == "ar" ? "rtl" : "ltr") + '"' +
                (language == current ? " aria-current=\"true\"" : "") + '>';
        html.append(name_of(language)).append("</a>");
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

std::string render(const Settings& settings, std::string_view language) {
    const std::map<std::string_view, std::string> values = {
        {"helpline", escape_html(settings.helpline.in(language))},
        {"opening", escape_html(settings.opening.in(language))},
        {"exit", escape_html(settings.exit_address)},
        {"numbers", numbers(settings, language)},
        {"no_numbers", settings.numbers.empty() ? " hidden" : ""},
        {"tiles", tiles(settings, language)},
        {"setup", setup(settings, language)},
    };
    std::string_view rest = template_of(language);
    std::string html;
    for (std::size_t open = 0; (open = rest.find("{{")) != rest.npos;) {
        const std::size_t close = rest.find("}}", open);
        html += rest.substr(0, open);
        html += values.at(rest.substr(open + 2, close - open - 2));
        rest.remove_prefix(close + 2);
    }
    return html.append(rest);
}

http::Response file(const http::Request& request, const Asset& asset, std::string_view type) {
    http::Response response;
    response.content_type = type;
    response.headers = {{"Vary", "Accept-Encoding"}};
    const std::string* accepts = request.header("accept-encoding");
    if (accepts && accepts->find("gzip") != accepts->npos) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = asset.gzipped;
    } else {
        response.body = asset.plain;
    }
    return response;
}

}  // namespace

Page::Page(const Settings& settings) {
    for (const auto& language : settings.languages)
        pages_.emplace('/' + language, render(settings, language));
    pages_.emplace("/", pages_.at('/' + settings.languages.front()));
}

http::Response Page::answer(const http::Request& request) const {
    if (request.method != "GET")
        return http::refusal(405, "method_not_allowed", "This page can only be read.");
    if (const auto page = pages_.find(request.path); page != pages_.end()) {
        http::Response response;
        response.content_type = "text/html; charset=utf-8";
        response.body = page->second;
        return response;
    }
    if (request.path == "/app.js")
        return file(request, app_js_asset(), "text/javascript; charset=utf-8");
    if (request.path == "/app.css")
        return file(request, app_css_asset(), "text/css; charset=utf-8");
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
