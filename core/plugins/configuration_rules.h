#pragma once

#include "core/base/result.h"

#include <capnp/dynamic.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sanad::plugins {

inline constexpr std::size_t patterned_bytes_max = 1024;  // of a text with a pattern

/// What a field of a plugin's configuration asks for beyond its type: the annotations of
/// sanad/config.capnp.
class FieldRules {
public:
    explicit FieldRules(capnp::StructSchema::Field field);

    bool required() const { return required_; }
    // Each: what is wrong, for a sentence that begins with the field's path; empty: nothing.
    std::string check_number(double value) const;
    std::string check_text(std::string_view text) const;
    std::string check_pattern(std::string_view text) const;  // of a text, or of a list's texts
    std::string check_count(std::size_t entries) const;

private:
    std::string check_size(std::size_t size, std::string_view unit) const;

    bool required_ = false;
    std::optional<std::int64_t> min_, max_;
    std::string pattern_;
};

}  // namespace sanad::plugins
