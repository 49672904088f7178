#include "plugins/partners/webhook/pickup.h"

#include "plugins/partners/webhook/callback.h"
#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/form.h"

#include <algorithm>
#include <utility>

namespace sanad::webhook {
namespace {

constexpr std::size_t key_bytes = 16;
constexpr std::size_t short_reference_letters = 6;
constexpr std::size_t reference_letters = 22;
constexpr std::string_view policy =
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

std::string_view value_of(const http::Request& request, std::string_view name) {
    const std::string* value = request.header(name);
    return value ? std::string_view(*value) : std::string_view();
}

std::string query_value(const http::Request& request, const std::string& field) {
    const auto fields = parse_form(request.query);
    if (!fields) return {};
    const auto found = fields->find(field);
    return found == fields->end() ? std::string() : found->second;
}

Language language_of(const Settings& settings, const http::Request& request) {
    const auto asked = parse_language(query_value(request, "lang"));
    if (asked && std::ranges::count(settings.languages, *asked) > 0) return *asked;
    return choose_language(settings.languages, value_of(request, "Accept-Language"));
}

/// A browser that says so tells us that another site sent the form.
bool of_another_site(const http::Request& request) {
    const auto site = value_of(request, "Sec-Fetch-Site");
    return !site.empty() && site != "same-origin" && site != "none";
}

/// Browsers send the line ends of a form as CR LF.
std::string with_plain_line_ends(std::string text) {
    std::erase(text, '\r');
    return text;
}

bool reads(const http::Request& request) {
    return request.method == "GET" || request.method == "HEAD";
}

http::Response only(std::string methods) {
    auto refused = http::refusal(405, "method_not_allowed", "This address is not used like that.");
    refused.headers.emplace_back("Allow", std::move(methods));
    return refused;
}

}  // namespace

struct Pickup::Visit {
    const http::Request& request;
    std::string letters;    // the reference as in the link
    std::string reference;  // 16 bytes
    PageStyle style;
    std::int64_t now_s;
};

http::Response html_response(unsigned status, std::string html) {
    http::Response response;
    response.status = status;
    response.content_type = "text/html; charset=utf-8";
    response.body = std::move(html);
    response.headers = {{"Content-Security-Policy", std::string(policy)},
                        {"X-Robots-Tag", "noindex, nofollow, noarchive"}};
    return response;
}

Pickup::Pickup(const Settings& settings, plugin::Host& host)
    : settings_(settings),
      host_(host),
      form_key_(hmac_sha256(settings.seed, "sanad/webhook/form-key/v1")) {}

http::Response Pickup::answer(const http::Request& request, std::string_view path,
                              std::int64_t now_s) {
    if (path == ".css") {
        if (!reads(request)) return only("GET, HEAD");
        http::Response sheet;
        sheet.content_type = "text/css; charset=utf-8";
        sheet.body = style_sheet();
        return sheet;
    }
    PageStyle style{settings_, language_of(settings_, request), "../", {}};
    if (path.starts_with('/')) path.remove_prefix(1);
    const std::string_view letters = path.substr(0, reference_letters);
    const std::string_view rest = path.substr(letters.size());
    const auto reference = parse_reference(letters);
    if (!reference || (!rest.empty() && rest != "/done")) return absent(style);
    if (!rest.empty()) {
        if (!reads(request)) return only("GET, HEAD");
        const auto status = parse_status(query_value(request, "status"));
        const std::string_view said = status ? name(*status) : std::string_view();
        style.root = "../../";
        if (status) style.keep = "status=" + std::string(said) + "&";
        const std::string back =
            "../" + std::string(letters) + "?lang=" + std::string(tag(style.language));
        return html_response(200, done_page(style, said, back));
    }
    const Visit visit{request, std::string(letters), *reference, style, now_s};
    if (request.method == "POST") return take(visit);
    if (!reads(request)) return only("GET, HEAD, POST");
    return show(visit, 200, {});
}

http::Response Pickup::absent(const PageStyle& style) const {
    return html_response(404, absent_page(style));
}

http::Response Pickup::show(const Visit& visit, unsigned status, FormState form) {
    const auto found = host_.view(visit.reference);
    if (!found && found.status() == SANAD_E_NOT_FOUND) return absent(visit.style);
    const auto rows = found ? parse_view(plugin::view_of(found->getView())) : parse_view("");
    if (!rows) {
        host_.log(SANAD_LOG_WARN, "webhook.view_failed",
                  {{"status", std::to_string(found.status())}});
        return html_response(503, later_page(visit.style));
    }
    Matter matter;
    matter.short_reference = visit.letters.substr(0, short_reference_letters);
    matter.view = *rows;
    matter.state = plugin::view_of(found->getState());
    matter.urgency = found->getUrgency();
    matter.created_at_ms = found->getCreatedAtMs();
    form.token = make_form_token(form_key_, visit.reference, visit.now_s);
    return html_response(status, matter_page(visit.style, matter, form));
}

http::Response Pickup::take(const Visit& visit) {
    const auto type = value_of(visit.request, "Content-Type");
    if (!type.starts_with("application/x-www-form-urlencoded"))
        return http::refusal(415, "not_a_form", "This address takes the form of its page.");
    const auto fields = parse_form(visit.request.body);
    if (!fields)
        return http::refusal(422, "form_malformed", "The form is not as its page made it.");
    const auto field = [&](const char* name) {
        const auto found = fields->find(name);
        return found == fields->end() ? std::string() : found->second;
    };
    FormState form;
    form.status = field("status");
    form.note = with_plain_line_ends(field("note"));
    if (!is_utf8(form.note)) form.note.clear();
    const auto again = [&](unsigned status, Problem problem) {
        form.problem = problem;
        return show(visit, status, form);
    };

    form.token = field("token");
    if (of_another_site(visit.request) ||
        !check_form_token(form_key_, visit.reference, form.token, visit.now_s))
        return again(403, Problem::old);
    const auto status = parse_status(form.status);
    if (!status) return again(422, Problem::choice);
    if (!is_note(form.note)) return again(422, Problem::note);
    return store(visit, form, {visit.reference, *status, form.note});
}

http::Response Pickup::store(const Visit& visit, const FormState& form, const Report& report) {
    const auto again = [&](unsigned status, Problem problem) {
        FormState shown = form;
        shown.problem = problem;
        return show(visit, status, std::move(shown));
    };
    // The same form sent twice has the same key; the same page with another answer has not.
    std::string named = "sanad/webhook/pickup/v1:" + form.token + ":";
    named.append(name(report.status)).append(":").append(report.note);
    const auto told = host_.status(report.reference, sha256(named).substr(0, key_bytes),
                                   report.status, report.note, "pickup");
    host_.log(SANAD_LOG_INFO, "webhook.pickup",
              {{"status", name(report.status)}, {"stored", told ? "yes" : "no"}});
    if (!told) switch (refusal_of(told.status()).status) {
            case 404:
                return absent(visit.style);
            case 409:
            case 422:
            case 403:
                return again(409, Problem::refused);
            default:
                return again(503, Problem::later);
        }
    http::Response done = html_response(303, "");
    done.headers.emplace_back("Location", visit.letters +
                                              "/done?status=" + std::string(name(report.status)) +
                                              "&lang=" + std::string(tag(visit.style.language)));
    return done;
}

}  // namespace sanad::webhook
