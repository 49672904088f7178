#pragma once

#include "core/api/desk_door.h"
#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/plugins/instance.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

namespace sanad::node {

/// What desk plugins ask of the node: requests of people who are signed in, and whether there is
/// news for them. A call waits for its answer on the plugin's thread.
class DeskCalls {
public:
    static constexpr std::size_t replies_kept_max = 64;  // long ones, of which a desk fetches parts
    static constexpr Duration reply_kept{60'000};
    static constexpr Duration news_wait_max{5'000};
    static constexpr std::size_t part_bytes_max = plugins::plugin_message_bytes_max - 1024;

    /// newest  of the feed, when the node starts. Both outlive the calls
    DeskCalls(const Clock& clock, Entropy& entropy, std::uint64_t newest)
        : clock_(clock), entropy_(entropy), newest_(newest) {}

    /// Where requests go; before the first plugin starts. It outlives the calls.
    void serve(api::DeskDoor& door) { door_ = &door; }

    /// Something happened; the feed's newest event. threads  engine
    void happened(std::uint64_t newest);
    /// Nobody waits for news any more. threads  any
    void close();

    /// SANAD_M_ASK, SANAD_M_REST, SANAD_M_NEWS. threads  any
    sanad_status call(std::string_view instance, std::uint32_t method, ByteView request,
                      plugins::Reply& reply);

private:
    struct Kept {
        std::string instance;
        Bytes bytes;
        Duration until{};
    };

    sanad_status ask(std::string_view instance, ByteView request, plugins::Reply& reply);
    sanad_status rest(std::string_view instance, ByteView request, plugins::Reply& reply);
    sanad_status news(ByteView request, plugins::Reply& reply);
    std::uint64_t keep(std::string_view instance, Bytes bytes);

    const Clock& clock_;
    Entropy& entropy_;
    api::DeskDoor* door_ = nullptr;

    std::mutex mutex_;  // guards the rest
    std::condition_variable told_;
    std::uint64_t newest_;
    bool closed_ = false;
    std::map<std::uint64_t, Kept> kept_;  // by a random handle
};

}  // namespace sanad::node
