#include "plugins/channels/email/imap_answers.h"

#include <algorithm>
#include <charconv>

namespace sanad::email {
namespace {

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

// Takes the next word, up to a space.
std::string_view take_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// The parts of a FETCH, one value after the other.
class Values {
public:
    explicit Values(ImapResponse& response, std::string_view text)
        : literals_(response.literals), text_(text) {}

    bool at_end() {
        while (text_.starts_with(' ')) text_.remove_prefix(1);
        return text_.empty() || text_.front() == ')';
    }

    // A name such as BODY[HEADER.FIELDS (A B)]<0>.
    std::string name() {
        std::size_t end = 0;
        bool inside = false;
        for (; end < text_.size(); ++end) {
            if (text_[end] == '[') inside = true;
            if (text_[end] == ']') inside = false;
            if (text_[end] == ' ' && !inside) break;
        }
        const std::string name = upper(text_.substr(0, end));
        text_.remove_prefix(std::min(end + 1, text_.size()));
        return name;
    }

    // An atom, a quoted text, a literal; a list in parentheses is passed over. nothing: malformed
    std::optional<std::string> value() {
        if (text_.empty()) return std::nullopt;
        if (text_.front() == '"') return quoted_text();
        if (text_.front() == '{') return literal();
        if (text_.front() == '(') return list();
        const std::size_t end = std::min(text_.find_first_of(" )"), text_.size());
        std::string atom(text_.substr(0, end));
        text_.remove_prefix(end);
        return atom;
    }

private:
    std::optional<std::string> quoted_text() {
        std::string result;
        for (std::size_t at = 1; at < text_.size(); ++at) {
            if (text_[at] == '"') {
                text_.remove_prefix(at + 1);
                return result;
            }
            if (text_[at] == '\\' && ++at == text_.size()) break;
            result += text_[at];
        }
        return std::nullopt;
    }

    std::optional<std::string> literal() {
        const std::size_t end = text_.find('}');
        if (end == text_.npos || used_ == literals_.size()) return std::nullopt;
        text_.remove_prefix(end + 1);
        return std::move(literals_[used_++]);
    }

    std::optional<std::string> list() {
        std::size_t depth = 0;
        do {
            if (text_.empty()) return std::nullopt;
            const char c = text_.front();
            if (c == '"') {
                if (!quoted_text()) return std::nullopt;
                continue;
            }
            if (c == '{') {
                if (!literal()) return std::nullopt;
                continue;
            }
            if (c == '(') ++depth;
            if (c == ')') --depth;
            text_.remove_prefix(1);
        } while (depth > 0);
        return std::string();
    }

    std::vector<std::string>& literals_;
    std::size_t used_ = 0;
    std::string_view text_;
};

}  // namespace

std::optional<std::uint32_t> read_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0)
        return std::nullopt;
    return number;
}

std::optional<ImapCondition> read_condition(std::string_view text) {
    const std::string word = upper(take_word(text));
    ImapCondition condition{};
    if (word == "OK") {
        condition.status = ImapStatus::ok;
    } else if (word == "NO") {
        condition.status = ImapStatus::no;
    } else if (word == "BAD") {
        condition.status = ImapStatus::bad;
    } else if (word == "BYE") {
        condition.status = ImapStatus::bye;
    } else if (word == "PREAUTH") {
        condition.status = ImapStatus::preauth;
    } else {
        return std::nullopt;
    }
    if (!text.starts_with('[')) return condition;
    const std::size_t end = text.find(']');
    if (end == text.npos) return condition;
    std::string_view inside = text.substr(1, end - 1);
    condition.code = upper(take_word(inside));
    condition.value = inside;
    return condition;
}

std::optional<std::set<std::string>> read_capabilities(std::string_view text) {
    if (upper(take_word(text)) != "CAPABILITY") return std::nullopt;
    std::set<std::string> capabilities;
    while (!text.empty()) capabilities.insert(upper(take_word(text)));
    return capabilities;
}

std::optional<std::uint32_t> read_count(std::string_view text, std::string_view word) {
    const std::string_view digits = take_word(text);
    if (upper(take_word(text)) != word) return std::nullopt;
    if (digits == "0") return 0;
    return read_number(digits);
}

std::optional<std::vector<std::uint32_t>> read_search(std::string_view text) {
    if (upper(take_word(text)) != "SEARCH") return std::nullopt;
    std::vector<std::uint32_t> uids;
    while (!text.empty() && uids.size() < uids_max)
        if (const auto uid = read_number(take_word(text))) uids.push_back(*uid);
    return uids;
}

std::optional<Fetched> read_fetch(ImapResponse response) {
    const std::string whole = std::move(response.text);
    std::string_view text = whole;
    if (!read_number(take_word(text)) || upper(take_word(text)) != "FETCH" ||
        !text.starts_with('('))
        return std::nullopt;
    text.remove_prefix(1);
    Values values(response, text);
    Fetched fetched;
    while (!values.at_end()) {
        const std::string name = values.name();
        auto value = values.value();
        if (name.empty() || !value) return std::nullopt;
        if (name == "UID") {
            const auto uid = read_number(*value);
            if (!uid) return std::nullopt;
            fetched.uid = *uid;
        } else if (name == "RFC822.SIZE") {
            fetched.size = read_number(*value);
        } else if (name.starts_with("BODY[]")) {
            fetched.body = std::move(*value);
        }
    }
    if (fetched.uid == 0) return std::nullopt;
    return fetched;
}

std::optional<std::string> quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f) return std::nullopt;
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

}  // namespace sanad::email
