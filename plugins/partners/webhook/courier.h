#pragma once

#include "plugins/partners/webhook/settings.h"

#include <sanad/plugin.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace sanad::webhook {

inline constexpr std::size_t couriers = 4;           // sends at once
inline constexpr std::size_t parcels_max = 256;      // under way or remembered; above: retry "busy"
inline constexpr std::chrono::seconds patience{3};   // how long a dispatch waits for its send
inline constexpr std::chrono::seconds ask_again{1};  // after "under_way", "busy" and "draining"

/// One try of one delivery.
struct Parcel {
    std::string delivery_id;  // as is_webhook_id
    std::uint32_t attempt = 1;
    std::string body;
};

/// What an answer of the partner's server means for the outbox: 2xx is accepted and says only that
/// it is stored there; 410 is rejected; all else is tried again, after the Retry-After of a 429 or
/// 503, or else after the published wait. A redirect is not followed: it is one more failure.
///
/// attempt  number of this try, 1 being the first
/// now_s    UTC seconds since 1970
/// chance   0..1, a random number
plugin::Outcome judge(const std::expected<http::ClientResponse, http::ClientFault>& answer,
                      std::uint32_t attempt, std::int64_t now_s, double chance);

/// Sends parcels on threads of its own, so that a slow server holds nobody else up. It keeps
/// nothing that must survive: the node's outbox gives a parcel again until it is accepted or
/// rejected.
///
/// threads  strand
class Courier {
public:
    /// settings  outlive it
    /// waits     as `patience` says, but for tests
    explicit Courier(const Settings& settings, std::chrono::milliseconds waits = patience);
    ~Courier();  // cancels what is under way and joins
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    /// Sends, waiting no longer than it was told. A send that takes longer goes on: "under_way"
    /// asks the node to give the parcel again, which then brings the outcome and sends nothing
    /// twice. Such answers do not count as tries.
    plugin::Outcome deliver(const Parcel& parcel);

    /// Takes nothing new. True: nothing is under way any more.
    bool drain();

    plugin::Health health();

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace sanad::webhook
