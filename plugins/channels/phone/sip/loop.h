#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace sanad::phone {

inline constexpr std::size_t work_waiting_max = 10'000;  // a bug of ours is behind more

/// The one thread that everything of an endpoint happens on. Internal. threads  as each says
class Loop {
public:
    Loop();
    /// Stops.
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs `open` on a new thread; if it returns true, then the loop until `finish`, then `close`.
    ///
    /// returns  what `open` returned. threads  one other
    bool start(std::function<bool()> open, std::function<void()> close);
    /// Waits for the thread. Work that has not run is dropped. threads  the one that started
    void join();
    /// The loop ends after what it does now. threads  the loop's
    void finish();

    /// Soon, in the order they were given. threads  any
    void post(std::function<void()> work);
    /// Not before that time; to 20 ms. threads  any
    void after(std::chrono::milliseconds wait, std::function<void()> work);
    /// Runs what is due. threads  the loop's, each tick
    void run_due();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sanad::phone
