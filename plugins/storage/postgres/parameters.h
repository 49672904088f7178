#pragma once

#include <sanad/plugin.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::postgres {

/// The parameters of one statement, in PostgreSQL's binary form. The types are named in the
/// statement itself, such as `$1::int4`. threads  one at a time
class Parameters {
public:
    Parameters&& int4(std::int32_t value) &&;
    Parameters&& int8(std::int64_t value) &&;
    Parameters&& bytea(sanad_span value) &&;
    Parameters&& text(std::string_view value) &&;
    Parameters&& int4s(const std::vector<std::int32_t>& values) &&;
    /// Without a value: NULL.
    Parameters&& byteas(const std::vector<std::optional<sanad_span>>& values) &&;

    const std::vector<std::string>& values() const { return values_; }

private:
    std::vector<std::string> values_;
};

/// Bytes as text, borrowed.
inline std::string_view view_of(sanad_span span) {
    return span.size == 0 ? std::string_view()
                          : std::string_view(static_cast<const char*>(span.data), span.size);
}
inline sanad_span span_of(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace sanad::postgres
