#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <string>

namespace sanad::verifier {

/// Whose a kind of event is to say.
enum class Speaker : std::uint8_t { asker, asked, either };

/// One thing that a side said about a referral: what is in an opened entry.
struct Said {
    std::array<std::uint8_t, 16> referral{};
    std::uint32_t index = 0;       // among what its writer said
    std::uint32_t seen_other = 0;  // how much of the other side's the writer had seen
    Time at;
    std::string kind;                   // such as "accept"
    Speaker speaker = Speaker::either;  // who may say that, whoever said it
    std::string reason;                 // a word of a list, or empty
    std::string text;                   // what a person wrote, or empty
    // Of a request: what was asked for. Empty in every other kind.
    std::string request_kind, case_code, narrative;
};

/// Reads a schemas/casework.capnp ReferralEvent and checks that each of its values can stand there.
/// Words of lists are checked for their form only: the lists may have been others at that time.
/// errors  malformed, bad_size, unsupported, invalid
Result<Said> read_said(ByteView payload);

}  // namespace sanad::verifier
