#pragma once

#include "plugins/channels/phone/sip/host_address.h"

#include <chrono>
#include <cstddef>
#include <map>

// How many requests a source may send. What is over hears nothing: an answer would be traffic of
// the attacker's choice, to an address that UDP lets anybody write.
namespace sanad::phone {

inline constexpr std::size_t sources_max = 10'000;
inline constexpr unsigned trusted_factor = 10;    // a trunk carries many people
inline constexpr unsigned strangers_factor = 20;  // all strangers together

enum class Standing { stranger, trusted };

class SourceBudget {
public:
    explicit SourceBudget(unsigned per_second)
        : per_second_(per_second),
          strangers_{static_cast<double>(per_second) * strangers_factor, {}} {}

    /// Counts one request.
    ///
    /// now      of a clock that only goes forward
    /// returns  whether it is still within the budget
    bool take(const HostAddress& source, Standing standing, std::chrono::milliseconds now);
    std::size_t size() const { return sources_.size(); }

private:
    struct Bucket {
        double left = 0;
        std::chrono::milliseconds at{0};
        bool take(double per_second, std::chrono::milliseconds now);
    };
    void forget(std::chrono::milliseconds now);

    unsigned per_second_;
    Bucket strangers_;
    std::map<HostAddress, Bucket> sources_;
};

}  // namespace sanad::phone
