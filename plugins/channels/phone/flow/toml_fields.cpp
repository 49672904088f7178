#include "plugins/channels/phone/flow/toml_fields.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sanad::phone {
namespace {

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_bytes_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_item(std::string_view text) {
    return is_name(text) || (text.size() > 2 && text.front() == '{' && text.back() == '}' &&
                             is_name(text.substr(1, text.size() - 2)));
}

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    int number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || number < 0) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text == "s") return std::chrono::seconds(number);
    if (text == "min" && number <= 60) return std::chrono::minutes(number);
    return {};
}

std::string list_of(const std::vector<std::string_view>& words) {
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + std::string(word);
    return list;
}

const std::string name_rule = "1 to 40 of a-z, 0-9 and _";

}  // namespace

Fields::Fields(const TomlNode& table, std::string place, std::vector<Complaint>& complaints)
    : table_(&table), place_(std::move(place)), complaints_(&complaints) {}

std::string Fields::place_of(std::string_view key) const {
    if (key.empty()) return place_;
    return place_.empty() ? std::string(key) : place_ + joint_ + std::string(key);
}

void Fields::complain(std::string_view key, std::string wrong, std::string mend) {
    complaints_->push_back({place_of(key), std::move(wrong), std::move(mend)});
}

const TomlNode* Fields::ask(std::string_view key, Need need, TomlNode::Kind kind,
                            const std::string& must_be) {
    asked_.insert(std::string(key));
    const TomlNode* value = table_->find(key);
    if (value == nullptr) {
        if (need == Need::must) complain(key, "it is missing", "write " + must_be);
        return nullptr;
    }
    if (value->kind == kind) return value;
    complain(key, "it is something else", "write " + must_be);
    return nullptr;
}

bool Fields::check_name(std::string_view key, const std::string& name) {
    if (is_name(name)) return true;
    complain(key, "`" + name + "` is no name", "write " + name_rule);
    return false;
}

std::string Fields::name(std::string_view key, Need need) {
    const TomlNode* value = ask(key, need, TomlNode::Kind::text, "a name: " + name_rule);
    return value != nullptr && check_name(key, value->text) ? value->text : std::string();
}

std::vector<std::string> Fields::items(std::string_view key, Need need) {
    std::vector<std::string> items = texts(key, need, say_max);
    for (const auto& item : items)
        if (!is_item(item))
            complain(key, "`" + item + "` is no prompt", "write " + name_rule + ", or {emergency}");
    return items;
}

std::vector<std::string> Fields::names(std::string_view key, Need need) {
    std::vector<std::string> names = texts(key, need, say_max);
    for (const auto& name : names) check_name(key, name);
    return names;
}

std::string Fields::text(std::string_view key, Need need) {
    const TomlNode* value = ask(key, need, TomlNode::Kind::text, "a text in quotes");
    if (value == nullptr) return {};
    if (value->text.empty() || value->text.size() > text_bytes_max) {
        complain(key, "it has " + std::to_string(value->text.size()) + " bytes", "write 1 to 200");
        return {};
    }
    return value->text;
}

std::vector<std::string> Fields::texts(std::string_view key, Need need, std::size_t at_most) {
    const TomlNode* list = ask(key, need, TomlNode::Kind::list, "a list such as [\"…\"]");
    if (list == nullptr) return {};
    if (list->items.size() > at_most)
        complain(key, "it has " + std::to_string(list->items.size()) + " parts",
                 "write at most " + std::to_string(at_most));
    std::vector<std::string> texts;
    for (const auto& item : list->items) {
        if (item.kind != TomlNode::Kind::text || item.text.size() > text_bytes_max)
            complain(key, "a part of it is no text",
                     "write each part in quotes, at most 200 bytes");
        else
            texts.push_back(item.text);
    }
    return texts;
}

bool Fields::truth(std::string_view key) {
    const TomlNode* value = ask(key, Need::may, TomlNode::Kind::truth, "true or false");
    return value != nullptr && value->truth;
}

std::optional<std::size_t> Fields::whole(std::string_view key, Need need, std::size_t from,
                                         std::size_t to) {
    const std::string range = std::to_string(from) + " to " + std::to_string(to);
    const TomlNode* value = ask(key, need, TomlNode::Kind::whole, "a number, " + range);
    if (value == nullptr) return {};
    if (!std::in_range<std::size_t>(value->whole) ||
        static_cast<std::size_t>(value->whole) < from ||
        static_cast<std::size_t>(value->whole) > to) {
        complain(key, std::to_string(value->whole) + " is out of range", "write " + range);
        return {};
    }
    return static_cast<std::size_t>(value->whole);
}

std::optional<std::chrono::seconds> Fields::time(std::string_view key, Need need,
                                                 std::chrono::seconds from,
                                                 std::chrono::seconds to) {
    const std::string range =
        "\"" + std::to_string(from.count()) + "s\" to \"" + std::to_string(to.count()) + "s\"";
    const TomlNode* value = ask(key, need, TomlNode::Kind::text, "a time, " + range);
    if (value == nullptr) return {};
    const auto time = seconds_of(value->text);
    if (!time || *time < from || *time > to) {
        complain(key, "`" + value->text + "` is no time that may stand here", "write " + range);
        return {};
    }
    return time;
}

std::optional<char> Fields::digit(std::string_view key, Need need) {
    const std::string digits = "\"0\" to \"9\", \"*\" or \"#\"";
    const TomlNode* value = ask(key, need, TomlNode::Kind::text, digits);
    if (value == nullptr) return {};
    if (value->text.size() == 1 && std::string_view("0123456789*#").contains(value->text.front()))
        return value->text.front();
    complain(key, "`" + value->text + "` is no key of a telephone", "write " + digits);
    return {};
}

std::optional<std::size_t> Fields::word(std::string_view key, Need need,
                                        const std::vector<std::string_view>& words) {
    const std::string one_of = "one of " + list_of(words);
    const TomlNode* value = ask(key, need, TomlNode::Kind::text, one_of);
    if (value == nullptr) return {};
    const auto found = std::ranges::find(words, value->text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    complain(key, "`" + value->text + "` is not known", "write " + one_of);
    return {};
}

std::vector<std::string> Fields::keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, value] : table_->entries) keys.push_back(key);
    return keys;
}

std::optional<Fields> Fields::table(std::string_view key, Need need, std::string joint) {
    const TomlNode* value = ask(key, need, TomlNode::Kind::table, "a table");
    if (value == nullptr) return {};
    Fields table(*value, place_of(key), *complaints_);
    table.joint_ = std::move(joint);
    return table;
}

std::vector<Fields> Fields::tables(std::string_view key, Need need, std::size_t at_most) {
    const std::string must_be = "a list of at most " + std::to_string(at_most) + " tables";
    const TomlNode* list = ask(key, need, TomlNode::Kind::list, must_be);
    std::vector<Fields> tables;
    if (list == nullptr) return tables;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const auto place = place_of(key) + " " + std::to_string(i + 1);
        if (list->items[i].kind != TomlNode::Kind::table || i == at_most) {
            complain(key, "it is something else", "write " + must_be);
            return {};
        }
        tables.emplace_back(list->items[i], place, *complaints_);
    }
    return tables;
}

void Fields::refuse_others(const std::string& has_not) {
    for (const auto& [key, value] : table_->entries)
        if (!asked_.contains(key)) complain(key, has_not, "take it away, or mend its name");
}

}  // namespace sanad::phone
