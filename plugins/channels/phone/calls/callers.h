#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

// Who calls again. A number is never kept: what stands here is its keyed hash, which says only that
// two calls came from one number, and only to who has the key.
namespace sanad::phone {

inline constexpr std::size_t caller_key_bytes = 32;

/// The caller's number as a token of 16 bytes. What is not a digit does not count, so that one
/// number written in two ways is one.
///
/// key      32 bytes, of this node alone; a new one each year
/// source   BLAKE2b keyed, libsodium crypto_generichash
std::string caller_token(std::string_view key, std::string_view number);

/// The conversations that broke off lately, for callers who call again: in memory only.
class BrokenOff {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::minutes kept{15};
    static constexpr std::size_t callers_max = 10'000;  // the oldest are forgotten first

    void note(const std::string& token, std::string conversation, std::string language, Time now);

    struct Call {
        std::string conversation, language;
    };
    /// The conversation, once: a third call in between is a new one.
    std::optional<Call> take(const std::string& token, Time now);

private:
    struct Entry {
        Call call;
        Time at;
    };
    std::unordered_map<std::string, Entry> calls_;
};

}  // namespace sanad::phone
