#include "tests/unit/federation/directory_world.h"

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

constexpr auto day = std::chrono::days(1);

/// A good directory in a note of so many bytes: signatures by keys that nobody knows fill it up.
std::string note_of(std::size_t bytes) {
    auto note = trust::parse_note(signed_by(sample_directory(), {1, 2})).value();
    std::size_t size = trust::write_note(note).size();
    const auto add = [&](const trust::NoteSignature& signature) {
        note.signatures.push_back(signature);
        size += trust::format(signature).size();
    };
    while (size + 5'800 < bytes) add({"nobody", {9}, Bytes(4'000)});
    // A key's name makes up for what whole groups of base64 leave.
    for (std::size_t length = 30; length < 4'090; length += 3)
        for (std::size_t name = 1; name <= 4; ++name) {
            const trust::NoteSignature last{std::string(name, 'n'), {9}, Bytes(length)};
            if (size + trust::format(last).size() != bytes) continue;
            add(last);
            return trust::write_note(note);
        }
    return {};
}

}  // namespace

TEST_CASE_METHOD(BookShelf, "a directory is followed with the commit that remembers it") {
    CHECK(install(signed_by(directory, {1, 2})) == "followed");
    CHECK(peers.current()->directory_version == 7);
    CHECK(is_active("tn.example"));
    CHECK(times_in_feed("directory.followed") == 1);
    CHECK(times_in_audit("directory.follow") == 1);
    open();
    CHECK(state()->in_force->directory == directory);
    CHECK(peers.current()->directory_version == 7);
}

TEST_CASE_METHOD(BookShelf, "a directory whose commit fails is not followed") {
    life->memory->plan({support::FaultPoint::operation, support::FaultKind::fail,
                        life->memory->operations() + 4, SANAD_E_FULL});
    Result<void> answer;
    REQUIRE(life->engine.submit(
        [&](store::Draft& draft) -> Result<void> {
            const auto outcome = life->book->follow(draft, signed_by(directory, {1, 2}), trusted, 2,
                                                    "nadia", clock.now());
            REQUIRE(outcome.has_value());
            return {};
        },
        [&](const auto& result) { answer = result; }));
    CHECK_FALSE(life->engine.run_once().has_value());
    CHECK_FALSE(answer.has_value());
    CHECK_FALSE(state()->in_force.has_value());
    CHECK(peers.current()->nodes.empty());
}

TEST_CASE_METHOD(BookShelf, "the very same directory again is no fault") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    CHECK(install(signed_by(directory, {1, 2})) == "same");
    CHECK(install(signed_by(directory, {1, 2, 3})) == "same");  // with a signature more
    CHECK(times_in_feed("directory.followed") == 1);
    CHECK(times_in_feed("directory.fork") == 0);
}

TEST_CASE_METHOD(BookShelf, "rollback: an older directory never comes back, nor after a restart") {
    const auto older = directory;
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    REQUIRE(install(signed_by(next(), {2, 3})) == "followed");
    CHECK(install(signed_by(older, {1, 2, 3})) == "denied");
    open();
    CHECK(install(signed_by(older, {1, 2, 3})) == "denied");
    CHECK(peers.current()->directory_version == 8);
}

TEST_CASE_METHOD(BookShelf,
                 "stewards who took over are believed after a restart, without anybody's help") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    directory = next();
    directory.stewards = {steward(4), steward(5), steward(6)};
    REQUIRE(install(signed_by(directory, {1, 2, 4, 5})) == "followed");
    open();
    CHECK(state()->in_force->directory.stewards == directory.stewards);
    CHECK(install(signed_by(next(), {1, 2, 3})) == "untrusted");  // signed by removed stewards
    CHECK(install(signed_by(next(), {4, 6})) == "followed");
}

TEST_CASE_METHOD(BookShelf, "a change of stewards is followed step by step, and skips no version") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    auto change = next();
    change.stewards = {steward(1), steward(4), steward(5)};
    auto skipping = change;
    ++skipping.version;
    CHECK(install(signed_by(change, {1, 2})) == "untrusted");  // signed by old only
    CHECK(install(signed_by(change, {4, 5})) == "untrusted");  // signed by new only
    CHECK(install(signed_by(skipping, {1, 2, 4})) == "denied");
    CHECK(install(signed_by(change, {1, 2, 4})) == "followed");
    directory = change;
    CHECK(install(signed_by(next(), {4, 5})) == "followed");
}

TEST_CASE_METHOD(BookShelf, "an administrator vouches for what came between, and nobody else") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    auto later = next();
    later.version = 20;
    later.stewards = {steward(4), steward(5)};
    const auto by_trust = [&](std::initializer_list<trust::Verifier> believed) {
        const std::vector<trust::Verifier> stewards = believed;
        return outcome_of([&](store::Draft& draft) {
            return life->book->follow_by_trust(draft, signed_by(later, {4, 5}), stewards, 2, "node",
                                               clock.now());
        });
    };
    CHECK(by_trust({steward(1), steward(2)}) == "untrusted");
    CHECK(by_trust({steward(4), steward(5)}) == "followed");
    CHECK(by_trust({steward(4), steward(5)}) == "denied");
    later.federation = "levant";
    later.version = 21;
    CHECK(by_trust({steward(4), steward(5)}) == "invalid");
}

