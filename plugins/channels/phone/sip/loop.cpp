#include "plugins/channels/phone/sip/loop.h"

#include "plugins/channels/phone/sip/handle.h"
#include "plugins/channels/phone/sip/sip_text.h"

#include <pthread.h>

#include <csignal>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include <re.h>
#define DEBUG_MODULE "sanad"
#define DEBUG_LEVEL 0
#include <re_dbg.h>

namespace sanad::phone {
namespace {

constexpr int descriptors_max = 8192;  // the library's own limit is 1,024: a few hundred legs

// A connection that is gone must be an error, not the end of the process; the signal would come to
// this thread.
void block_broken_pipe() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

struct Loop::Parts {
    std::mutex mutex;
    std::deque<std::function<void()>> work;  // under it
    std::multimap<std::chrono::milliseconds, std::function<void()>> later;
    mqueue* waker = nullptr;  // while the thread takes work
    std::thread thread;

    static void woken(int, void*, void* self) {
        auto& parts = *static_cast<Parts*>(self);
        std::deque<std::function<void()>> work;
        {
            const std::lock_guard lock{parts.mutex};
            work.swap(parts.work);
        }
        for (const auto& one : work) one();
    }

    // Everything of the library's belongs to the thread that made it.
    void run(const std::function<bool()>& open, const std::function<void()>& close,
             std::promise<bool>& opened) {
        block_broken_pipe();
        bool good = re_thread_init() == 0 && fd_setsize(descriptors_max) == 0;
        dbg_init(0, DBG_NONE);  // a line for each bad packet would fill a disk
        mqueue* made = nullptr;
        good = good && mqueue_alloc(&made, woken, this) == 0;
        Handle<mqueue> owned{made};
        good = good && open();
        if (good) {
            const std::lock_guard lock{mutex};
            waker = made;
            if (!work.empty()) mqueue_push(waker, 0, nullptr);
        }
        opened.set_value(good);
        if (good) re_main(nullptr);  // null: it installs no signal handler
        {
            const std::lock_guard lock{mutex};
            waker = nullptr;
        }
        close();
        {
            const std::lock_guard lock{mutex};
            work.clear();
            later.clear();
        }
        owned.reset();
        re_thread_close();
    }
};

Loop::Loop() : parts_(std::make_unique<Parts>()) {}
Loop::~Loop() { join(); }

bool Loop::start(std::function<bool()> open, std::function<void()> close) {
    std::promise<bool> opened;
    auto answer = opened.get_future();
    parts_->thread = std::thread([this, open = std::move(open), close = std::move(close), &opened] {
        parts_->run(open, close, opened);
    });
    const bool good = answer.get();
    if (!good) join();
    return good;
}

void Loop::join() {
    if (parts_->thread.joinable()) parts_->thread.join();
}

void Loop::finish() { re_cancel(); }

void Loop::post(std::function<void()> work) {
    const std::lock_guard lock{parts_->mutex};
    if (!parts_->waker || parts_->work.size() >= work_waiting_max) return;
    parts_->work.push_back(std::move(work));
    if (parts_->work.size() == 1) mqueue_push(parts_->waker, 0, nullptr);
}

void Loop::after(std::chrono::milliseconds wait, std::function<void()> work) {
    const std::lock_guard lock{parts_->mutex};
    if (parts_->later.size() < work_waiting_max)
        parts_->later.emplace(clock_now() + wait, std::move(work));
}

void Loop::run_due() {
    const auto now = clock_now();
    for (;;) {
        std::function<void()> work;
        {
            const std::lock_guard lock{parts_->mutex};
            const auto first = parts_->later.begin();
            if (first == parts_->later.end() || first->first > now) return;
            work = std::move(first->second);
            parts_->later.erase(first);
        }
        work();
    }
}

}  // namespace sanad::phone
