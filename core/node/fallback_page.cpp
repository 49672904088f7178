#include "core/node/fallback_page.h"

#include "core/base/html.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <string_view>
#include <vector>

namespace sanad::node {
namespace {

using Steady = std::chrono::steady_clock;

// The number that a line such as "Police: 19" or "Police : 19." ends with; empty: none.
std::string number_of(std::string_view line) {
    if (line.ends_with('.')) line.remove_suffix(1);
    const std::size_t colon = line.rfind(": ");  // and not that of a time
    if (colon == line.npos) return {};
    std::string number;
    for (const char c : line.substr(colon + 1)) {
        if ((c >= '0' && c <= '9') || (c == '+' && number.empty()))
            number += c;
        else if (c != ' ' && c != '-')
            return {};
    }
    return number.size() < 2 ? std::string() : number;
}

// A text of some lines; who is in danger taps a number instead of copying it.
std::string article(std::string_view language, std::string_view direction,
                    const std::string& text) {
    std::string lines;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        const std::string number = number_of(line);
        lines += number.empty()
                     ? "<p>" + escape_html(line) + "</p>"
                     : "<p><a href=\"tel:" + number + "\">" + escape_html(line) + "</a></p>";
    }
    return "<article lang=\"" + std::string(language) + "\" dir=\"" + std::string(direction) +
           "\">" + lines + "</article>\n";
}

// The colours of the chat page. It looks again by itself: the chat may be back.
constexpr std::string_view head =
    "<!doctype html>\n<html lang=\"ar\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"refresh\" content=\"60\">\n<title>Notes</title>\n<style>\n"
    "body{margin:0;padding:1.5rem;background:#f3f7f6;color:#16302d;"
    "font:1.125rem/1.6 system-ui,\"Noto Sans\",\"Noto Sans Arabic\",sans-serif}\n"
    "article{max-width:38rem;margin:0 auto 1rem;padding:.5rem 1.25rem;background:#fff;"
    "border:1px solid #cfdcd9;border-radius:.75rem}\n"
    "a{display:inline-block;min-height:44px;color:#0c6b60;font-weight:600}\n"
    "@media(prefers-color-scheme:dark){body{background:#101917;color:#e7f1ee}"
    "article{background:#192624;border-color:#35504b}a{color:#7fd6c5}}\n"
    "</style></head>\n<body>\n";

// One who came: is answered as soon as something came from them, and has a moment to read.
struct Visit {
    Descriptor socket;
    Steady::time_point until;
    std::size_t sent = 0;
    bool heard = false;
    bool over = false;
};

// Whether somebody who speaks HTTP has come. To others, such as a gateway that speaks lines, a page
// would be a message.
bool asks_for_a_page(std::string_view said) {
    constexpr std::array<std::string_view, 5> methods{"GET ", "HEAD ", "POST ", "OPTIONS ", "PUT "};
    return std::ranges::any_of(methods,
                               [&](std::string_view method) { return said.starts_with(method); });
}

void hear(Visit& visit) {
    std::array<char, 4096> said;
    const ssize_t got = ::recv(visit.socket.get(), said.data(), said.size(), MSG_DONTWAIT);
    if (got == 0) visit.over = true;
    if (got <= 0 || visit.heard) return;
    visit.heard = asks_for_a_page({said.data(), static_cast<std::size_t>(got)});
    visit.over = !visit.heard;
}

void say(Visit& visit, const std::string& answer) {
    if (visit.sent >= answer.size()) return;
    const ssize_t got = ::send(visit.socket.get(), answer.data() + visit.sent,
                               answer.size() - visit.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (got > 0) visit.sent += static_cast<std::size_t>(got);
    // The visitor closes: what it still sends must not turn our answer into a broken connection.
    if (visit.sent == answer.size()) ::shutdown(visit.socket.get(), SHUT_WR);
}

}  // namespace

std::string FallbackPage::answer(const NameInLanguages& text) {
    const std::string page = std::string(head) + article("ar", "rtl", text.ar) +
                             article("fr", "ltr", text.fr) + article("en", "ltr", text.en) +
                             "</body></html>\n";
    return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n"
           "Content-Length: " +
           std::to_string(page.size()) +
           "\r\nConnection: close\r\nRetry-After: 60\r\nCache-Control: no-store\r\n"
           "Content-Security-Policy: default-src 'none'; style-src "
           "'unsafe-inline'\r\nX-Content-Type-Options: nosniff\r\n"
           "Referrer-Policy: no-referrer\r\n\r\n" +
           page;
}

FallbackPage::FallbackPage(Descriptor listening, const NameInLanguages& text)
    : listening_(std::move(listening)),
      answer_(answer(text)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { serve(); }) {}

FallbackPage::~FallbackPage() {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

void FallbackPage::serve() {
    std::list<Visit> visits;
    for (;;) {
        const bool room = visits.size() < fallback_visitors_max;
        std::vector<pollfd> watched{{stop_.get(), POLLIN, 0},
                                    {room ? listening_.get() : -1, POLLIN, 0}};
        for (const Visit& visit : visits)
            watched.push_back(
                {visit.socket.get(),
                 static_cast<short>(visit.heard && visit.sent < answer_.size() ? POLLIN | POLLOUT
                                                                               : POLLIN),
                 0});
        ::poll(watched.data(), watched.size(), visits.empty() ? -1 : 100);
        if (watched[0].revents != 0) return;
        auto ready = watched.begin() + 2;
        for (Visit& visit : visits) {
            if ((ready->revents & POLLIN) != 0) hear(visit);
            if (visit.heard) say(visit, answer_);
            if ((ready->revents & (POLLERR | POLLHUP)) != 0 || Steady::now() > visit.until)
                visit.over = true;
            ++ready;
        }
        std::erase_if(visits, [](const Visit& visit) { return visit.over; });
        if (watched[1].revents == 0) continue;
        Descriptor socket(
            ::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) visits.push_back({std::move(socket), Steady::now() + fallback_visit_max});
    }
}

}  // namespace sanad::node