TEST_CASE_METHOD(BookShelf, "two texts of one version raise the alarm, and both notes are kept") {
    const auto held = signed_by(directory, {1, 2});
    REQUIRE(install(held) == "followed");
    directory.nodes[1].name = "Another helpline";
    const auto other = signed_by(directory, {2, 3});
    CHECK(install(other) == "fork");
    CHECK(install(other) == "fork");
    CHECK(install(signed_by(directory, {1})) == "untrusted");  // nobody can raise it alone
    open();
    CHECK(state()->alarms == 1);
    const auto alarms = life->book->alarms(*life->store->snapshot().value()).value();
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0].version == 7);
    CHECK(alarms[0].held == held);
    CHECK(alarms[0].other == other);
    CHECK(alarms[0].from == "nadia");
    CHECK(times_in_feed("directory.fork") == 1);
    CHECK(times_in_audit("directory.fork") == 1);
    CHECK(state()->in_force->note == trust::parse_note(held).value());
    directory.nodes[1].name = "A third helpline";
    CHECK(install(signed_by(directory, {1, 3})) == "fork");
    CHECK(state()->alarms == 2);
}

TEST_CASE_METHOD(BookShelf, "a directory of 2 MiB, or one without end, is refused by its size") {
    CHECK(install(std::string(2 << 20, 'x')) == "bad_size");
    CHECK(install(note_of(directory_note_bytes_max + 1)) == "bad_size");
    CHECK(install(note_of(directory_note_bytes_max)) == "followed");
    CHECK(install(std::string(directory_note_bytes_max + 1, 'x')) == "bad_size");
    CHECK(install(std::string(directory_note_bytes_max, 'x')) == "malformed");
}

TEST_CASE_METHOD(BookShelf, "expiry is soft first, then hard, each from its moment on") {
    directory.expires = clock.now() + day;
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    const auto now_is = [&] { return validity(*state(), clock.now(), life->book->grace()); };
    const auto may_refer = [&] {
        return check_new_referral(*state(), clock.now(), life->book->grace()).has_value();
    };
    let_pass(day - Duration(1));
    CHECK(now_is() == Validity::valid);
    let_pass(Duration(1));  // exactly now
    CHECK(now_is() == Validity::expired_soft);
    CHECK(may_refer());
    let_pass(directory_grace_default - Duration(1));
    CHECK(now_is() == Validity::expired_soft);
    let_pass(Duration(1));
    CHECK(now_is() == Validity::expired_hard);
    CHECK_FALSE(may_refer());
    CHECK(is_active("tn.example"));  // known peers are still heard
    CHECK(times_in_feed("directory.expired_soft") == 1);
    CHECK(times_in_feed("directory.expired_hard") == 1);
    let_pass(day);
    CHECK(times_in_feed("directory.expired_hard") == 1);
}

TEST_CASE_METHOD(BookShelf, "in island mode no new key is accepted, but by the stewards") {
    directory.expires = clock.now() + day;
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    let_pass(day + directory_grace_default);
    auto fresh = next();
    fresh.expires = clock.now() + 90 * day;
    fresh.nodes[1].keys = NodeKeys(55).bundle(NodeId{"tn.example"});
    CHECK(install(signed_by(fresh, {1})) == "untrusted");
    CHECK(peers.current()->find(NodeId{"tn.example"})->signing == directory.nodes[1].keys.signing);
    CHECK(install(signed_by(fresh, {1, 3})) == "followed");
    CHECK(peers.current()->find(NodeId{"tn.example"})->signing == fresh.nodes[1].keys.signing);
    CHECK(validity(*state(), clock.now(), life->book->grace()) == Validity::valid);
    let_pass(Duration(0));
    CHECK(times_in_feed("directory.valid") == 1);
}

