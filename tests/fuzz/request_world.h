#pragma once

#include "tests/unit/api/two_helplines.h"

namespace sanad::fuzz {

/// A helpline with a little of everything in it (a case, consents, referrals both ways, an override
/// that waits, a roster, a file), and its door: the same each time, whatever was asked before.
class RequestWorld {
public:
    /// Ends the one before.
    static RequestWorld& fresh();

    /// Sound requests, as the command line makes them, about what is there.
    static std::vector<Bytes> requests();

    /// What the door answers. It traps when there is no answer, or more than one.
    /// waits  the answer may come only when time has passed
    Bytes ask(ByteView request, bool waits);

    /// Whether the store is as it was before ask(), but for the audit log.
    bool only_the_audit_changed();

    RequestWorld();
    ~RequestWorld();

private:
    support::TestClock clock_;
    support::TestEntropy entropy_{41};
    support::Surroundings around_;
    std::unique_ptr<support::Helpline> line_;
};

}  // namespace sanad::fuzz
