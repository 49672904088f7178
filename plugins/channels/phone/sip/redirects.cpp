#include "plugins/channels/phone/sip/redirects.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <re.h>

namespace sanad::phone {
namespace {

constexpr std::string_view redirection = "SIP/2.0 3";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_contact(std::string_view name) {
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
    return std::ranges::equal(name, std::string_view{"contact"}, {}, lower) ||
           std::ranges::equal(name, std::string_view{"m"}, {}, lower);
}

void trace(bool sent, sip_transp, const sa*, const sa*, const std::uint8_t* packet,
           std::size_t size, void*) {
    if (sent) return;
    // The bytes are the library's own buffer, which it has parsed but not yet acted on.
    spoil_redirect({const_cast<char*>(reinterpret_cast<const char*>(packet)), size});
}

}  // namespace

void spoil_redirect(std::span<char> message) {
    const std::string_view text{message.data(), message.size()};
    if (!text.starts_with(redirection)) return;
    bool contact = false;
    for (std::size_t at = text.find('\n'); at != text.npos && at + 1 < text.size();) {
        const auto from = at + 1;
        at = text.find('\n', from);
        const auto line = text.substr(from, at == text.npos ? at : at - from);
        if (line.empty() || line == "\r") return;  // the body
        const bool goes_on = line[0] == ' ' || line[0] == '\t';
        const auto colon = line.find(':');
        if (!goes_on) contact = colon != line.npos && is_contact(line.substr(0, colon));
        if (!contact) continue;
        for (auto byte = goes_on ? 0 : colon + 1; byte < line.size(); ++byte)
            if (line[byte] != '\r') message[from + byte] = ' ';
    }
}

void refuse_redirects(sip* stack) { sip_set_trace_handler(stack, trace); }

}  // namespace sanad::phone
