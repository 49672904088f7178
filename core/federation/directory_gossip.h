#pragma once

#include "core/base/counters.h"
#include "core/base/log.h"
#include "core/federation/directory_book.h"
#include "core/federation/exchange.h"
#include "core/store/engine.h"

#include <functional>
#include <map>

namespace sanad::federation {

/// How directories and revocations spread without a central server: each node says which version it
/// follows, who is behind asks, and gets what came after in order. A peer only carries notes: each
/// is verified as if a stranger had brought it. threads  transport
class DirectoryGossip final : public Exchange {
public:
    static constexpr std::size_t offer_bytes_max = 900'000;   // of notes, in one answer
    static constexpr Duration ask_again{5'000};               // of one peer
    static constexpr Duration answer_again{1'000};            // of one peer
    static constexpr std::uint32_t notices_each_second = 20;  // looked at, of one peer
    static constexpr std::size_t notices_said_max = 32;       // at each greeting

    /// As Links::say(), with the topic filled in.
    using Say = std::function<Result<void>(const NodeId& peer, ByteView payload)>;

    /// All of it outlives the gossip.
    struct Parts {
        NodeId self;
        store::Store& store;
        store::Engine& engine;
        DirectoryBook& book;
        const Peers& peers;
        const Clock& clock;
        Log& log;
        Counters& counters;
        Say say;
    };
    explicit DirectoryGossip(Parts parts) : parts_(std::move(parts)) {}

    void received(const NodeId& peer, ByteView payload) override;
    void greeted(const NodeId& peer, const Hello& hello) override;
    void tick() override;

    /// Whether each other active node has said that it follows `version` or a later one.
    bool all_follow(std::uint64_t version) const;

private:
    struct Known {
        std::uint64_t version = 0;
        Duration asked_at{-ask_again};
        Duration answered_at{-answer_again};
        bool awaits_offer = false;
        Duration second{0};  // when the count of notices began
        std::uint32_t notices = 0;
    };

    void heard_version(const NodeId& peer, std::uint64_t version);
    void answer(const NodeId& peer, std::uint64_t have);
    void on_offer(const NodeId& peer, std::vector<std::string> notes);
    void on_notice(const NodeId& peer, const std::string& note);
    void say_notices(const NodeId& peer, const DirectoryState& state);
    void drop(const NodeId& peer, const char* why);
    void submit(const NodeId& peer, std::string note, bool is_notice);

    Parts parts_;
    std::map<NodeId, Known> known_;
    std::shared_ptr<const DirectoryState> told_;  // what all peers have been told of
};

}  // namespace sanad::federation
