#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/hash.h"
#include "core/trust/totp.h"

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace sanad::api {

/// What somebody is given who begins to sign in or to enrol, and brings back with their proof. It
/// says by itself what it is and is authenticated with a key of this process, so beginning costs
/// the node no memory: a flood of beginnings drives nobody out. threads  any
class Tickets {
public:
    enum class For : std::uint8_t { sign_in = 1, enrol = 2 };

    static constexpr Duration sign_in_life = std::chrono::minutes(5);
    static constexpr Duration enrol_life = std::chrono::minutes(15);
    static constexpr std::size_t text_bytes_max = 256;
    static constexpr std::size_t spent_max = 16'384;

    explicit Tickets(Entropy& entropy)
        : entropy_(entropy), key_(trust::SymmetricKey::generate(entropy)) {}

    struct Ticket {
        Bytes bytes;
        std::string person;         // of For::enrol
        Duration expires{};         // as Clock::elapsed()
        trust::Digest challenge{};  // for a passkey
    };

    /// person  at most 64 bytes; with For::sign_in nobody
    /// bound   what must be the same when it comes back, such as the invitation
    Ticket issue(For what, const std::string& person, ByteView bound, Duration now);
    static std::string text_of(const Ticket& ticket);

    /// Whom a ticket claims to be for; check() says whether that is so. errors  expired
    static Result<std::string> person_in(std::string_view text);

    /// errors  expired: ticket_expired, whatever is wrong with it: old, spent, of another process
    Result<Ticket> check(For what, std::string_view text, ByteView bound, Duration now);

    /// A ticket is good for one success. errors  expired: it was spent before · busy: too many
    Result<void> spend(const Ticket& ticket, Duration now);

    /// The secret of the app that goes with a ticket: both ends find it again.
    trust::TotpSecret totp_of(const Ticket& ticket) const;

private:
    trust::Digest authenticate(ByteView body, ByteView bound) const;
    trust::Digest derive(std::string_view what, ByteView ticket) const;
    void forget_old(Duration now);

    Entropy& entropy_;
    trust::SymmetricKey key_;
    std::mutex mutex_;                         // guards spent_
    std::map<trust::Digest, Duration> spent_;  // until then
};

}  // namespace sanad::api
