#include "plugins/partners/webhook/page.h"

#include "plugins/partners/webhook/event.h"
#include "plugins/partners/webhook/page_words.h"

#include <algorithm>

namespace sanad::webhook {
namespace {

/// Characters, not bytes: two bytes each in Arabic, so that note_bytes_max is not passed there.
constexpr std::string_view note_characters_max = "1000";

std::string element(std::string_view name, std::string_view attributes, std::string_view content) {
    std::string html = "<";
    html.append(name);
    if (!attributes.empty()) html.append(" ").append(attributes);
    return html.append(">").append(content).append("</").append(name).append(">");
}

/// "https://" becomes "hxxps://": to be read, not to be opened.
std::string defang(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("http://") || rest.starts_with("https://")) {
            result += "hxxp";
            at += 3;
        } else {
            result += text[at];
        }
    }
    return result;
}

std::string language_links(const PageStyle& style) {
    std::string html;
    for (const Language language : style.settings.languages) {
        const std::string code(tag(language));
        if (language == style.language)
            html +=
                "<strong lang=\"" + code + "\">" + std::string(own_name(language)) + "</strong>";
        else
            html += "<a hreflang=\"" + code + "\" lang=\"" + code + "\" href=\"?" +
                    escape(style.keep) + "lang=" + code + "\">" + std::string(own_name(language)) +
                    "</a>";
    }
    const auto& text = words(style.language);
    return element("nav", "aria-label=\"" + std::string(text.language_heading) + "\"", html);
}

std::string page(const PageStyle& style, std::string_view title, std::string_view content) {
    const bool rtl = style.language == Language::ar;
    std::string html = "<!doctype html>\n<html lang=\"";
    html.append(tag(style.language)).append("\" dir=\"").append(rtl ? "rtl" : "ltr");
    html.append("\"><head><meta charset=\"utf-8\"><title>").append(title);
    html.append(
        "</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\">"
        "<link rel=\"stylesheet\" href=\"");
    html.append(style.root).append("pickup.css\"></head><body><header><p class=\"helpline\">");
    html.append(escape(style.settings.helpline[index_of(style.language)])).append("</p>");
    html.append(language_links(style)).append("</header><main>").append(content);
    return html.append("</main></body></html>\n");
}

std::string_view state_text(const Words& text, std::string_view state) {
    if (state == "acknowledged") return text.acknowledged;
    if (state == "in_progress") return text.in_progress;
    if (state == "completed") return text.completed;
    if (state == "declined") return text.declined;
    return text.sent;
}

std::string_view choice_text(const Words& text, std::string_view status) {
    if (status == "acknowledged") return text.say_acknowledged;
    if (status == "in_progress") return text.say_in_progress;
    if (status == "completed") return text.say_completed;
    if (status == "declined") return text.say_declined;
    return {};
}

std::string fact(std::string_view label, std::string_view html) {
    return element("div", "", element("dt", "", label) + element("dd", "", html));
}

std::string facts(const PageStyle& style, const Matter& matter) {
    const auto& text = words(style.language);
    const std::size_t level = std::min<std::size_t>(matter.urgency, text.act_by.size() - 1);
    std::string urgency = element("span", "class=\"level\"", text.urgency_names[level]);
    if (!text.act_by[level].empty())
        urgency += " " + element("span", "class=\"act\"", text.act_by[level]);
    const std::string when = format_time(matter.created_at_ms);
    const std::string shown = when.substr(0, 10) + " " + when.substr(11, 5) + " UTC";
    std::string html = fact(text.urgency, urgency);
    html += fact(text.for_partner, element("bdi", "", escape(style.settings.partner)));
    html += fact(text.state, state_text(text, matter.state));
    html += fact(text.raised_at, element("time", "dir=\"ltr\" datetime=\"" + when + "\"", shown));
    html += fact(text.reference, element("code", "dir=\"ltr\"", escape(matter.short_reference)));
    return element("dl", "class=\"facts u" + std::to_string(level) + "\"", html);
}

/// "age_band" has a label; of another one its own name is shown, as words.
std::string label_of(Language language, const std::vector<std::string>& path) {
    std::string html;
    for (const std::string& key : path) {
        if (!html.empty()) html += " – ";
        const auto label = field_label(language, key);
        if (!label.empty()) {
            html += label;
            continue;
        }
        std::string words_of_key = key;
        std::ranges::replace(words_of_key, '_', ' ');
        html += element("bdi", "", escape(words_of_key));
    }
    return html;
}

std::string value_of(Language language, const std::string& value) {
    const Words& text = words(language);
    if (value == "true") return std::string(text.yes);
    if (value == "false") return std::string(text.no);
    const auto label = value_label(language, value);
    return label.empty() ? escape(defang(value)) : std::string(label);
}

