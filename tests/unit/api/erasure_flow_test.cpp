#include "core/base/time_text.h"
#include "core/plugins/store_plugin.h"
#include "tests/support/folder.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace sanad::support {
namespace {

using casework::ErasureSide;
using casework::ErasureState;

const std::vector<std::string> ticked{"age_band", "narrative", "services_requested"};

struct Sent {
    std::string case_id;
    ReferralId id;
};

Sent referred(Helplines& world, Helpline& from, const std::string& to) {
    const auto case_id = from.open_case();
    REQUIRE(from.consent(case_id, ticked, {to}).error().empty());
    auto done = refer(from, {case_id, to});
    REQUIRE(done.error().empty());
    world.settle();
    return {case_id, parse_id<ReferralId>(done.id()).value()};
}

Reply withdraw(Helpline& line, const std::string& case_id) {
    return line.ask("amina",
                    [&](auto request) { request.initConsentWithdraw().setCase(to_text(case_id)); });
}

Reply move(Helpline& line, const ReferralId& id, const char* what, const char* reason = "") {
    return line.ask("amina", [&](auto request) {
        auto body = request.initReferralMove();
        body.setReferral(to_text(format(id)));
        body.setMove(what);
        body.setReason(reason);
    });
}

Reply answer(Helpline& line, const ReferralId& id, bool erase, const char* until = "") {
    return line.ask("salma", [&](auto request) {
        auto body = request.initErasureAnswer();
        body.setReferral(to_text(format(id)));
        body.setErase(erase);
        if (erase) return;
        body.setReason("court_order");
        body.setLaw("An order of an invented court");
        body.setUntil(until);
    });
}

Result<casework::Erasure> erasure(Helpline& line, const ReferralId& id) {
    const auto snapshot = line.node.store->snapshot();
    return line.node.erasures->find(**snapshot, id);
}

casework::ErasureMessage message_of(casework::ErasureKind kind, std::string reason,
                                    casework::KeyHash hash = {}) {
    casework::ErasureMessage message;
    message.kind = kind;
    message.reason = std::move(reason);
    message.key_hash = hash;
    return message;
}

bool has_key(Helpline& line, const KeyId& id) {
    const auto snapshot = line.node.store->snapshot();
    return line.node.keyring.find(**snapshot, id).has_value();
}

std::string shown_state(Helpline& line, const ReferralId& id) {
    auto shown =
        line.ask("amina", [&](auto request) { request.setReferralShow(to_text(format(id))); });
    return shown.error().empty() ? from_text((*shown).getReferral().getState()) : shown.error();
}

std::set<std::string> feed_of(Helpline& line) {
    const auto snapshot = line.node.store->snapshot();
    std::set<std::string> names;
    const auto events = line.node.feed->read(**snapshot, 0, 10'000);
    for (const auto& event : *events) names.insert(event.name);
    return names;
}

}  // namespace

TEST_CASE(
    "a consent that is taken back recalls its referrals, and what nobody accepted is erased") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    REQUIRE(has_key(world.tn(), federation::key_of(id)));
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    CHECK(shown_state(world.ma(), id) == "erasure_requested");
    world.settle();

    CHECK_FALSE(has_key(world.tn(), federation::key_of(id)));
    CHECK(shown_state(world.tn(), id) == "erased");
    CHECK(shown_state(world.ma(), id) == "erased");
    const auto certified = erasure(world.ma(), id);
    REQUIRE(certified);
    CHECK(certified->key_hash == federation::key_hash_of(id));
    CHECK(certified->entries > 0);
    CHECK(certified->answered_at.ms > 0);
    // The rest of the node goes on, and lists what is left.
    CHECK(world.tn().node.all_referrals()->empty());
    CHECK(world.ma().node.all_referrals()->size() == 1);
    CHECK(refer(world.ma(), {case_id, "tn.amal"}).error() == "withdrawn");
    CHECK(feed_of(world.tn()).contains("erasure.certified"));
}

