// What people do when a key is stolen, each way from the theft to the day after: revoke, new keys,
// a new directory, work again; and what the thief can do meanwhile and then.
#include "core/federation/directory_book.h"
#include "tests/unit/federation/directory_sample.h"
#include "tests/unit/federation/loopback.h"

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

/// A node on real sockets whose peers come from a directory that it has verified.
struct Office {
    Office(support::Machine& machine, PeerTable start, std::string bind, Entropy& entropy)
        : identity(trust::SigningKey::generate(entropy)),
          machine_(machine),
          end(machine, std::move(start), std::move(bind)),
          book(DirectoryBook::open(*end.node.store,
                                   {end.node.records, end.node.timers, *end.node.audit,
                                    *end.node.feed, end.end.peers, end.end.clock})
                   .value()) {
        end.node.engine.add(*book);
        book->on_revoked([this](store::Draft& draft, const NodeId& node, Time now) {
            return end.node.referrals->peer_revoked(draft, node, now);
        });
    }

    DirectoryNode line(const std::string& endpoint, Time issued) const {
        auto line = node(machine_.id.text, 1);
        line.endpoints.clear();
        if (!endpoint.empty()) line.endpoints.push_back(endpoint);
        line.keys =
            sign_key_bundle(machine_.id, identity, machine_.signing.public_key(),
                            machine_.sealing.public_key(), machine_.transport.public_key(), issued);
        return line;
    }
    Result<void> run(const std::function<Result<DirectoryBook::Outcome>(store::Draft&)>& work) {
        Result<void> answer;
        end.end.ask([&] {
            answer = end.node.run([&](store::Draft& draft) -> Result<void> {
                const auto outcome = work(draft);
                if (!outcome) return std::unexpected(outcome.error());
                return {};
            });
        });
        return answer;
    }
    std::string install(const std::string& note) {
        const std::vector<trust::Verifier> trusted{steward(1), steward(2), steward(3)};
        const auto done = run([&](store::Draft& draft) {
            return book->follow(draft, note, trusted, 2, "nadia", end.end.clock.now());
        });
        return done ? "followed" : name(done.error().fault);
    }
    std::string revoke(const std::string& notice) {
        const auto done = run([&](store::Draft& draft) {
            return book->revoke(draft, notice, "nadia", end.end.clock.now());
        });
        return done ? "revoked" : name(done.error().fault);
    }
    std::size_t times_in_feed(std::string_view name) {
        std::size_t count = 0;
        end.end.ask([&] {
            const auto events =
                end.node.feed->read(*end.node.store->snapshot().value(), 0, 10'000).value();
            count = std::size_t(std::ranges::count(events, name, &store::Event::name));
        });
        return count;
    }

    trust::SigningKey identity;
    support::Machine& machine_;
    NodeEnd end;
    std::unique_ptr<DirectoryBook> book;
};

struct Drill : Loopback {
    Drill() {
        tn.end.serve();
        ma.emplace(ma_machine, table(tn.end.end.transport->bound()), "", entropy);
        ma->end.serve();
        today = SystemClock().now();
        today.ms -= today.ms % 1000;
        directory = {"maghreb", 1, today - std::chrono::hours(2), today + std::chrono::days(90), 2,
                     {},        {}};
        directory.stewards = {steward(1), steward(2), steward(3)};
        refresh(today - std::chrono::hours(2), today - std::chrono::hours(2));
        REQUIRE(install({1, 2}) == "followed");
        work();
    }

