#include "core/plugins/status.h"

#include <array>
#include <cstddef>

namespace sanad::plugins {

namespace {

struct Meaning {
    const char* name;
    Fault fault;
};

constexpr std::array<Meaning, 16> meanings = {{
    {"ok", Fault::io},
    {"retry", Fault::busy},
    {"rejected", Fault::denied},
    {"denied", Fault::denied},
    {"not_found", Fault::not_found},
    {"invalid", Fault::invalid},
    {"unsupported", Fault::unsupported},
    {"busy", Fault::busy},
    {"deadline", Fault::expired},
    {"io", Fault::io},
    {"no_memory", Fault::exhausted},
    {"conflict", Fault::conflict},
    {"full", Fault::exhausted},
    {"closed", Fault::closed},
    {"internal", Fault::io},
    {"crashed", Fault::io},
}};

constexpr Meaning unknown = {"unknown_status", Fault::io};

const Meaning& meaning(sanad_status status) {
    const auto at = static_cast<std::size_t>(-std::int64_t{status});  // huge when status > 0
    return at < meanings.size() ? meanings[at] : unknown;
}

}  // namespace

Fault fault_of(sanad_status status) { return meaning(status).fault; }

const char* name_of(sanad_status status) { return meaning(status).name; }

sanad_status status_of(Fault fault) {
    switch (fault) {
        case Fault::malformed:
        case Fault::bad_size:
        case Fault::invalid:
            return SANAD_E_INVALID;
        case Fault::unsupported:
            return SANAD_E_UNSUPPORTED;
        case Fault::untrusted:
        case Fault::bad_signature:
        case Fault::denied:
            return SANAD_E_DENIED;
        case Fault::not_found:
            return SANAD_E_NOT_FOUND;
        case Fault::conflict:
            return SANAD_E_CONFLICT;
        case Fault::expired:
            return SANAD_E_DEADLINE;
        case Fault::exhausted:
            return SANAD_E_FULL;
        case Fault::busy:
            return SANAD_E_BUSY;
        case Fault::closed:
            return SANAD_E_CLOSED;
        case Fault::io:
            return SANAD_E_IO;
    }
    return SANAD_E_INTERNAL;
}

std::unexpected<Error> fail_with(sanad_status status, std::string_view what) {
    return fail(fault_of(status), std::string(what) + ": " + name_of(status));
}

}  // namespace sanad::plugins
