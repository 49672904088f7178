#include "plugins/channels/email/quoting.h"

#include "plugins/channels/email/headers.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace sanad::email {
namespace {

struct Line {
    std::string_view text;
    std::string_view words;  // without spaces and direction marks around them
};
using Lines = std::vector<Line>;

constexpr std::size_t attribution_lines_max = 3;  // "On ... wrote:" may be broken
constexpr std::size_t attribution_bytes_max = 400;

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Direction marks stand before the words of Arabic lines.
std::string_view plain(std::string_view line) {
    for (bool more = true; more;) {
        more = false;
        line = trim(line);
        if (line.empty() || (is_ascii(line.front()) && is_ascii(line.back()))) break;
        for (const std::string_view mark : {"\u200E", "\u200F", "\u202A", "\u202B", "\u202C",
                                            "\u2067", "\u2068", "\u2069", "\u00A0", "\uFEFF"}) {
            if (line.starts_with(mark)) line.remove_prefix(mark.size()), more = true;
            if (line.ends_with(mark)) line.remove_suffix(mark.size()), more = true;
        }
    }
    return line;
}

Lines lines_of(std::string_view text) {
    Lines lines;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        lines.push_back({line, plain(line)});
        at = end + 1;
    }
    return lines;
}

bool is_quote(const Line& line) { return line.words.starts_with('>'); }
bool is_empty(const Line& line) { return line.words.empty(); }

// The words that end the line above a quote, and those that it begins with. A line must have a
// number as well: the date. So "my sister wrote:" stays a sentence.
bool is_attribution(std::string_view line) {
    if (line.size() > attribution_bytes_max || line.find_first_of("0123456789") == line.npos) {
        const bool arabic_digits = line.find("\xD9\xA0") != line.npos ||
                                   line.find("\xD9\xA1") != line.npos ||
                                   line.find("\xD9\xA2") != line.npos;
        if (line.size() > attribution_bytes_max || !arabic_digits) return false;
    }
    const auto ends = [&](std::string_view end) { return line.ends_with(end); };
    const auto has = [&](std::string_view word) { return line.find(word) != line.npos; };
    if (begins_ignoring_case(line, "on ") && (ends("wrote:") || ends("wrote :"))) return true;
    if (begins_ignoring_case(line, "le ") &&
        (ends("a écrit :") || ends("a écrit:") || ends("a écrit\u00A0:")))
        return true;
    if ((ends(":") || ends("‏:")) && (has("كتب") || has("كتبت")) &&
        (has("في") || has("بتاريخ") || has("يوم") || has("،") || has("@")))
        return true;
    return begins_ignoring_case(line, "el ") && (ends("escribió:") || ends("escribió :"));
}

// Where an attribution ends that may be broken over some lines; its first line is `at`.
std::optional<std::size_t> attribution_end(const Lines& lines, std::size_t at) {
    const auto first = lines[at].words;
    const bool may_begin = begins_ignoring_case(first, "on ") ||
                           begins_ignoring_case(first, "le ") ||
                           begins_ignoring_case(first, "el ") ||
                           (!first.empty() && (!is_ascii(first.front()) || first.ends_with(':')));
    if (!may_begin) return {};
    std::string joined;
    for (std::size_t i = at; i < std::min(lines.size(), at + attribution_lines_max); ++i) {
        if (is_empty(lines[i]) || is_quote(lines[i])) return {};
        joined += (joined.empty() ? "" : " ") + std::string(lines[i].words);
        if (is_attribution(joined)) return i + 1;
    }
    return {};
}

bool is_dashed(std::string_view line, std::initializer_list<std::string_view> words) {
    if (!line.starts_with("--") || !line.ends_with("--")) return false;
    while (line.starts_with('-')) line.remove_prefix(1);
    while (line.ends_with('-')) line.remove_suffix(1);
    return std::ranges::any_of(
        words, [&](std::string_view word) { return same_ignoring_case(trim(line), word); });
}

// A message that is passed on is what somebody wants to show.
bool is_passed_on(std::string_view line) {
    return is_dashed(line, {"forwarded message", "message transféré", "رسالة معاد توجيهها",
                            "الرسالة المعاد توجيهها", "mensaje reenviado"}) ||
           begins_ignoring_case(line, "begin forwarded message") ||
           begins_ignoring_case(line, "début du message");
}