TEST_CASE("recall after accept: a person answers, with a hold that names the law, or by erasing") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    REQUIRE(move(world.tn(), id, "accept").error().empty());
    world.settle();
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    CHECK(has_key(world.tn(), federation::key_of(id)));
    CHECK(erasure(world.tn(), id)->state == ErasureState::requested);
    CHECK(world.tn()
              .ask("amina",
                   [&](auto request) {
                       auto body = request.initErasureAnswer();
                       body.setReferral(to_text(format(id)));
                       body.setErase(true);
                   })
              .error() == "role_missing");

    CHECK(answer(world.tn(), id, false, "2026-01-01T00:00:00Z").error() == "invalid");
    REQUIRE(answer(world.tn(), id, false, "2027-01-01T00:00:00Z").error().empty());
    world.settle();
    auto held = erasure(world.ma(), id);
    REQUIRE(held);
    CHECK(held->state == ErasureState::held);
    CHECK(held->hold_law == "An order of an invented court");
    CHECK(format_time(held->hold_until) == "2027-01-01T00:00:00Z");
    CHECK(shown_state(world.ma(), id) == "held");
    CHECK(has_key(world.tn(), federation::key_of(id)));

    // Asking again does not lift it; the end of it brings the request back.
    REQUIRE(world.ma()
                .ask("amina",
                     [&](auto request) {
                         request.initErasureRequest().setReferral(to_text(format(id)));
                     })
                .error()
                .empty());
    world.settle();
    CHECK(erasure(world.tn(), id)->state == ErasureState::held);
    CHECK(erasure(world.ma(), id)->state == ErasureState::held);
    world.clock.advance(std::chrono::days(60));
    REQUIRE(world.tn().node.run_timers(world.clock.now()));
    CHECK(erasure(world.tn(), id)->state == ErasureState::requested);

    REQUIRE(answer(world.tn(), id, true).error().empty());
    world.settle();
    CHECK_FALSE(has_key(world.tn(), federation::key_of(id)));
    CHECK(shown_state(world.ma(), id) == "erased");
    CHECK(answer(world.tn(), id, true).error() == "already_ended");
}

TEST_CASE("a request to erase has a clock: half, full and twice thirty days, each told once") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    REQUIRE(move(world.tn(), id, "accept").error().empty());
    world.settle();
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    const auto told = [&](Helpline& line, const char* name) {
        const auto snapshot = line.node.store->snapshot();
        const auto events = line.node.feed->read(**snapshot, 0, 10'000);
        return std::ranges::count(*events, name, &store::Event::name);
    };
    for (int day = 0; day < 70; ++day) {
        world.clock.advance(std::chrono::days(1));
        REQUIRE(world.ma().node.run_timers(world.clock.now()));
        REQUIRE(world.tn().node.run_timers(world.clock.now()));
        CHECK(told(world.ma(), "erasure.clock_half") == (day >= 14 ? 1 : 0));
        CHECK(told(world.tn(), "erasure.clock_full") == (day >= 29 ? 1 : 0));
        CHECK(told(world.ma(), "erasure.clock_twice") == (day >= 59 ? 1 : 0));
    }
}

TEST_CASE("only the node that was asked may certify, and only for its own key") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    // Algeria asks Tunisia to erase a referral of Morocco, and certifies it to Morocco.
    const auto say = [&](Helpline& from, const NodeId& to, casework::ErasureMessage message) {
        message.referral = id;
        message.at = world.clock.now();
        REQUIRE(from.node.run([&](store::Draft& draft) -> Result<void> {
            draft.then([&, message](store::Transaction& transaction) -> Result<void> {
                const auto entry = from.node.logs->append(
                    transaction, to, federation::Lane::normal, store::node_key_id,
                    {federation::BodyKind::erasure, id.bytes, casework::write_erasure(message)},
                    world.clock.now());
                if (!entry) return std::unexpected(entry.error());
                return {};
            });
            return {};
        }));
        world.settle();
    };
    say(world.dz(), world.tn_machine.id,
        message_of(casework::ErasureKind::request, "child_request"));
    CHECK(has_key(world.tn(), federation::key_of(id)));
    CHECK(world.refusal_of(world.tn(), world.dz_machine.id) == "not_found");
    REQUIRE(move(world.tn(), id, "accept").error().empty());
    world.settle();
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    say(world.dz(), world.ma_machine.id,
        message_of(casework::ErasureKind::certificate, "", federation::key_hash_of(id)));
    CHECK(erasure(world.ma(), id)->state == ErasureState::requested);
    casework::KeyHash other{};
    other.fill(7);
    say(world.tn(), world.ma_machine.id, message_of(casework::ErasureKind::certificate, "", other));
    CHECK(erasure(world.ma(), id)->state == ErasureState::requested);
    CHECK(world.refusal_of(world.ma(), world.tn_machine.id) == "other_key");
}

