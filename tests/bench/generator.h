#pragma once

#include "core/node/node.h"
#include "tests/bench/measure.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

// Messages from Morocco to Tunisia: each is an information event of a referral whose sealed body
// has 1,024 bytes. It goes in through the node's door, and counts when Tunisia's cosigned receipt
// is on Morocco's disk.
namespace sanad::bench {

/// What Morocco's node has been told by Tunisia's receipts.
struct Receipts {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t verified = 0;  // entries of the log to Tunisia under a verified receipt
    std::uint64_t stored = 0;    // of them, with the receipt on disk
    Watch::time_point verified_at;

    void wait_stored(std::uint64_t size) {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, std::chrono::seconds(120), [&] { return stored >= size; }))
            give_up("receipts stopped at " + std::to_string(stored) + " of " +
                    std::to_string(size));
    }
};

class Generator {
public:
    static constexpr std::size_t referrals_default = 4'096;

    /// Makes the referrals and waits for their receipts.
    Generator(node::Node& ma, const NodeId& tn, Receipts& receipts,
              std::size_t referrals = referrals_default);

    std::string actor = "bench";

    /// Hands one message to the door.
    void submit();
    /// The size of the log to Tunisia once everything submitted is on Morocco's disk.
    std::uint64_t settle();
    /// Sends `count` messages with at most `window` of them not yet receipted and stored.
    /// returns  messages a second
    double run(std::size_t count, std::size_t window);
    /// One message after the other: microseconds from the door to the verified receipt.
    std::vector<double> serial(int rounds);
    std::uint64_t log_size();

private:
    void make_referrals();

    node::Node& ma_;
    Receipts& receipts_;
    NodeId peer_;
    std::vector<ReferralId> ids_;
    std::vector<Bytes> requests_;
    std::size_t next_ = 0;
    std::size_t submitted_ = 0;
    std::atomic<std::size_t> answered_ = 0;
    std::atomic<std::size_t> refused_ = 0;
};

/// A request as the benchmarks send it: an invented story that goes to `to`.
casework::ReferralRequest invented_request(const NodeId& to, casework::Urgency urgency);

}  // namespace sanad::bench
