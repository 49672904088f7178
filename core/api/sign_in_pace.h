#pragma once

#include "core/base/clock.h"
#include "core/trust/hash.h"

#include <map>
#include <mutex>
#include <string>

namespace sanad::api {

/// How soon a password may be tried again under a name: after five failures a wait begins that
/// grows to 42 s. The same for names that are nobody's, so it tells nothing; and only for
/// passwords, so that nobody who has a passkey can be locked out. In memory only. threads  any
class SignInPace {
public:
    static constexpr int free_failures = 5;
    static constexpr Duration wait_max{42'000};
    static constexpr Duration remembered = std::chrono::hours(1);
    static constexpr std::size_t names_max = 16'384;

    /// The wait after so many failures: 2 s after the fifth, then twice as long each time.
    static Duration wait_after(int failures);

    /// Whether a try may be looked at now. It counts as a failure until succeeded() says otherwise,
    /// so that many at once are no way around.
    bool may_try(const std::string& name, Duration now);
    void succeeded(const std::string& name);

    /// So many failures a minute get an entry in the audit log; the others are only counted, so
    /// that nobody who is nobody can fill the disk.
    static constexpr int records_a_minute = 300;
    bool may_record(Duration now);

private:
    struct Tries {
        int failures = 0;
        Duration last{};
    };
    void make_room(Duration now);

    std::mutex mutex_;  // guards what follows
    std::map<trust::Digest, Tries> names_;
    Duration minute_{};
    int recorded_ = 0;  // since then
};

}  // namespace sanad::api