TEST_CASE("a case is erased by two people, here and at the node that helped") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    const auto erase = [&](const char* who, bool confirm) {
        return world.ma().ask(who, [&](auto request) {
            auto body = request.initCaseErase();
            body.setCase(to_text(case_id));
            body.setReason("the child asked for it");
            body.setConfirm(confirm);
        });
    };
    CHECK(erase("salma", false).error() == "case_open");
    REQUIRE(world.ma()
                .ask("amina",
                     [&](auto request) {
                         auto body = request.initCaseClose();
                         body.setCase(to_text(case_id));
                         body.setReason("child_request");
                     })
                .error()
                .empty());
    CHECK(erase("amina", false).error() == "role_missing");
    CHECK(erase("nadia", true).error() == "not_found");
    REQUIRE(erase("salma", false).error().empty());
    CHECK(erase("salma", true).error() == "second_person");
    const auto key = api::key_of(parse_id<CaseId>(case_id).value());
    CHECK(has_key(world.ma(), key));
    REQUIRE(erase("nadia", true).error().empty());
    world.settle();
    CHECK_FALSE(has_key(world.ma(), key));
    CHECK_FALSE(has_key(world.ma(), federation::key_of(id)));
    CHECK_FALSE(has_key(world.tn(), federation::key_of(id)));
    auto cases = world.ma().ask("amina", [](auto request) { request.setCaseList(); });
    REQUIRE(cases.error().empty());
    CHECK((*cases).getCases().size() == 0);
    auto contacts =
        world.ma().ask("amina", [](auto request) { request.initContactList().setAll(true); });
    REQUIRE(contacts.error().empty());
    CHECK((*contacts).getContacts().size() == 0);
    // Life goes on.
    referred(world, world.ma(), "tn.amal");
}

TEST_CASE("erase, then restore: an old backup and an honest peer do not bring it back") {
    Helplines world;
    const MemoryDisk before_all = world.tn_machine.disk;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    const MemoryDisk with_referral = world.tn_machine.disk;
    std::vector<store::KeyHash> list;  // beside the store
    world.tn().node.keyring.on_destroyed([&](const std::vector<store::KeyHash>& hashes) {
        list.insert(list.end(), hashes.begin(), hashes.end());
    });
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    REQUIRE(list == std::vector{federation::key_hash_of(id)});
    REQUIRE_FALSE(has_key(world.tn(), federation::key_of(id)));

    for (const auto* backup : {&with_referral, &before_all}) {
        world.lines.erase(world.tn_machine.id);
        world.tn_machine.disk = *backup;
        world.start(world.tn_machine);
        REQUIRE(world.tn().node.run([&](store::Draft& draft) -> Result<void> {
            const auto again = world.tn().node.keyring.destroy_listed(draft, list);
            if (!again) return std::unexpected(again.error());
            return {};
        }));
        CHECK_FALSE(has_key(world.tn(), federation::key_of(id)));
        for (auto& [peer, line] : world.lines)
            if (peer != world.tn_machine.id) {
                line->node.links->connected(world.tn_machine.id);
                world.tn().node.links->connected(peer);
            }
        world.wait(std::chrono::seconds(90));
        CHECK_FALSE(has_key(world.tn(), federation::key_of(id)));
        CHECK(world.tn().node.all_referrals()->empty());
        // Whatever the peer pushed again is in the log as a hash alone.
        const auto snapshot = world.tn().node.store->snapshot();
        const federation::LaneId lane{world.ma_machine.id, federation::Direction::in,
                                      federation::Lane::normal};
        const auto end = world.tn().node.logs->end(**snapshot, lane);
        for (std::uint64_t index = 0; index < end->size; ++index) {
            const auto body = world.tn().node.logs->body(**snapshot, lane, index);
            const bool told = body && body->kind == federation::BodyKind::referral;
            CHECK_FALSE(told);
        }
    }
}

TEST_CASE("entries that were erased reach a peer that lost them as their hashes alone") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    const MemoryDisk backup = world.ma_machine.disk;
    REQUIRE(move(world.tn(), id, "review").error().empty());
    REQUIRE(move(world.tn(), id, "decline", "no_capacity").error().empty());
    world.settle();
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    REQUIRE_FALSE(has_key(world.tn(), federation::key_of(id)));

    world.lines.erase(world.ma_machine.id);
    world.ma_machine.disk = backup;
    world.start(world.ma_machine);
    for (auto& [peer, line] : world.lines)
        if (peer != world.ma_machine.id) {
            line->node.links->connected(world.ma_machine.id);
            world.ma().node.links->connected(peer);
        }
    world.wait(std::chrono::seconds(90));
    const auto ends = [&](Helpline& line, const NodeId& peer, federation::Direction direction) {
        const auto snapshot = line.node.store->snapshot();
        return line.node.logs->end(**snapshot, {peer, direction, federation::Lane::normal})->size;
    };
    CHECK(ends(world.ma(), world.tn_machine.id, federation::Direction::in) ==
          ends(world.tn(), world.ma_machine.id, federation::Direction::out));
    CHECK(feed_of(world.ma()).contains("link.entry_erased"));
    CHECK(world.ma().node.counters.count("link.erased_entries") == 2);
}

