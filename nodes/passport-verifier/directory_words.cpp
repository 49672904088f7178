#include "nodes/passport-verifier/directory_words.h"

#include <algorithm>
#include <set>

namespace sanad::verifier {
namespace {

constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view address = "0123456789abcdef:.";

bool is_one_of(char c, std::string_view set) { return set.find(c) != set.npos; }
bool only(std::string_view text, std::string_view set) {
    return std::ranges::all_of(text, [set](char c) { return is_one_of(c, set); });
}

// Calls `use(part, number)` for each part between separators, until one of them is not right.
template <typename Use>
bool each_part(std::string_view text, char separator, Use use) {
    for (std::size_t number = 0;; ++number) {
        const auto part = text.substr(0, text.find(separator));
        if (!use(part, number)) return false;
        if (part.size() == text.size()) return true;
        text.remove_prefix(part.size() + 1);
    }
}

bool is_list(std::string_view list, std::size_t words_max, bool (*is_word)(std::string_view)) {
    std::set<std::string_view> words;
    return each_part(list, ',', [&](std::string_view word, std::size_t) {
        return is_word(word) && words.insert(word).second && words.size() <= words_max;
    });
}

// Decimal in its one form, up to `most`.
bool is_number(std::string_view text, unsigned most) {
    if (text.empty() || text.size() > 5 || !only(text, digits)) return false;
    if (text.size() > 1 && text[0] == '0') return false;
    unsigned value = 0;
    for (const char c : text) value = value * 10 + unsigned(c - '0');
    return value <= most;
}

bool is_host(std::string_view host) {
    if (host.starts_with('['))
        return host.size() >= 4 && host.size() <= 47 && host.ends_with(']') &&
               only(host.substr(1, host.size() - 2), address) && host.find(':') != host.npos;
    if (host.empty() || host.size() > 253) return false;
    if (!only(host.substr(host.rfind('.') + 1), digits))
        return each_part(host, '.',
                         [](auto label, std::size_t) { return is_code(label, 63, '-'); });
    std::size_t parts = 0;
    const auto is_byte = [&](std::string_view part, std::size_t number) {
        parts = number + 1;
        return is_number(part, 255);
    };
    return each_part(host, '.', is_byte) && parts == 4;
}

bool is_endpoint(std::string_view text) {
    constexpr std::string_view scheme = "tcp://";
    const auto colon = text.rfind(':');
    if (text.size() > 280 || !text.starts_with(scheme) || colon < scheme.size()) return false;
    const auto port = text.substr(colon + 1);
    return is_number(port, 65'535) && port != "0" &&
           is_host(text.substr(scheme.size(), colon - scheme.size()));
}

bool is_language(std::string_view tag) {
    return tag.size() <= 35 && each_part(tag, '-', [](std::string_view part, std::size_t number) {
               if (part.size() > 8) return false;
               return number == 0 ? part.size() >= 2 && only(part, lower)
                                  : !part.empty() && std::ranges::all_of(part, [](char c) {
                                        return is_one_of(c, letters) || is_one_of(c, digits);
                                    });
           });
}

bool is_service(std::string_view code) { return is_code(code, 32, '_'); }

}  // namespace

bool are_languages(std::string_view list) { return is_list(list, 16, is_language); }
bool are_services(std::string_view list) { return list.empty() || is_list(list, 32, is_service); }
bool are_endpoints(std::string_view list) { return list.empty() || is_list(list, 8, is_endpoint); }

bool is_code(std::string_view text, std::size_t bytes_max, char mark) {
    return !text.empty() && text.size() <= bytes_max && text.front() != mark &&
           text.back() != mark && std::ranges::all_of(text, [mark](char c) {
               return is_one_of(c, lower) || is_one_of(c, digits) || c == mark;
           });
}

}  // namespace sanad::verifier
