#pragma once

#include "core/base/counters.h"
#include "core/federation/directory_book.h"
#include "core/plugins/store_adapter.h"
#include "tests/support/federation_node.h"
#include "tests/support/world.h"
#include "tests/unit/federation/directory_sample.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::test {

/// A book of directories on a store in memory, with a disk that outlives it.
class BookShelf {
public:
    using Outcome = federation::DirectoryBook::Outcome;

    /// One life of the book.
    struct Life {
        Life(support::Machine& machine, support::TestEntropy& entropy, const Clock& clock, Log& log,
             federation::Peers& peers)
            : vault(machine.vault_key.copy(), machine.store_id),
              memory(support::MemoryStore::open(machine.disk)),
              store(plugins::adapt(memory->interface())),
              keyring(vault, store->open_table("key").value()),
              records(machine.store_id, keyring, entropy),
              engine(*store, log),
              audit(store::Audit::open(*store, records).value()),
              feed(store::Feed::open(*store, records).value()),
              timers(store::Timers::open(*store).value()),
              book(federation::DirectoryBook::open(*store,
                                                   {records, timers, *audit, *feed, peers, clock})
                       .value()) {
            engine.add(*audit);
            engine.add(*feed);
            engine.add(*book);
        }
        trust::Vault vault;
        std::unique_ptr<support::MemoryStore> memory;
        std::unique_ptr<store::Store> store;
        store::Keyring keyring;
        store::Records records;
        store::Engine engine;
        std::unique_ptr<store::Audit> audit;
        std::unique_ptr<store::Feed> feed;
        store::Timers timers;
        std::unique_ptr<federation::DirectoryBook> book;
    };

    BookShelf() { open(); }

    void open() {
        life.reset();
        peers.replace({});
        life.emplace(machine, entropy, clock, log, peers);
    }

    Result<void> run(store::Engine::Work work) {
        Result<void> answer = fail(Fault::closed, "never answered");
        const auto taken =
            life->engine.submit(std::move(work), [&](const auto& result) { answer = result; });
        REQUIRE(taken.has_value());
        REQUIRE(life->engine.run_once().has_value());
        return answer;
    }
    /// followed, same, fork, or the name of the fault.
    std::string install(const std::string& note) {
        return outcome_of([&](store::Draft& draft) {
            return life->book->follow(draft, note, trusted, 2, "nadia", clock.now());
        });
    }
    std::string revoke(const std::string& note) {
        return outcome_of([&](store::Draft& draft) {
            return life->book->revoke(draft, note, "nadia", clock.now());
        });
    }
    std::string outcome_of(const std::function<Result<Outcome>(store::Draft&)>& work) {
        Result<Outcome> outcome = fail(Fault::closed, "");
        const auto ran = run([&](store::Draft& draft) -> Result<void> {
            outcome = work(draft);
            if (!outcome) return std::unexpected(outcome.error());
            return {};
        });
        if (!outcome) return name(outcome.error().fault);
        REQUIRE(ran.has_value());
        return *outcome == Outcome::followed ? "followed"
               : *outcome == Outcome::same   ? "same"
                                             : "fork";
    }
    /// What the node does by itself: timers that are due, and news of expiry and clock.
    void let_pass(Duration span) {
        clock.advance(span);
        const auto due = life->timers.due(*life->store->snapshot().value(), clock.now(), 100);
        for (const auto& timer : due.value())
            REQUIRE(run([&](store::Draft& draft) -> Result<void> {
                        if (const auto cleared = life->timers.clear(draft, timer); !cleared)
                            return cleared;
                        return life->book->on_timer(draft, clock.now());
                    }).has_value());
        if (life->book->has_news(clock.now()))
            REQUIRE(run([&](store::Draft& draft) -> Result<void> {
                        life->book->tell_condition(draft, clock.now());
                        return {};
                    }).has_value());
    }
    std::size_t times_in_feed(std::string_view name) {
        const auto events = life->feed->read(*life->store->snapshot().value(), 0, 1'000).value();
        return std::size_t(std::ranges::count(events, name, &store::Event::name));
    }
    std::size_t times_in_audit(std::string_view action) {
        std::size_t count = 0;
        const auto read = life->audit->read(*life->store->snapshot().value(), 0, 1'000,
                                            [&](std::uint64_t, const store::AuditEntry& entry) {
                                                count += entry.action == action;
                                                return true;
                                            });
        REQUIRE(read.has_value());
        return count;
    }
    std::shared_ptr<const federation::DirectoryState> state() { return life->book->current(); }
    bool is_active(const std::string& node) {
        return peers.current()->find(NodeId{node}) != nullptr;
    }

    support::TestEntropy entropy{7};
    support::TestClock clock;
    NullLog log;
    support::Machine machine{"ma.example", entropy};
    federation::Peers peers{federation::PeerTable{}};
    std::vector<trust::Verifier> trusted{steward(1), steward(2), steward(3)};
    std::optional<Life> life;
    federation::Directory directory = sample_directory();

    /// The next version, issued an hour later.
    federation::Directory next() const {
        auto later = directory;
        ++later.version;
        later.issued = later.issued + std::chrono::hours(1);
        return later;
    }
};

}  // namespace sanad::test
