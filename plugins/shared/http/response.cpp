#include "plugins/shared/http/response.h"

#include <algorithm>
#include <cctype>

namespace sanad::http {
namespace {

bool equal_fold(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const char* reason(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

void append_json_text(std::string& to, std::string_view text) {
    for (const char c : text) {
        if (c == '"' || c == '\\') to += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) to += c;
    }
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equal_fold(key, name)) return &value;
    return nullptr;
}

Response refusal(unsigned status, std::string_view code, std::string_view sentence) {
    Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = R"({"error":")";
    append_json_text(response.body, code);
    response.body += R"(","message":")";
    append_json_text(response.body, sentence);
    response.body += "\"}\n";
    if (status == 405) response.headers = {{"Allow", "GET, HEAD, POST"}};
    if (status == 426) response.headers = {{"Sec-WebSocket-Version", "13"}};
    if (status == 429 || status == 503) response.headers = {{"Retry-After", "5"}};
    return response;
}

const Headers& security_headers() {
    static const Headers headers = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
         "require-trusted-types-for 'script'"},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy",
         "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), "
         "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
         "payment=(), picture-in-picture=(), publickey-credentials-get=(), "
         "screen-wake-lock=(), usb=(), xr-spatial-tracking=()"},
    };
    return headers;
}

std::string serialise(const Response& response, const Sending& sending) {
    std::string out =
        "HTTP/1.1 " + std::to_string(response.status) + ' ' + reason(response.status) + "\r\n";
    const auto line = [&out](std::string_view name, std::string_view value) {
        // A line end inside a value would begin a header of somebody else's choice.
        if (value.find_first_of("\r\n", 0) != value.npos) return;
        out.append(name).append(": ").append(value).append("\r\n");
    };
    const auto given = [&](std::string_view name) {
        return std::ranges::any_of(response.headers,
                                   [&](const auto& h) { return equal_fold(h.first, name); });
    };
    for (const auto& [name, value] : security_headers())
        if (!given(name)) line(name, value);
    if (sending.tls) line("Strict-Transport-Security", "max-age=31536000");
    for (const auto& [name, value] : response.headers) line(name, value);
    if (!response.content_type.empty() && !response.body.empty())
        line("Content-Type", response.content_type);
    if (response.status != 204 && response.status != 304)
        line("Content-Length", std::to_string(response.body.size()));
    line("Connection", sending.keep_alive ? "keep-alive" : "close");
    out += "\r\n";
    if (!sending.head_only && response.status != 204 && response.status != 304)
        out += response.body;
    return out;
}

}  // namespace sanad::http
