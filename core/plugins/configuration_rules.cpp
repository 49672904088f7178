#include "core/plugins/configuration_rules.h"

#include "core/base/message.h"

#include <regex>

namespace sanad::plugins {

namespace {

// The ids in sanad/config.capnp.
enum : std::uint64_t {
    required_id = 0x9b41d6e2f37a850c,
    min_id = 0xb8a53e0c6d19f274,
    max_id = 0x86f2c7d40b9e51a3,
    pattern_id = 0xca7d1f60e8b3924f
};

}  // namespace

FieldRules::FieldRules(capnp::StructSchema::Field field) {
    for (const auto annotation : field.getProto().getAnnotations()) {
        const auto value = annotation.getValue();
        switch (annotation.getId()) {
            case required_id:
                required_ = true;
                break;
            case min_id:
                if (value.isInt64()) min_ = value.getInt64();
                break;
            case max_id:
                if (value.isInt64()) max_ = value.getInt64();
                break;
            case pattern_id:
                if (value.isText()) pattern_ = from_text(value.getText());
                break;
            default:
                break;  // of another, such as a title
        }
    }
}

std::string FieldRules::check_number(double value) const {
    if (min_ && value < static_cast<double>(*min_))
        return "must be at least " + std::to_string(*min_);
    if (max_ && value > static_cast<double>(*max_))
        return "must be at most " + std::to_string(*max_);
    return {};
}

std::string FieldRules::check_text(std::string_view text) const {
    if (required_ && text.empty()) return "must not be empty";
    auto wrong = text.empty() ? std::string() : check_size(text.size(), "bytes");
    return wrong.empty() ? check_pattern(text) : wrong;
}

std::string FieldRules::check_pattern(std::string_view text) const {
    if (pattern_.empty() || text.empty()) return {};
    if (text.size() > patterned_bytes_max) return "is too long";
    try {
        const std::regex pattern(pattern_, std::regex::ECMAScript);
        if (std::regex_match(text.begin(), text.end(), pattern)) return {};
        return "must look like " + pattern_;
    } catch (const std::regex_error&) {
        return "has a rule of the plugin's that is no pattern";
    }
}

std::string FieldRules::check_count(std::size_t entries) const {
    if (required_ && entries == 0) return "must not be empty";
    return check_size(entries, "entries");
}

std::string FieldRules::check_size(std::size_t size, std::string_view unit) const {
    const auto count = static_cast<std::int64_t>(size);
    if (min_ && count < *min_)
        return "must have at least " + std::to_string(*min_) + " " + std::string(unit);
    if (max_ && count > *max_)
        return "must have at most " + std::to_string(*max_) + " " + std::string(unit);
    return {};
}

}  // namespace sanad::plugins
