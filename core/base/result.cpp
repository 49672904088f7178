#include "core/base/result.h"

namespace sanad {

const char* name(Fault fault) {
    switch (fault) {
        case Fault::malformed:
            return "malformed";
        case Fault::bad_size:
            return "bad_size";
        case Fault::unsupported:
            return "unsupported";
        case Fault::untrusted:
            return "untrusted";
        case Fault::bad_signature:
            return "bad_signature";
        case Fault::not_found:
            return "not_found";
        case Fault::conflict:
            return "conflict";
        case Fault::denied:
            return "denied";
        case Fault::invalid:
            return "invalid";
        case Fault::expired:
            return "expired";
        case Fault::exhausted:
            return "exhausted";
        case Fault::busy:
            return "busy";
        case Fault::closed:
            return "closed";
        case Fault::io:
            return "io";
    }
    return "unknown";
}

}  // namespace sanad
