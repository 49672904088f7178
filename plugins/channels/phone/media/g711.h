#pragma once

#include <array>
#include <cstdint>

// The sound of a telephone: ITU-T G.711, 8,000 samples a second of 8 bits.
namespace sanad::phone {

inline constexpr std::size_t frame_samples = 160;  // 20 ms
inline constexpr std::uint8_t alaw_silence = 0xd5;
inline constexpr std::uint8_t ulaw_silence = 0xff;

/// A sample of 16 bits for a byte of A-law, and of u-law.
extern const std::array<std::int16_t, 256> linear_of_alaw;
extern const std::array<std::int16_t, 256> linear_of_ulaw;

/// The byte whose sample is nearest, by the decision values of the recommendation.
std::uint8_t alaw_of(std::int16_t sample);
std::uint8_t ulaw_of(std::int16_t sample);

/// One law in the other: what has to be done where two telephones speak different ones.
extern const std::array<std::uint8_t, 256> ulaw_of_alaw;
extern const std::array<std::uint8_t, 256> alaw_of_ulaw;

}  // namespace sanad::phone
