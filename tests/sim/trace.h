#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace sanad::sim {

enum class Show : bool { no, yes };

/// All that happened in a run, as one number, and on stdout when it is asked for. Two runs with one
/// seed have one number (FNV-1a: it tells runs apart, it need not resist anybody).
class Trace {
public:
    explicit Trace(Show show) : show_(show) {}

    void note(Duration at, std::string_view where, std::string_view what,
              std::string_view about = {}, std::uint64_t number = 0) {
        mix_number(static_cast<std::uint64_t>(at.count()));
        mix(bytes_of(where));
        mix(bytes_of(what));
        mix(bytes_of(about));
        mix_number(number);
        if (show_ == Show::no) return;
        std::printf("%10.3f  %-8s  %-18s  %-12s  %llx\n", double(at.count()) / 1000,
                    std::string(where).c_str(), std::string(what).c_str(),
                    std::string(about).c_str(), static_cast<unsigned long long>(number));
    }

    static std::uint64_t digest(ByteView bytes) {
        std::uint64_t state = start;
        for (const std::uint8_t byte : bytes) state = (state ^ byte) * prime;
        return state;
    }

    std::uint64_t hash() const { return hash_; }

private:
    static constexpr std::uint64_t start = 0xcbf29ce484222325;
    static constexpr std::uint64_t prime = 0x100000001b3;

    void mix(ByteView bytes) {
        for (const std::uint8_t byte : bytes) hash_ = (hash_ ^ byte) * prime;
        hash_ = (hash_ ^ 0xff) * prime;
    }
    void mix_number(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8)
            hash_ = (hash_ ^ ((number >> shift) & 0xff)) * prime;
    }

    Show show_;
    std::uint64_t hash_ = start;
};

}  // namespace sanad::sim