TEST_CASE("a reader of an old snapshot does not bring a destroyed key back") {
    Helplines world;
    const auto [case_id, id] = referred(world, world.ma(), "tn.amal");
    const auto key = federation::key_of(id);
    const auto old = world.tn().node.store->snapshot();
    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    CHECK(world.tn().node.keyring.find(**old, key));  // its own view, as long as it holds it
    CHECK_FALSE(has_key(world.tn(), key));
}

namespace {

/// A real LMDB store in the place of the one in memory, with the same node key.
struct RealStore {
    plugins::OpenStore open;
    std::filesystem::path file;

    Between between(const test::Folder& folder, Log& log, const Clock& clock) {
        file = folder / "store" / "data.mdb";
        return {.applier = {}, .store = [&](std::unique_ptr<store::Store> memory) {
                    const std::string settings = "{\"path\":\"" + (folder / "store").string() +
                                                 "\",\"mapSizeMiB\":64,\"create\":true}";
                    auto opened =
                        plugins::open_store(SANAD_LMDB_FOLDER "/lmdb.so", settings, log, clock);
                    REQUIRE(opened);
                    open = std::move(*opened);
                    const auto from = memory->open_table("key").value();
                    const auto to = open.store->open_table("key").value();
                    const auto snapshot = memory->snapshot().value();
                    auto writing = open.store->begin().value();
                    REQUIRE(snapshot->scan(
                        from, {}, {}, store::Order::ascending, 100, [&](const store::Row& row) {
                            return writing->put(to, row.key, row.value).has_value();
                        }));
                    REQUIRE(writing->commit());
                    return std::move(open.store);
                }};
    }

    static bool holds(const std::filesystem::path& path, ByteView bytes) {
        return test::content_of(path).find(text_of(bytes)) != std::string::npos;
    }
};

}  // namespace

TEST_CASE("erase, then search every byte of store and backup: neither plaintext nor wrapped key") {
    Helplines world;
    const test::Folder folder;
    RealStore real;
    world.lines.erase(world.tn_machine.id);
    world.start(world.tn_machine, real.between(folder, world.log, world.clock));
    auto& tn = world.tn();
    for (auto& [peer, line] : world.lines)
        if (peer != world.tn_machine.id) {
            line->node.links->connected(world.tn_machine.id);
            tn.node.links->connected(peer);
        }
    world.settle();
    const std::string planted = "kite-lantern-orchard-seven";
    const auto case_id = world.ma().open_case();
    REQUIRE(world.ma().consent(case_id, ticked, {"tn.amal"}).error().empty());
    ReferWords words{case_id, "tn.amal"};
    words.narrative = "A child asks for the " + planted;
    auto done = refer(world.ma(), words);
    const auto id = parse_id<ReferralId>(done.id()).value();
    world.settle();
    const auto key = federation::key_of(id);
    const auto table = tn.node.store->open_table("key").value();
    Bytes wrapped;
    {
        const auto snapshot = tn.node.store->snapshot().value();
        const auto value = snapshot->get(table, key).value();
        REQUIRE(value);
        wrapped.assign(value->begin(), value->end());
    }
    REQUIRE(wrapped.size() >= 32);
    CHECK(RealStore::holds(real.file, wrapped));
    CHECK_FALSE(RealStore::holds(real.file, bytes_of(planted)));

    REQUIRE(withdraw(world.ma(), case_id).error().empty());
    world.settle();
    REQUIRE_FALSE(has_key(tn, key));
    CHECK(RealStore::holds(real.file, wrapped));  // a free page keeps it: deleting is not enough
    REQUIRE(tn.node.store->compact());

    const auto backup = folder / "backup.mdb";
    const int fd = ::open(backup.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    REQUIRE(tn.node.store->backup(fd));
    ::close(fd);
    for (const auto& path : {real.file, backup}) {
        INFO(path);
        // Any part of it, as a page could have kept a piece.
        for (std::size_t at = 0; at + 16 <= wrapped.size(); ++at)
            CHECK_FALSE(RealStore::holds(path, ByteView(wrapped).subspan(at, 16)));
        CHECK_FALSE(RealStore::holds(path, bytes_of(planted)));
    }
    CHECK_FALSE(world.ma_machine.disk.holds(planted));

    // The compacted store works on, and is whole.
    CHECK(shown_state(tn, id) == "erased");
    const auto [next_case, next] = referred(world, world.ma(), "tn.amal");
    CHECK(has_key(tn, federation::key_of(next)));
    CHECK(tn.node.all_referrals()->size() == 1);
    {
        const auto snapshot = tn.node.store->snapshot().value();
        CHECK(tn.node.audit->verify(*snapshot));
    }
    world.lines.erase(world.tn_machine.id);
    CHECK(real.open.instance->stop());
}

}  // namespace sanad::support