TEST_CASE_METHOD(BookShelf, "an override takes two people, is recorded, and ends by itself") {
    const auto ask = [&](const char* who, std::string_view reason, std::uint32_t hours) {
        const auto asked = run([&](store::Draft& draft) {
            return life->book->ask_override(draft, who, reason, hours, clock.now());
        });
        return asked ? "asked" : name(asked.error().fault);
    };
    const auto agree = [&](const char* who) {
        const auto agreed = run([&](store::Draft& draft) -> Result<void> {
            const auto until = life->book->agree_override(draft, who, clock.now());
            if (!until) return std::unexpected(until.error());
            return {};
        });
        return agreed ? "agreed" : name(agreed.error().fault);
    };
    const auto may_refer = [&] {
        return check_new_referral(*state(), clock.now(), life->book->grace()).has_value();
    };
    directory.expires = clock.now() + day;
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    CHECK(ask("nadia", "too early", 24) == std::string("denied"));
    let_pass(day + directory_grace_default);
    CHECK(ask("nadia", "", 24) == std::string("invalid"));
    CHECK(ask("nadia", std::string(501, 'x'), 24) == std::string("invalid"));
    CHECK(ask("nadia", "a child waits", 0) == std::string("invalid"));
    CHECK(ask("nadia", "a child waits", 73) == std::string("invalid"));
    CHECK(agree("karim") == std::string("not_found"));
    CHECK(ask("nadia", "a child waits", 72) == std::string("asked"));
    CHECK_FALSE(may_refer());
    CHECK(agree("nadia") == std::string("denied"));
    CHECK(agree("karim") == std::string("agreed"));
    CHECK(may_refer());
    open();
    CHECK(may_refer());
    let_pass(std::chrono::hours(72) - Duration(1));
    CHECK(may_refer());
    let_pass(Duration(1));
    CHECK_FALSE(may_refer());
    CHECK(times_in_audit("directory.override_ended") == 1);
    CHECK(times_in_feed("directory.override_begun") == 1);
    // Nobody answers: what was asked is over after a day.
    CHECK(ask("nadia", "a child waits", 1) == std::string("asked"));
    let_pass(override_answer_wait);
    CHECK(agree("karim") == std::string("not_found"));
    // The next directory ends it too.
    CHECK(ask("nadia", "a child waits", 1) == std::string("asked"));
    CHECK(agree("karim") == std::string("agreed"));
    REQUIRE(install(signed_by(next(), {1, 2})) == "followed");
    CHECK_FALSE(state()->exception.has_value());
}

TEST_CASE_METHOD(BookShelf, "a clock below the floor is declared wrong, and changes no validity") {
    directory.expires = directory.issued + 30 * day;
    clock.wall = directory.issued;
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    auto later = next();
    later.issued = directory.issued + 29 * day;
    later.expires = directory.issued + 30 * day;
    clock.wall = later.expires;
    REQUIRE(install(signed_by(later, {1, 2})) == "followed");
    CHECK(validity(*state(), clock.now(), life->book->grace()) == Validity::expired_soft);
    // Set back by a year: what the stewards signed cannot have been signed in the future.
    clock.wall = later.issued - 365 * day;
    CHECK(is_clock_wrong(*state(), clock.now()));
    CHECK(effective_now(*state(), clock.now()) == later.issued);
    open();
    CHECK(state()->floor == later.issued);
    let_pass(Duration(0));
    CHECK(times_in_feed("clock.wrong") == 1);
    clock.wall = later.issued - directory_clock_slack;
    CHECK_FALSE(is_clock_wrong(*state(), clock.now()));
    clock.wall = later.issued - directory_clock_slack - Duration(1);
    CHECK(is_clock_wrong(*state(), clock.now()));
    clock.wall = later.issued + day;
    let_pass(Duration(0));
    CHECK(times_in_feed("clock.right") == 1);
}

TEST_CASE_METHOD(BookShelf, "a clock a day ahead or behind leaves the directory as it is") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    for (const auto off : {day, -day}) {
        CHECK(validity(*state(), clock.now() + off, life->book->grace()) == Validity::valid);
        CHECK(check_new_referral(*state(), clock.now() + off, life->book->grace()).has_value());
    }
}

TEST_CASE_METHOD(BookShelf, "a former transport key is let in for a week, then no more") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    const auto old = directory.nodes[1].keys.transport;
    auto fresh = next();
    fresh.nodes[1].keys = NodeKeys(55).bundle(NodeId{"tn.example"});
    REQUIRE(install(signed_by(fresh, {1, 2})) == "followed");
    const auto by_key = [&](const trust::TransportPublicKey& key) {
        return peers.current()->find(key) != nullptr;
    };
    CHECK(by_key(old));
    CHECK(by_key(fresh.nodes[1].keys.transport));
    open();
    CHECK(by_key(old));
    directory = fresh;
    REQUIRE(install(signed_by(next(), {1, 2})) == "followed");  // another change keeps it
    CHECK(by_key(old));
    let_pass(transport_overlap);
    CHECK_FALSE(by_key(old));
    CHECK(by_key(fresh.nodes[1].keys.transport));
}

TEST_CASE_METHOD(BookShelf, "the chain of directories is kept in order") {
    REQUIRE(install(signed_by(directory, {1, 2})) == "followed");
    REQUIRE(install(signed_by(next(), {1, 2})) == "followed");
    const auto snapshot = life->store->snapshot().value();
    const auto chain = life->book->chain(*snapshot, 0, 10).value();
    REQUIRE(chain.size() == 2);
    CHECK(chain[0] == signed_by(directory, {1, 2}));
    CHECK(life->book->chain(*snapshot, 8, 10).value() == std::vector{chain[1]});
    CHECK(life->book->newest(*snapshot, 1).value() == std::vector{chain[1]});
}
