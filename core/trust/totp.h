#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <cstdint>
#include <string>
#include <string_view>

// The six digits of an authenticator app: RFC 6238 with SHA-1 and steps of 30 s, which is what all
// apps can do.
namespace sanad::trust {

using TotpSecret = Secret<20>;

inline constexpr std::size_t totp_digits = 6;
inline constexpr Duration totp_step{30'000};

/// Checks a code against the step of `now` and its two neighbours.
///
/// code       from outside; exactly six digits 0-9 (core/base/digits.h makes them of others)
/// used_step  of the last code that was accepted: it and all before are refused, so that a code
///            works once
/// returns    the step of this code, to be kept as the next used_step
/// errors     malformed · denied: totp_wrong, totp_used
/// threads    any
Result<std::uint64_t> check_totp(const TotpSecret& secret, std::string_view code, Time now,
                                 std::uint64_t used_step);

/// The code of `now`. For who enrols by hand, and for tests. threads  any
std::string totp_code(const TotpSecret& secret, Time now);

/// RFC 4648 base32 without padding, as apps take it. threads  any
std::string totp_text(const TotpSecret& secret);

/// What the QR code of an app holds: otpauth://totp/ISSUER:NAME?... threads  any
std::string totp_address(const TotpSecret& secret, const std::string& issuer,
                         const std::string& name);

}  // namespace sanad::trust
