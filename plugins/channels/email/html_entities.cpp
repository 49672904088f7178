#include "plugins/channels/email/html_entities.h"

#include "plugins/channels/email/charset.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace sanad::email {
namespace {

struct Entity {
    std::string_view name;
    char32_t character;
};

// U+00A0..00FF in their order.
constexpr std::string_view latin[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};
static_assert(std::size(latin) == 96);

constexpr Entity others[] = {
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},     {"OElig", 0x152},   {"oelig", 0x153},   {"Scaron", 0x160},
    {"scaron", 0x161},  {"Yuml", 0x178},    {"fnof", 0x192},    {"circ", 0x2C6},
    {"tilde", 0x2DC},   {"ensp", ' '},      {"emsp", ' '},      {"thinsp", ' '},
    {"zwnj", 0x200C},   {"zwj", 0x200D},    {"lrm", 0x200E},    {"rlm", 0x200F},
    {"ndash", 0x2013},  {"mdash", 0x2014},  {"lsquo", 0x2018},  {"rsquo", 0x2019},
    {"sbquo", 0x201A},  {"ldquo", 0x201C},  {"rdquo", 0x201D},  {"bdquo", 0x201E},
    {"dagger", 0x2020}, {"bull", 0x2022},   {"hellip", 0x2026}, {"permil", 0x2030},
    {"lsaquo", 0x2039}, {"rsaquo", 0x203A}, {"euro", 0x20AC},   {"trade", 0x2122},
    {"larr", 0x2190},   {"rarr", 0x2192},   {"minus", 0x2212},  {"hearts", 0x2665}};

constexpr std::size_t entity_bytes_max = 12;

std::optional<char32_t> of_number(std::string_view digits) {
    const int base = digits.starts_with('x') || digits.starts_with('X') ? 16 : 10;
    if (base == 16) digits.remove_prefix(1);
    std::uint32_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
    if (error != std::errc() || stop != end || digits.empty()) return {};
    // What Windows has at C1 is meant where it is written.
    if (number >= 0x80 && number < 0xA0)
        return number == 0x92 ? 0x2019 : number == 0x80 ? 0x20AC : ' ';
    return number < 0x20 && number != '\n' && number != '\t' ? U' ' : static_cast<char32_t>(number);
}

std::optional<char32_t> character_of(std::string_view name) {
    if (name.starts_with('#')) return of_number(name.substr(1));
    if (const auto* found = std::ranges::find(latin, name); found != std::end(latin))
        return found == std::begin(latin) ? U' ' : 0xA0 + static_cast<char32_t>(found - latin);
    const auto* found = std::ranges::find(others, name, &Entity::name);
    return found == std::end(others) ? std::nullopt : std::optional(found->character);
}

}  // namespace

std::string decode_entities(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto sign = std::min(text.find('&'), text.size());
        out += text.substr(0, sign);
        text.remove_prefix(sign);
        if (text.empty()) break;
        const auto end = text.substr(0, entity_bytes_max).find(';');
        const auto character =
            end == text.npos ? std::nullopt : character_of(text.substr(1, end - 1));
        if (character)
            append_utf8(out, *character);
        else
            out += '&';
        text.remove_prefix(character ? end + 1 : 1);
    }
    return out;
}

}  // namespace sanad::email
