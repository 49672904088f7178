#include "core/base/ids.h"

#include "core/base/encoding.h"

namespace sanad {

std::array<std::uint8_t, 16> make_uuid7(Time now, Entropy& entropy) {
    std::array<std::uint8_t, 16> uuid{};
    entropy.fill(uuid);
    for (std::size_t i = 0; i < 6; ++i)
        uuid[i] = static_cast<std::uint8_t>(std::uint64_t(now.ms) >> (40 - 8 * i));
    uuid[6] = static_cast<std::uint8_t>(0x70 | (uuid[6] & 0x0f));
    uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3f));
    return uuid;
}

std::string format_uuid(const std::array<std::uint8_t, 16>& bytes) {
    std::string text = to_hex(bytes);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
    return text;
}

Result<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text) {
    if (text.size() != 36) return fail(Fault::malformed, "an id has 36 characters");
    std::string hex;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return fail(Fault::malformed, "dashes of an id");
        if (!dash) hex.push_back(text[i]);
    }
    const auto bytes = from_hex(hex);
    if (!bytes) return std::unexpected(bytes.error());
    std::array<std::uint8_t, 16> uuid{};
    std::copy(bytes->begin(), bytes->end(), uuid.begin());
    return uuid;
}

}  // namespace sanad
