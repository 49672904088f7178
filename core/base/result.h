#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace sanad {

/// Why an operation on outside input did not succeed. Callers branch on this and on nothing else.
enum class Fault : std::uint8_t {
    malformed,      // not in the form it claims
    bad_size,       // shorter or longer than its limits
    unsupported,    // a version, kind or value that this build does not know
    untrusted,      // a good signature, by a key that is not accepted here
    bad_signature,  // signature or authentication tag does not match
    not_found,
    conflict,   // exists already, or somebody else changed it first
    denied,     // the rules do not allow it to this caller, or in this state
    invalid,    // a value outside its range
    expired,    // too late, or not valid yet
    exhausted,  // a limit is reached: memory, disk, queue, quota
    busy,       // try again later
    closed,     // the other side, or this part of the node, has ended
    io,         // the outside world failed: disk, socket, process
};

/// The fault's name as it stands in logs and in answers to programs, such as "bad_signature".
const char* name(Fault fault);

struct Error {
    Fault fault;
    std::string detail;  // for the local log: never sent to a peer, never holds case data
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Fault fault, std::string detail) {
    return std::unexpected(Error{fault, std::move(detail)});
}

}  // namespace sanad
