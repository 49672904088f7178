#include "plugins/partners/webhook/json.h"

#include <boost/json/basic_parser_impl.hpp>

#include <optional>

namespace sanad::webhook {
namespace {

namespace json = boost::json;

/// What both readers share: the events of Boost.JSON's parser, with the path to the current value.
/// A handler returns false to stop; `fault` then says why.
class Reader {
public:
    static constexpr std::size_t max_object_size = 1000;
    static constexpr std::size_t max_array_size = 1000;
    static constexpr std::size_t max_key_size = 200;
    static constexpr std::size_t max_string_size = view_bytes_max;

    explicit Reader(std::size_t depth_max) : depth_max_(depth_max) {}
    virtual ~Reader() = default;

    JsonFault fault = JsonFault::malformed;

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code&) { return open(false); }
    bool on_object_end(std::size_t, json::error_code&) { return close(); }
    bool on_array_begin(json::error_code&) { return open(true); }
    bool on_array_end(std::size_t, json::error_code&) { return close(); }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part.data(), part.size());
        auto& level = levels_.back();
        level.key = std::exchange(text_, {});
        return level.keys.emplace(level.key, true).second || refuse(JsonFault::field_twice);
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part.data(), part.size());
        return inside() && string(std::exchange(text_, {}));
    }
    bool on_number_part(json::string_view part, json::error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t, json::string_view part, json::error_code&) { return number(part); }
    bool on_uint64(std::uint64_t, json::string_view part, json::error_code&) {
        return number(part);
    }
    bool on_double(double, json::string_view part, json::error_code&) { return number(part); }
    bool on_bool(bool value, json::error_code&) {
        return inside() && other(value ? "true" : "false");
    }
    bool on_null(json::error_code&) { return inside() && nothing(); }
    bool on_comment_part(json::string_view, json::error_code&) { return false; }
    bool on_comment(json::string_view, json::error_code&) { return false; }

protected:
    struct Level {
        bool list = false;
        std::string key;
        std::map<std::string, bool> keys;
    };

    virtual bool string(std::string value) = 0;
    virtual bool other(std::string_view value) = 0;  // a number, true or false
    virtual bool nothing() = 0;
    virtual bool list_allowed() const = 0;

    bool refuse(JsonFault why) {
        fault = why;
        return false;
    }

    std::vector<Level> levels_;

private:
    bool inside() const { return !levels_.empty(); }
    bool open(bool list) {
        if (list && (!inside() || !list_allowed())) return false;
        if (levels_.size() >= depth_max_)  // an object of strings has no depth that it could pass
            return refuse(depth_max_ == 1 ? JsonFault::malformed : JsonFault::too_large);
        levels_.push_back({list, {}, {}});
        return true;
    }
    bool close() {
        levels_.pop_back();
        return true;
    }
    bool number(json::string_view part) {
        text_.append(part.data(), part.size());
        return inside() && other(std::exchange(text_, {}));
    }

    std::size_t depth_max_;
    std::string text_;  // the parts of a key, string or number so far
};

class StringsReader final : public Reader {
public:
    explicit StringsReader(std::size_t bytes_max) : Reader(1), bytes_max_(bytes_max) {}
    std::map<std::string, std::string> result;

private:
    bool string(std::string value) override {
        if (value.size() > bytes_max_) return refuse(JsonFault::too_large);
        result.emplace(levels_.back().key, std::move(value));
        return true;
    }
    bool other(std::string_view) override { return false; }
    bool nothing() override { return false; }
    bool list_allowed() const override { return false; }

    std::size_t bytes_max_;
};

class ViewReader final : public Reader {
public:
    ViewReader() : Reader(view_depth_max) {}
    std::vector<ViewRow> rows;

private:
    bool string(std::string value) override { return value.empty() || add(std::move(value)); }
    bool other(std::string_view value) override { return add(std::string(value)); }
    bool nothing() override { return true; }
    bool list_allowed() const override { return true; }

    std::vector<std::string> path() const {
        std::vector<std::string> keys;
        for (const Level& level : levels_)
            if (!level.list) keys.push_back(level.key);
        return keys;
    }

    /// The elements of one list of plain values share a row.
    bool add(std::string value) {
        auto keys = path();
        if (levels_.back().list && !rows.empty() && rows.back().path == keys) {
            rows.back().values.push_back(std::move(value));
            return true;
        }
        if (rows.size() >= view_rows_max) return refuse(JsonFault::too_large);
        rows.push_back({std::move(keys), {std::move(value)}});
        return true;
    }
};

/// Runs the parser that owns `Wanted` over all of `text`.
template <typename Wanted>
std::optional<JsonFault> read(json::basic_parser<Wanted>& parser, std::string_view text) {
    json::error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && parser.done() && used == text.size()) return {};
    return parser.handler().fault;
}

/// Ours is smaller: this one only bounds the parser's own stack.
json::parse_options strict() {
    json::parse_options options;
    options.max_depth = 32;
    return options;
}

}  // namespace

std::expected<std::map<std::string, std::string>, JsonFault> parse_strings(
    std::string_view text, std::size_t value_bytes_max) {
    json::basic_parser<StringsReader> parser(strict(), value_bytes_max);
    if (const auto fault = read(parser, text)) return std::unexpected(*fault);
    return std::move(parser.handler().result);
}

std::expected<std::vector<ViewRow>, JsonFault> parse_view(std::string_view text) {
    if (text.size() > view_bytes_max) return std::unexpected(JsonFault::too_large);
    json::basic_parser<ViewReader> parser(strict());
    if (const auto fault = read(parser, text)) return std::unexpected(*fault);
    return std::move(parser.handler().rows);
}

}  // namespace sanad::webhook
