#include "plugins/channels/webchat/frames.h"

#include "plugins/channels/webchat/code.h"

#include <algorithm>
#include <map>

namespace sanad::webchat {
namespace {

using Value = std::variant<std::string, std::uint64_t>;
using Fields = std::map<std::string, Value, std::less<>>;

void append_utf8(std::string& to, std::uint32_t point) {
    const auto tail = [&](unsigned shift) {
        to += static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
    };
    if (point < 0x80) {
        to += static_cast<char>(point);
    } else if (point < 0x800) {
        to += static_cast<char>(0xC0U | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        to += static_cast<char>(0xE0U | (point >> 12));
        tail(6);
        tail(0);
    } else {
        to += static_cast<char>(0xF0U | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

// Reads `{"key":"text","key":123}`. The input is valid UTF-8: the server checked it.
class Reader {
public:
    explicit Reader(std::string_view json) : rest_(json) {}

    std::optional<Fields> object() {
        Fields fields;
        if (!take('{')) return {};
        if (take('}')) return end(std::move(fields));
        do {
            auto key = text();
            if (!key || !take(':')) return {};
            auto value = read_value();
            if (!value || fields.size() == fields_max) return {};
            if (!fields.emplace(std::move(*key), std::move(*value)).second) return {};
        } while (take(','));
        if (!take('}')) return {};
        return end(std::move(fields));
    }

private:
    std::optional<Fields> end(Fields fields) {
        skip_space();
        return rest_.empty() ? std::optional(std::move(fields)) : std::nullopt;
    }

    void skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }

    bool take(char wanted) {
        skip_space();
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<Value> read_value() {
        skip_space();
        if (rest_.starts_with('"')) {
            auto found = text();
            return found ? std::optional<Value>(std::move(*found)) : std::nullopt;
        }
        const auto end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        if (end == 0 || end > 15) return {};  // below 2^53: exact in the page too
        std::uint64_t number = 0;
        for (const char digit : rest_.substr(0, end))
            number = number * 10 + std::uint64_t(digit - '0');
        rest_.remove_prefix(end);
        return Value(number);
    }

    std::optional<std::string> text() {
        if (!take('"')) return {};
        std::string out;
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') return out;
            if (static_cast<unsigned char>(c) < 0x20) return {};
            if (c != '\\')
                out += c;
            else if (!escape(out))
                return {};
        }
        return {};
    }

    bool escape(std::string& out) {
        if (rest_.empty()) return false;
        const char kind = rest_.front();
        rest_.remove_prefix(1);
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
        if (const auto at = names.find(kind); at != names.npos) {
            out += meant[at];
            return true;
        }
        if (kind != 'u') return false;
        auto point = unit();
        if (!point) return false;
        if (*point >= 0xDC00 && *point < 0xE000) return false;
        if (*point >= 0xD800 && *point < 0xDC00) {
            if (!rest_.starts_with("\\u")) return false;
            rest_.remove_prefix(2);
            const auto low = unit();
            if (!low || *low < 0xDC00 || *low >= 0xE000) return false;
            point = 0x10000 + ((*point - 0xD800) << 10) + (*low - 0xDC00);
        }
        append_utf8(out, *point);
        return true;
    }

    // Four hexadecimal digits.
    std::optional<std::uint32_t> unit() {
        if (rest_.size() < 4) return {};
        std::uint32_t value = 0;
        for (const char c : rest_.substr(0, 4)) {
            constexpr std::string_view digits = "0123456789abcdef";
            const char small = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
            const auto digit = digits.find(small);
            if (digit == digits.npos) return {};
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        rest_.remove_prefix(4);
        return value;
    }

    std::string_view rest_;
};

const std::string* text_at(const Fields& fields, std::string_view key) {
    const auto found = fields.find(key);
    return found == fields.end() ? nullptr : std::get_if<std::string>(&found->second);
}

std::optional<std::uint64_t> number_at(const Fields& fields, std::string_view key) {
    const auto found = fields.find(key);
    if (found == fields.end()) return {};
    const auto* number = std::get_if<std::uint64_t>(&found->second);
    return number ? std::optional(*number) : std::nullopt;
}

bool is_name(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

std::optional<FromPage> read_hello(const Fields& fields) {
    Hello hello;
    if (const auto* token = text_at(fields, "token")) hello.token = *token;
    const auto after = number_at(fields, "after");
    if (!after) return {};
    hello.after = *after;
    hello.pressed = number_at(fields, "press") == 1;
    return hello;
}

std::optional<FromPage> read_say(const Fields& fields) {
    const auto* cid = text_at(fields, "cid");
    const auto* text = text_at(fields, "text");
    const auto* language = text_at(fields, "lang");
    if (!cid || !text || !is_message_name(*cid)) return {};
    return Say{*cid, *text, language && is_language(*language) ? *language : ""};
}

std::optional<FromPage> read_feel(const Fields& fields) {
    Feel feel;
    for (const auto question : questions) {
        if (!fields.contains(question)) continue;
        const auto face = number_at(fields, question);
        if (!face || *face < 1 || *face > 5) return {};
        feel.answers.emplace_back(question, static_cast<std::uint8_t>(*face));
    }
    return feel.answers.empty() ? std::nullopt : std::optional<FromPage>(std::move(feel));
}

std::string standing_json(const Standing& standing) {
    return R"("read":)" + std::to_string(standing.read) + R"(,"position":)" +
           std::to_string(standing.position) + R"(,"wait":)" +
           std::to_string(standing.wait_seconds);
}

std::string code_json(std::string_view code) {
    std::string json = R"("code":)" + json_text(code) + R"(,"words":{)";
    for (const auto language : {"ar", "fr", "en"}) {
        if (json.back() != '{') json += ',';
        json += json_text(language) + ':' + json_text(words_of_code(code, language));
    }
    return json + '}';
}

std::string lines_json(const std::vector<Line>& lines) {
    std::string json = "[";
    for (const auto& line : lines) {
        if (json.size() > 1) json += ',';
        json += R"({"seq":)" + std::to_string(line.seq) + R"(,"at":)" + std::to_string(line.at_ms) +
                R"(,"from":")" + (line.from_person ? "person" : "helpline") + R"(","cid":)" +
                json_text(line.cid) + R"(,"text":)" + json_text(line.text) + '}';
    }
    return json + ']';
}

}  // namespace

std::optional<FromPage> read_frame(std::string_view json) {
    const auto fields = Reader(json).object();
    if (!fields) return {};
    const auto* kind = text_at(*fields, "t");
    if (!kind) return {};
    if (*kind == "hello") return read_hello(*fields);
    if (*kind == "msg") return read_say(*fields);
    if (*kind == "typing") return Typing{};
    if (*kind == "leave") {
        const auto* how = text_at(*fields, "how");
        return Leave{!how || *how != "closed"};
    }
    if (*kind == "where") return Where{};
    if (*kind == "feel") return read_feel(*fields);
    if (*kind == "ping") return Ping{};
    if (*kind == "more") {
        const auto after = number_at(*fields, "after");
        return after ? std::optional<FromPage>(More{*after}) : std::nullopt;
    }
    if (*kind != "seen") return {};
    const auto seq = number_at(*fields, "seq");
    return seq ? std::optional<FromPage>(Seen{*seq}) : std::nullopt;
}

bool is_language(std::string_view tag) {
    constexpr std::string_view known[] = {"ary-Arab", "ary-Latn", "ar", "fr",
                                          "zgh-Tfng", "zgh-Latn", "en", "ary"};
    return std::ranges::find(known, tag) != std::end(known);
}

bool is_message_name(std::string_view cid) {
    return cid.size() >= cid_bytes_min && cid.size() <= cid_bytes_max && is_name(cid);
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_words(std::string_view utf8) { return utf8.find_first_not_of(" \t\r\n") != utf8.npos; }

std::string json_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string json = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (byte < 0x20) {
            json += "\\u00";
            json += digits[byte >> 4];
            json += digits[byte & 0xF];
        } else {
            json += c;
        }
    }
    return json + '"';
}

std::string welcome_frame(std::string_view token, std::string_view state,
                          const std::vector<Line>& lines, bool more, const Standing& standing,
                          std::string_view code) {
    return R"({"t":"welcome","token":)" + json_text(token) + R"(,"state":)" + json_text(state) +
           ',' + standing_json(standing) + (code.empty() ? "" : ',' + code_json(code)) +
           R"(,"messages":)" + lines_json(lines) + R"(,"more":)" + (more ? "true}" : "false}");
}

std::string place_frame(std::string_view state, const Standing& standing) {
    return R"({"t":"place","state":)" + json_text(state) + ',' + standing_json(standing) + '}';
}

std::string thanks_frame(bool taken) {
    return taken ? R"({"t":"thanks"})" : R"({"t":"thanks","later":true})";
}

std::string key_json(std::string_view token, std::string_view code) {
    if (token.empty()) return "{}";
    return R"({"token":)" + json_text(token) + ',' + code_json(code) + '}';
}

std::string page_frame(const std::vector<Line>& lines, bool more) {
    return R"({"t":"page","messages":)" + lines_json(lines) + R"(,"more":)" +
           (more ? "true}" : "false}");
}

std::string message_frame(const Line& line) {
    const std::string json = lines_json({line});
    return R"({"t":"msg",)" + json.substr(2, json.size() - 3);
}

std::string ack_frame(std::string_view cid, std::uint64_t seq) {
    return R"({"t":"ack","cid":)" + json_text(cid) + R"(,"seq":)" + std::to_string(seq) + '}';
}

std::string later_frame(std::string_view cid, std::uint64_t wait_ms) {
    return R"({"t":"later","cid":)" + json_text(cid) + R"(,"ms":)" + std::to_string(wait_ms) + '}';
}

std::string refused_frame(std::string_view cid, std::string_view code) {
    return R"({"t":"refused","cid":)" + json_text(cid) + R"(,"code":)" + json_text(code) + '}';
}

std::string state_frame(std::string_view state) {
    return R"({"t":"state","state":)" + json_text(state) + '}';
}

std::string press_frame() { return R"({"t":"press"})"; }

std::string pong_frame() { return R"({"t":"pong"})"; }

std::string error_frame(std::string_view code) {
    return R"({"t":"error","code":)" + json_text(code) + '}';
}

}  // namespace sanad::webchat
