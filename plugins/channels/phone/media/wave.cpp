#include "plugins/channels/phone/media/wave.h"

#include "plugins/channels/phone/media/g711.h"

#include <optional>

namespace sanad::phone {

namespace {

constexpr unsigned pcm = 1, alaw = 6, ulaw = 7;
constexpr unsigned samples_a_second = 8000;
constexpr std::size_t head_bytes = 12, chunk_head_bytes = 8, format_bytes = 16;

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

std::vector<std::int16_t> samples_of(std::string_view data, unsigned format) {
    std::vector<std::int16_t> samples;
    if (format == pcm) {
        samples.reserve(data.size() / 2);
        for (std::size_t i = 0; i + 2 <= data.size(); i += 2)
            samples.push_back(static_cast<std::int16_t>(number(data, i, 2)));
        return samples;
    }
    const auto& linear = format == alaw ? linear_of_alaw : linear_of_ulaw;
    samples.reserve(data.size());
    for (const char byte : data) samples.push_back(linear[static_cast<std::uint8_t>(byte)]);
    return samples;
}

}  // namespace

std::expected<std::vector<std::int16_t>, std::string> read_wave(std::string_view bytes) {
    if (bytes.size() > wave_bytes_max) return std::unexpected("longer than 8 MiB");
    if (bytes.size() < head_bytes || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE")
        return std::unexpected("no WAV file");
    std::optional<unsigned> format;
    for (std::size_t at = head_bytes; at + chunk_head_bytes <= bytes.size();) {
        const std::string_view name = bytes.substr(at, 4);
        const std::size_t size = number(bytes, at + 4, 4);
        at += chunk_head_bytes;
        if (size > bytes.size() - at) return std::unexpected("cut off");
        if (name == "fmt ") {
            if (size < format_bytes) return std::unexpected("no WAV file");
            const unsigned kind = number(bytes, at, 2), bits = number(bytes, at + 14, 2);
            const bool known =
                (kind == pcm && bits == 16) || ((kind == alaw || kind == ulaw) && bits == 8);
            if (!known || number(bytes, at + 2, 2) != 1 ||
                number(bytes, at + 4, 4) != samples_a_second)
                return std::unexpected("not 8 kHz, one channel, 16 bits or G.711");
            format = kind;
        } else if (name == "data") {
            if (!format) return std::unexpected("no format before its sound");
            return samples_of(bytes.substr(at, size), *format);
        }
        at += size + size % 2;
    }
    return std::unexpected("no sound in it");
}

}  // namespace sanad::phone