    /// The lines of both nodes, with keys of these times.
    void refresh(Time of_ma, Time of_tn) {
        directory.nodes = {ma->line("", of_ma), tn.line(tn.end.end.transport->bound(), of_tn)};
    }
    void next_version() {
        ++directory.version;
        directory.issued = directory.issued + std::chrono::minutes(10);
    }
    /// At both nodes.
    std::string install(std::initializer_list<std::uint8_t> signers) {
        const auto note = signed_by(directory, signers);
        const auto there = tn.install(note);
        return ma->install(note) == there ? there : "not the same at both";
    }
    std::string notice_by(const trust::SigningKey& key, const std::string& signer,
                          const NodeId& node) const {
        return sign_revocation(directory, node, "key_stolen", key, signer, today).value();
    }
    ReferralId request() {
        Result<ReferralId> id = fail(Fault::closed, "");
        ma->end.end.ask([&] {
            id = ma->end.node.request(
                tunisia, support::sample_request("CASE-" + std::to_string(++number), tunisia,
                                                 casework::Urgency::u1));
        });
        REQUIRE(id.has_value());
        return *id;
    }
    /// A referral goes over, and its receipt comes back.
    void work() {
        const auto id = request();
        const auto arrived = tn.end.comes_to(id, casework::ReferralState::delivered);
        for (const auto* one : {&tn.end, &ma->end})
            for (const auto* counts : {&one->end.counters, &one->node.counters})
                for (const auto& [name, count] : counts->all()) UNSCOPED_INFO(name << ' ' << count);
        REQUIRE(arrived);
        REQUIRE(tn.end.comes_to(id, casework::ReferralState::delivered));
        REQUIRE(ma->end.comes_to(id, casework::ReferralState::delivered));
    }
    bool tn_hears(const NodeId& node) { return tn.end.end.peers.current()->find(node) != nullptr; }

    Time today;
    int number = 0;
    Directory directory;
    Office tn{tn_machine, table("tcp://127.0.0.1:1"), any_port, entropy};
    std::optional<Office> ma;
};

}  // namespace