/// One value runs in its own direction; a list runs in the page's, each of its values in its own.
std::string values_of(Language language, const ViewRow& row) {
    if (row.values.size() == 1)
        return element("dd", "dir=\"auto\"", value_of(language, row.values.front()));
    std::string html;
    for (const std::string& value : row.values) {
        if (!html.empty()) html += words(language).list_comma;
        html += element("bdi", "", value_of(language, value));
    }
    return element("dd", "", html);
}

std::string shared(const PageStyle& style, const Matter& matter) {
    const auto& text = words(style.language);
    std::string html = element("h2", "", text.shared_heading);
    if (matter.view.empty()) return html + element("p", "", text.shared_nothing);
    std::string rows;
    for (const ViewRow& row : matter.view)
        rows += element(
            "div", "",
            element("dt", "", label_of(style.language, row.path)) + values_of(style.language, row));
    html += element("dl", "class=\"view\"", rows);
    return html + element("p", "class=\"care\"", text.shared_care);
}

std::string_view problem_text(const Words& text, Problem problem) {
    switch (problem) {
        case Problem::none:
            return {};
        case Problem::old:
            return text.problem_old;
        case Problem::note:
            return text.problem_note;
        case Problem::choice:
            return text.problem_choice;
        case Problem::refused:
            return text.problem_refused;
        case Problem::later:
            return text.problem_later;
    }
    return {};
}

std::string radio(const Words& text, std::string_view status, bool checked) {
    std::string input = "<input type=\"radio\" name=\"status\" required value=\"";
    input.append(status).append(checked ? "\" checked>" : "\">");
    return element("label", "", input + element("span", "", choice_text(text, status)));
}

std::string answer(const PageStyle& style, const Matter& matter, const FormState& form) {
    const auto& text = words(style.language);
    const auto choices = choices_in(matter.state);
    std::string html = element("h2", "id=\"answer\"", text.answer_heading);
    if (choices.empty()) return html + element("p", "", text.answer_closed);
    const bool chosen = std::ranges::count(choices, std::string_view(form.status)) > 0;
    std::string radios;
    for (const auto status : choices)
        radios += radio(text, status, chosen ? status == form.status : status == choices.front());
    std::string fields = "<input type=\"hidden\" name=\"token\" value=\"" + form.token + "\">";
    fields += element("fieldset", "aria-labelledby=\"answer\"", radios);
    fields += element("label", "class=\"note\" for=\"note\"", text.note);
    fields += element("p", "id=\"hint\" class=\"hint\"", text.note_hint);
    fields += element("textarea",
                      "id=\"note\" name=\"note\" rows=\"4\" dir=\"auto\" aria-describedby=\"hint\" "
                      "autocomplete=\"off\" maxlength=\"" +
                          std::string(note_characters_max) + "\"",
                      escape(form.note));
    fields += element("button", "type=\"submit\"", text.send);
    return html + element("form", "method=\"post\" accept-charset=\"utf-8\"", fields);
}

}  // namespace

std::string matter_page(const PageStyle& style, const Matter& matter, const FormState& form) {
    const auto& text = words(style.language);
    std::string html = element("h1", "", text.title);
    if (form.problem != Problem::none)
        html += element("p", "class=\"problem\" role=\"alert\"", problem_text(text, form.problem));
    html += facts(style, matter);
    html += element("section", "", shared(style, matter));
    html += element("section", "class=\"answer\"", answer(style, matter, form));
    return page(style, text.title, html);
}

std::string done_page(const PageStyle& style, std::string_view status, std::string_view back) {
    const auto& text = words(style.language);
    std::string html = element("h1", "", text.done_title);
    const auto said = choice_text(text, status);
    if (!said.empty())
        html += element("p", "class=\"done\" role=\"status\"",
                        std::string(text.done_text) + " " + element("strong", "", said));
    html += element("p", "", element("a", "href=\"" + escape(back) + "\"", text.done_back));
    return page(style, text.title, html);
}

std::string absent_page(const PageStyle& style) {
    const auto& text = words(style.language);
    return page(style, text.title,
                element("h1", "", text.absent_title) + element("p", "", text.absent_text));
}

std::string later_page(const PageStyle& style) {
    const auto& text = words(style.language);
    return page(style, text.title,
                element("h1", "", text.later_title) + element("p", "", text.later_text));
}

std::vector<std::string_view> choices_in(std::string_view state) {
    if (state == "completed" || state == "declined") return {};
    if (state == "acknowledged" || state == "in_progress")
        return {"in_progress", "completed", "declined"};
    return {"acknowledged", "in_progress", "completed", "declined"};
}

std::string escape(std::string_view text) {
    std::string html;
    html.reserve(text.size());
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
            case '\'':
                html += "&#39;";
                break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                if ((byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t') html += c;
            }
        }
    }
    return html;
}

}  // namespace sanad::webhook
