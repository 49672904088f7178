#include "core/trust/totp.h"

#include <liboath/oath.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>

namespace sanad::trust {
namespace {

constexpr unsigned step_seconds = 30;
constexpr std::size_t neighbours = 1;

const char* bytes_in(const TotpSecret& secret) {
    return reinterpret_cast<const char*>(secret.bytes().data());
}

// RFC 3986: everything but letters, digits and -._~ is written as %XX.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char letter : text) {
        const auto byte = static_cast<std::uint8_t>(letter);
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') ||
                           std::string_view("-._~").contains(letter);
        if (plain)
            out.push_back(letter);
        else
            (((out += '%') += digits[byte >> 4]) += digits[byte & 15]);
    }
    return out;
}

}  // namespace

Result<std::uint64_t> check_totp(const TotpSecret& secret, std::string_view code, Time now,
                                 std::uint64_t used_step) {
    const auto is_digit = [](char digit) { return digit >= '0' && digit <= '9'; };
    if (code.size() != totp_digits || !std::ranges::all_of(code, is_digit))
        return fail(Fault::malformed, "code");
    const std::string text(code);
    int place = 0;
    std::uint64_t step = 0;
    const int found = oath_totp_validate3(bytes_in(secret), TotpSecret::size, now.ms / 1000,
                                          step_seconds, 0, neighbours, &place, &step, text.c_str());
    if (found < 0) return fail(Fault::denied, "totp_wrong");
    if (step <= used_step) return fail(Fault::denied, "totp_used");
    return step;
}

std::string totp_code(const TotpSecret& secret, Time now) {
    std::array<char, totp_digits + 1> code{};
    [[maybe_unused]] const int made =
        oath_totp_generate(bytes_in(secret), TotpSecret::size, now.ms / 1000, step_seconds, 0,
                           totp_digits, code.data());
    assert(made == OATH_OK);
    return {code.data(), totp_digits};
}

std::string totp_text(const TotpSecret& secret) {
    char* made = nullptr;
    std::size_t size = 0;
    [[maybe_unused]] const int encoded =
        oath_base32_encode(bytes_in(secret), TotpSecret::size, &made, &size);
    assert(encoded == OATH_OK);
    std::string text(made, size);
    wipe({reinterpret_cast<std::uint8_t*>(made), size});
    std::free(made);
    while (text.ends_with('=')) text.pop_back();
    return text;
}

std::string totp_address(const TotpSecret& secret, const std::string& issuer,
                         const std::string& name) {
    return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(name) +
           "?secret=" + totp_text(secret) + "&issuer=" + percent_encoded(issuer) +
           "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace sanad::trust
