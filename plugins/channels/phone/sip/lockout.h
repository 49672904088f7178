#pragma once

#include "plugins/channels/phone/sip/host_address.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

// Wrong passwords of one device from one source. Whether a device of that name exists makes no
// difference here.
namespace sanad::phone {

inline constexpr unsigned wrong_passwords_max = 5;
inline constexpr std::chrono::minutes lockout_lasts{5};
inline constexpr std::size_t lockouts_max = 4096;

class Lockout {
public:
    /// now  of a clock that only goes forward
    bool locked(const std::string& device, const HostAddress& source,
                std::chrono::milliseconds now) const;
    void failed(const std::string& device, const HostAddress& source,
                std::chrono::milliseconds now);
    void succeeded(const std::string& device, const HostAddress& source);
    std::size_t size() const { return failures_.size(); }

private:
    struct Failures {
        unsigned count = 0;
        std::chrono::milliseconds last{0};
    };
    std::map<std::pair<std::string, HostAddress>, Failures> failures_;
};

}  // namespace sanad::phone
