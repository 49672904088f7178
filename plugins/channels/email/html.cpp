#include "plugins/channels/email/html.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/headers.h"
#include "plugins/channels/email/html_entities.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

namespace sanad::email {
namespace {

using Names = std::initializer_list<std::string_view>;

constexpr std::size_t depth_max = 200;      // open elements that are remembered
constexpr std::size_t quote_depth_max = 8;  // of quotes that are drawn
constexpr std::size_t address_bytes_max = 2'000;
constexpr std::size_t alt_bytes_max = 200;

bool is_one_of(std::string_view name, Names names) {
    return std::ranges::find(names, name) != names.end();
}

bool is_block(std::string_view name) {
    return is_one_of(
        name,
        {"p",       "div",    "h1", "h2",         "h3",  "h4",      "h5",      "h6",     "ul",
         "ol",      "table",  "tr", "blockquote", "pre", "section", "article", "header", "footer",
         "address", "center", "dl", "dt",         "dd",  "form",    "li",      "body"});
}

bool makes_gap(std::string_view name) {
    return is_one_of(
        name, {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"});
}

// Their words are for machines.
bool is_dropped(std::string_view name) {
    return is_one_of(
        name, {"script", "style", "head", "title", "template", "object", "iframe", "svg",
               "noscript", "select", "textarea", "audio", "video", "canvas", "applet", "math"});
}

bool is_raw(std::string_view name) {
    return is_one_of(name, {"script", "style", "title", "textarea", "iframe"});
}

bool is_void(std::string_view name) {
    return is_one_of(name, {"br", "hr", "img", "input", "meta", "link", "base", "area", "col",
                            "embed", "source", "track", "wbr", "param"});
}

struct Tag {
    std::string name;
    bool closing = false, hidden = false;
    std::string href, alt;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Writing that a reader would not see: a trick of trackers, or of somebody who writes to a machine.
bool hides(std::string_view style) {
    std::string plain = lower(style);
    std::erase_if(plain, is_space);
    for (const auto sign : {"display:none", "visibility:hidden", "font-size:0", "max-height:0",
                            "opacity:0;", "mso-hide:all"})
        if (const auto at = plain.find(sign); at != std::string::npos) {
            const auto next = at + std::string_view(sign).size();
            const bool ends_in_zero = plain[next - 1] == '0';
            if (!ends_in_zero || next >= plain.size() ||
                (plain[next] != '.' && (plain[next] < '0' || plain[next] > '9')))
                return true;
        }
    return plain.ends_with("opacity:0");
}

void take_attribute(Tag& tag, std::string_view name, std::string_view value) {
    if (name == "href") tag.href = trim(decode_entities(value.substr(0, address_bytes_max)));
    if (name == "alt") tag.alt = decode_text(decode_entities(value.substr(0, alt_bytes_max)));
    if (name == "hidden") tag.hidden = true;
    if (name == "style" && hides(decode_entities(value.substr(0, address_bytes_max))))
        tag.hidden = true;
}

// `<name attributes>` at `at`, which moves behind it.
Tag take_tag(std::string_view html, std::size_t& at) {
    Tag tag;
    ++at;
    if (at < html.size() && html[at] == '/') tag.closing = true, ++at;
    const auto name_end = std::min(html.find_first_of(" \t\r\n\f/>", at), html.size());
    tag.name = lower(html.substr(at, std::min<std::size_t>(name_end - at, 32)));
    at = name_end;
    while (at < html.size() && html[at] != '>') {
        if (is_space(html[at]) || html[at] == '/') {
            ++at;
            continue;
        }
        const auto end = std::min(html.find_first_of(" \t\r\n\f/>=", at + 1), html.size());
        const std::string name = lower(html.substr(at, std::min<std::size_t>(end - at, 32)));
        at = end;
        while (at < html.size() && is_space(html[at])) ++at;
        std::string_view value;
        if (at < html.size() && html[at] == '=') {
            ++at;
            while (at < html.size() && is_space(html[at])) ++at;
            const char quote = at < html.size() ? html[at] : '\0';
            const bool quoted = quote == '"' || quote == '\'';
            if (quoted) ++at;
            const auto value_end = std::min(
                quoted ? html.find(quote, at) : html.find_first_of(" \t\r\n\f>", at), html.size());
            value = html.substr(at, value_end - at);
            at = std::min(value_end + (quoted ? 1 : 0), html.size());
        }
        take_attribute(tag, name, value);
    }
    if (at < html.size()) ++at;
    return tag;
}

class Page {
public:
    explicit Page(std::string_view html) : html_(html) {}

    std::string read() {
        while (at_ < html_.size()) {
            if (html_[at_] == '<')
                markup();
            else
                words();
        }
        return std::move(out_);
    }

private:
    struct Open {
        std::string name, href;
        std::size_t begin = 0;  // of a link's words in out_
        bool hidden = false, quote = false;
    };

    bool hidden() const { return hidden_ > 0; }

    void markup() {
        const auto rest = html_.substr(at_);
        if (rest.starts_with("<!--")) return skip_behind("-->");
        if (rest.starts_with("<!") || rest.starts_with("<?")) return skip_behind(">");
        const bool named = rest.size() > 1 && (rest[1] == '/' || (rest[1] | 0x20) >= 'a') &&
                           (rest[1] | 0x20) <= 'z';
        const bool closing = rest.size() > 2 && rest[1] == '/';
        if (!named && !closing) {
            character('<');
            ++at_;
            return;
        }
        const Tag tag = take_tag(html_, at_);
        if (tag.closing)
            close(tag.name);
        else
            open(tag);
    }

    void skip_behind(std::string_view end) {
        const auto found = html_.find(end, at_);
        at_ = found == html_.npos ? html_.size() : found + end.size();
    }

    void open(const Tag& tag) {
        if (tag.name == "body") close("head");  // many leave it open
        if (is_block(tag.name)) line(makes_gap(tag.name));
        if (!hidden()) mark_up(tag);
        if (is_void(tag.name) || stack_.size() >= depth_max) return;
        if (is_one_of(tag.name, {"p", "li", "tr", "td", "th"})) close_same(tag.name);
        Open one{tag.name, tag.href, out_.size(), tag.hidden || is_dropped(tag.name),
                 tag.name == "blockquote"};
        hidden_ += one.hidden;
        quotes_ += one.quote;
        pre_ += tag.name == "pre";
        stack_.push_back(std::move(one));
        if (is_raw(tag.name)) skip_raw(tag.name);
    }

    // What an element is in text.
    void mark_up(const Tag& tag) {
        if (tag.name == "br")
            line_end();
        else if (tag.name == "hr")
            line(false), add("----"), line(false);
        else if (tag.name == "li")
            add("- "), after_mark_ = true;
        else if (tag.name == "td" || tag.name == "th")
            cell();
        else if (tag.name == "img" && !tag.alt.empty())
            add('[' + tag.alt + ']');
    }

    void close(const std::string& name) {
        const auto found = std::ranges::find(stack_.rbegin(), stack_.rend(), name, &Open::name);
        if (found == stack_.rend()) {
            if (name == "p") line(true);
            return;
        }
        while (true) {
            const Open one = std::move(stack_.back());
            stack_.pop_back();
            ended(one);
            if (one.name == name) break;
        }
    }

    void close_same(std::string_view name) {
        if (!stack_.empty() && stack_.back().name == name) close(std::string(name));
    }

    void ended(const Open& one) {
        if (one.name == "a" && !hidden()) link(one);
        hidden_ -= one.hidden;
        quotes_ -= one.quote;
        pre_ -= one.name == "pre";
        if (is_block(one.name)) line(makes_gap(one.name));
    }

    void link(const Open& one) {
        const bool shows = one.href.starts_with("http:") || one.href.starts_with("https:") ||
                           one.href.starts_with("mailto:") || one.href.starts_with("tel:");
        const auto words = trim(std::string_view(out_).substr(std::min(one.begin, out_.size())));
        const auto bare =
            one.href.substr(one.href.starts_with("http") ? 0 : one.href.find(':') + 1);
        if (!shows || words == bare || words == one.href) return;
        add(words.empty() ? '<' + bare + '>' : " <" + bare + '>');
    }

    void cell() {
        while (!fresh_ && out_.ends_with(' ')) out_.pop_back();
        if (!fresh_ && !out_.ends_with('|')) add(" | ");
    }

    void skip_raw(const std::string& name) {
        const std::string end = "</" + name;
        while (at_ < html_.size() && !begins_ignoring_case(html_.substr(at_), end)) {
            const auto next = html_.find('<', at_ + 1);
            at_ = next == html_.npos ? html_.size() : next;
        }
    }

    void words() {
        const auto end = std::min(html_.find('<', at_), html_.size());
        const auto text = html_.substr(at_, end - at_);
        at_ = end;
        if (hidden()) return;
        if (text.find('&') == text.npos)
            characters(text);
        else
            characters(decode_entities(text));
    }

    void characters(std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find_first_of(" \t\r\n\f", at), text.size());
            if (end > at) add(text.substr(at, end - at));
            for (at = end; at < text.size() && is_space(text[at]);) character(text[at++]);
        }
    }

    void character(char c) {
        if (hidden()) return;
        if (pre_ > 0 && c == '\n') return line_end();
        if (pre_ > 0 && c != '\r') return add({&c, 1});
        if (!is_space(c)) return add({&c, 1});
        if (!fresh_ && out_.back() != ' ') out_ += ' ';
    }

    void add(std::string_view text) {
        if (std::exchange(fresh_, false)) out_ += quote_mark();
        out_ += text;
    }

    std::string quote_mark() const {
        const auto depth =
            std::min<std::size_t>(static_cast<std::size_t>(quotes_), quote_depth_max);
        return depth == 0 ? std::string() : std::string(depth, '>') + ' ';
    }

    void line_end() {
        if (hidden()) return;
        while (!out_.empty() && out_.back() == ' ') out_.pop_back();
        out_ += '\n';
        fresh_ = true;
    }

    // A block begins or ends: on a line of its own, after an empty one if `gap`.
    void line(bool gap) {
        if (hidden() || out_.empty()) return;
        if (std::exchange(after_mark_, false) && out_.ends_with("- ")) return;
        while (!out_.empty() && out_.back() == ' ') out_.pop_back();
        if (!out_.ends_with('\n')) out_ += '\n';
        if (gap && !out_.ends_with("\n\n")) out_ += '\n';
        fresh_ = true;
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::string out_;
    std::vector<Open> stack_;
    int hidden_ = 0, quotes_ = 0, pre_ = 0;
    bool after_mark_ = false;  // "- " was just written
    bool fresh_ = true;        // nothing is on this line yet
};

}  // namespace

std::string text_of_html(std::string_view html) {
    std::string text = Page(html.substr(0, html_bytes_max)).read();
    text.erase(std::min(text.find_last_not_of(" \n\t") + 1, text.size()));
    text.erase(0, std::min(text.find_first_not_of('\n'), text.size()));
    return text;
}

}  // namespace sanad::email
