#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace sanad::phone {

inline constexpr std::chrono::milliseconds tick{20};
inline constexpr int ticks_caught_up_max = 5;  // later ones are left out

/// Calls `work` once for each 20 ms that pass, by an absolute schedule. Internal. threads  the
/// loop's
class Ticker {
public:
    explicit Ticker(std::function<void()> work);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

private:
    struct Timer;
    std::unique_ptr<Timer> timer_;
};

}  // namespace sanad::phone
