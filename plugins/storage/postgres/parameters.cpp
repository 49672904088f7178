#include "plugins/storage/postgres/parameters.h"

#include <utility>

namespace sanad::postgres {

namespace {

constexpr std::uint32_t bytea_type = 17, int4_type = 23;  // of pg_type
constexpr std::uint32_t null_size = 0xffffffff;

void append(std::string& to, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<char>(number >> shift));
}

// Of one dimension that begins at 1.
std::string array_header(std::uint32_t type, std::size_t size, bool has_nulls) {
    std::string header;
    for (const std::uint32_t number : {size == 0 ? 0U : 1U, has_nulls ? 1U : 0U, type})
        append(header, number);
    if (size == 0) return header;
    append(header, static_cast<std::uint32_t>(size));
    append(header, 1);
    return header;
}

}  // namespace

Parameters&& Parameters::int4(std::int32_t value) && {
    append(values_.emplace_back(), static_cast<std::uint32_t>(value));
    return std::move(*this);
}

Parameters&& Parameters::int8(std::int64_t value) && {
    const auto bits = static_cast<std::uint64_t>(value);
    auto& bytes = values_.emplace_back();
    append(bytes, static_cast<std::uint32_t>(bits >> 32));
    append(bytes, static_cast<std::uint32_t>(bits));
    return std::move(*this);
}

Parameters&& Parameters::bytea(sanad_span value) && {
    values_.emplace_back(view_of(value));
    return std::move(*this);
}

Parameters&& Parameters::text(std::string_view value) && {
    values_.emplace_back(value);
    return std::move(*this);
}

Parameters&& Parameters::int4s(const std::vector<std::int32_t>& values) && {
    std::string array = array_header(int4_type, values.size(), false);
    for (const std::int32_t value : values) {
        append(array, sizeof value);
        append(array, static_cast<std::uint32_t>(value));
    }
    values_.push_back(std::move(array));
    return std::move(*this);
}

Parameters&& Parameters::byteas(const std::vector<std::optional<sanad_span>>& values) && {
    bool has_nulls = false;
    std::size_t bytes = 0;
    for (const auto& value : values) {
        has_nulls = has_nulls || !value;
        bytes += sizeof null_size + (value ? value->size : 0);
    }
    std::string array = array_header(bytea_type, values.size(), has_nulls);
    array.reserve(array.size() + bytes);
    for (const auto& value : values) {
        append(array, value ? static_cast<std::uint32_t>(value->size) : null_size);
        if (value) array += view_of(*value);
    }
    values_.push_back(std::move(array));
    return std::move(*this);
}

}  // namespace sanad::postgres