// From: ... Sent: ... under a line, as Outlook puts it.
bool is_header_list(const Lines& lines, std::size_t at) {
    constexpr std::string_view names[] = {
        "from:", "sent:",       "to:",     "subject:", "date:",   "cc:",     "de :",
        "de:",   "envoyé :",    "envoyé:", "à :",      "à:",      "objet :", "objet:",
        "من:",   "تم الإرسال:", "إلى:",    "الموضوع:", "التاريخ:"};
    const auto first = lines[at].words;
    const bool begins = begins_ignoring_case(first, "from:") ||
                        begins_ignoring_case(first, "*from:") || first.starts_with("De :") ||
                        first.starts_with("De\u00A0:") || first.starts_with("De:") ||
                        first.starts_with("من:");
    if (!begins) return false;
    std::size_t found = 0;
    for (std::size_t i = at; i < std::min(lines.size(), at + 6); ++i) {
        std::string line(lines[i].words);
        std::erase(line, '*');
        for (std::size_t nbsp; (nbsp = line.find("\u00A0")) != std::string::npos;)
            line.replace(nbsp, 2, " ");
        found += std::ranges::any_of(
            names, [&](std::string_view name) { return begins_ignoring_case(line, name); });
    }
    return found >= 3;
}

bool is_rule(std::string_view line) {
    return line.size() >= 4 && line.find_first_not_of("_-") == line.npos;
}

// All below is an earlier message.
bool begins_earlier(const Lines& lines, std::size_t at) {
    if (is_dashed(lines[at].words, {"original message", "message d'origine", "message d’origine",
                                    "message original", "الرسالة الأصلية", "mensaje original"}))
        return true;
    if (is_header_list(lines, at)) return true;
    return is_rule(lines[at].words) && at + 1 < lines.size() && is_header_list(lines, at + 1);
}

std::string joined(const Lines& lines, std::size_t from, std::size_t to) {
    while (from < to && is_empty(lines[from])) ++from;
    while (to > from && is_empty(lines[to - 1])) --to;
    std::string text;
    for (std::size_t i = from; i < to; ++i) (text += lines[i].text) += i + 1 < to ? "\n" : "";
    return text;
}

bool has_words(const Lines& lines, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
        if (!is_empty(lines[i])) return true;
    return false;
}

// A quote with its attribution: lines [begin, end).
struct Block {
    std::size_t begin = 0, end = 0;
};

std::vector<Block> blocks_of(const Lines& lines) {
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < lines.size();) {
        std::size_t begin = i, next = attribution_end(lines, i).value_or(i);
        while (next < lines.size() && next > i && is_empty(lines[next])) ++next;
        if (next >= lines.size() || !is_quote(lines[next])) {
            ++i;
            continue;
        }
        std::size_t end = next;
        for (; next < lines.size() && (is_quote(lines[next]) || is_empty(lines[next])); ++next)
            if (is_quote(lines[next])) end = next + 1;
        blocks.push_back({begin, end});
        i = end;
    }
    return blocks;
}

}  // namespace

Folded fold_quotes(std::string_view text) {
    const Lines lines = lines_of(text);
    const Folded all{std::string(text), {}};
    std::size_t end = lines.size();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (is_passed_on(lines[i].words)) return all;
        if (end == lines.size() && begins_earlier(lines, i)) end = i;
    }
    const Lines upper(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(end));
    const auto blocks = blocks_of(upper);
    std::size_t begin = 0, last = end;
    if (!blocks.empty() && !has_words(lines, blocks.back().end, end)) last = blocks.back().begin;
    // Under the quote: only when it is the one quote, and nothing stands above it.
    if (last == end && blocks.size() == 1 && !has_words(lines, 0, blocks.front().begin))
        begin = blocks.front().end;
    Folded folded{joined(lines, begin, last), {}};
    if (folded.fresh.empty()) return all;
    const auto above = joined(lines, 0, begin), below = joined(lines, last, lines.size());
    folded.quoted = above + (above.empty() || below.empty() ? "" : "\n\n") + below;
    return folded;
}

}  // namespace sanad::email
