#include "plugins/channels/phone/sip/ticker.h"

#include "plugins/channels/phone/sip/sip_text.h"

#include <cstdint>

#include <re.h>

namespace sanad::phone {

struct Ticker::Timer {
    tmr timer{};
    std::function<void()> work;
    std::chrono::milliseconds next{};

    static void expired(void* self) { static_cast<Timer*>(self)->run(); }

    void run() {
        auto now = clock_now();
        for (int caught_up = 0; next <= now && caught_up < ticks_caught_up_max; ++caught_up) {
            next += tick;
            work();
        }
        now = clock_now();
        if (next + tick * ticks_caught_up_max < now) next = now + tick;
        tmr_start(&timer, next > now ? static_cast<std::uint64_t>((next - now).count()) : 0,
                  expired, this);
    }
};

Ticker::Ticker(std::function<void()> work) : timer_(std::make_unique<Timer>()) {
    timer_->work = std::move(work);
    timer_->next = clock_now() + tick;
    tmr_init(&timer_->timer);
    tmr_start(&timer_->timer, static_cast<std::uint64_t>(tick.count()), Timer::expired,
              timer_.get());
}

Ticker::~Ticker() { tmr_cancel(&timer_->timer); }

}  // namespace sanad::phone