TEST_CASE_METHOD(Drill, "drill: a transport key is stolen") {
    support::Machine thief(morocco.text, entropy);
    thief.transport.become(trust::TransportKey(ma_machine.transport.secret()));
    const auto endpoint = tn.end.end.transport->bound();
    // The thief can connect, and that is all: nothing it says is signed.
    RawClient knocking(thief, tn_machine, endpoint);
    knocking.send({Bytes{1, 2, 3, 4}});
    REQUIRE(tn.end.end.has_counted("admission.admitted", 2));

    // Morocco's own word is enough, and acts at once: the connection is cut.
    CHECK(tn.revoke(notice_by(ma->identity, morocco.text, morocco)) == "revoked");
    CHECK_FALSE(tn_hears(morocco));
    CHECK(tn.end.end.has_counted("transport.rebuilt"));
    const auto refused = tn.end.end.counters.count("admission.refused");
    CHECK(tn.end.end.has_counted("admission.refused", refused + 1));  // whoever has that key

    // New keys, a new directory: Morocco works again, and the stolen key opens nothing.
    ma_machine.transport.become(trust::TransportKey::generate(entropy));
    next_version();
    refresh(today + Duration(1'000), today - std::chrono::hours(2));
    CHECK(install({1, 3}) == "followed");
    ma->end.end.ask([&] { ma->end.end.transport->rekey(); });
    work();
    CHECK(tn.end.end.peers.current()->find(thief.transport.public_key()) == nullptr);
    const auto again = tn.end.end.counters.count("admission.refused");
    RawClient late(thief, tn_machine, endpoint);
    CHECK(tn.end.end.has_counted("admission.refused", again + 1));
}

TEST_CASE_METHOD(Drill, "drill: a signing key is stolen") {
    CHECK(tn.revoke(notice_by(steward_key(2), "steward-2", morocco)) == "revoked");
    CHECK_FALSE(tn_hears(morocco));
    const auto waiting = request();  // Morocco writes on: its log is its queue

    // The directory has the next key, and somebody still signs with the stolen one.
    trust::SigningKey next = trust::SigningKey::generate(entropy);
    const trust::SigningKey stolen(ma_machine.signing.seed().bytes());
    ma_machine.signing.become(trust::SigningKey(next.seed().bytes()));
    next_version();
    refresh(today + Duration(1'000), today - std::chrono::hours(2));
    ma_machine.signing.become(trust::SigningKey(stolen.seed().bytes()));
    CHECK(install({1, 2}) == "followed");
    REQUIRE(tn.end.end.mailbox.try_until(
        [&] { return tn.end.node.counters.count("link.drop.bad_signature") > 0; }));
    CHECK(tn.end.state(waiting) == casework::ReferralState::none);

    ma_machine.signing.become(std::move(next));
    REQUIRE(tn.end.comes_to(waiting, casework::ReferralState::delivered));
    work();
}

TEST_CASE_METHOD(Drill, "drill: a sealing key is stolen") {
    const trust::SealingKey stolen(tn_machine.sealing.secret());
    const auto before = request();
    REQUIRE(tn.end.comes_to(before, casework::ReferralState::delivered));
    CHECK(ma->revoke(notice_by(tn.identity, tunisia.text, tunisia)) == "revoked");
    // What waits for Tunisia is handed back to the counsellor.
    CHECK(ma->times_in_feed("referral.peer_revoked") >= 1);
    Result<ReferralId> refused = fail(Fault::closed, "");
    ma->end.end.ask([&] {
        refused = ma->end.node.request(
            tunisia, support::sample_request("CASE-X", tunisia, casework::Urgency::u1));
    });
    CHECK(refused.error().fault == Fault::denied);

    tn_machine.sealing.become(trust::SealingKey::generate(entropy));  // the old one is destroyed
    next_version();
    refresh(today - std::chrono::hours(2), today + Duration(1'000));
    CHECK(install({2, 3}) == "followed");
    work();

    // The newest link key is sealed to the new key, and the stolen one does not open it.
    bool by_stolen = true, by_new = false;
    ma->end.end.ask([&] {
        const LaneId lane{tunisia, Direction::out, Lane::urgent};
        const auto snapshot = ma->end.node.store->snapshot().value();
        const auto end = ma->end.node.logs->end(*snapshot, lane).value();
        const auto entry =
            ma->end.node.logs->read(*snapshot, lane, end.key_index, 1, SIZE_MAX).value();
        const auto parsed = parse_entry(entry.front().raw).value();
        const auto& key = std::get<KeyEntry>(parsed.content);
        by_stolen = open_link_key(key.for_recipient, stolen).has_value();
        by_new = open_link_key(key.for_recipient, tn_machine.sealing).has_value();
    });
    CHECK_FALSE(by_stolen);
    CHECK(by_new);
}

TEST_CASE_METHOD(Drill, "drill: a steward's key is stolen") {
    // Alone it grants nothing...
    auto forged = directory;
    next_version();
    std::swap(forged, directory);  // `forged` is the next one, `directory` the one in force
    forged.nodes[0].status = NodeStatus::revoked;
    CHECK(tn.install(signed_by(forged, {3})) == "untrusted");
    CHECK(tn.install(signed_by(forged, {3, 9})) == "untrusted");
    // ...but it silences a node, for 72 hours at most.
    CHECK(tn.revoke(notice_by(steward_key(3), "steward-3", morocco)) == "revoked");
    CHECK_FALSE(tn_hears(morocco));
    REQUIRE(tn.end.end.has_counted("transport.rebuilt"));

    // The others meet: without that steward, its notices are over at once, and worth nothing later.
    next_version();
    directory.stewards = {steward(1), steward(2), steward(4)};
    CHECK(install({1, 2, 4}) == "followed");
    CHECK(tn_hears(morocco));
    work();
    CHECK(tn.revoke(notice_by(steward_key(3), "steward-3", morocco)) == "untrusted");
    next_version();
    CHECK(tn.install(signed_by(directory, {3, 1})) == "untrusted");
    CHECK(install({1, 4}) == "followed");
}
