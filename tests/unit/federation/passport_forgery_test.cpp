#include "core/trust/checkpoint.h"
#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::Side;
using test::Forger;
using test::PassportWorld;
using test::same_report;
using Kind = casework::ReferralEventKind;

TEST_CASE_METHOD(Forger, "only the stewards that the reader trusts make a passport valid") {
    CHECK(verify(file, 2).has_value());
    CHECK(verify(file, 1).has_value());
    CHECK(verify(file, 3).error().fault == Fault::untrusted);  // a missing steward
    CHECK(verify(file, 0).error().fault == Fault::invalid);
    const std::vector strangers{test::steward(4), test::steward(5)};
    CHECK(verify_passport(file, strangers, 1).error().fault == Fault::untrusted);
    CHECK(verify_passport(file, {}, 1).error().fault == Fault::untrusted);
    const std::vector one_key{test::steward(1),
                              trust::Verifier{"other-label", trust::SignatureType::ed25519,
                                              test::steward_key(1).public_key()}};
    CHECK(verify_passport(file, one_key, 2).error().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Forger, "another federation's directory proves nothing here") {
    passport.directory = test::signed_by(test::directory_of(*this), {4, 5});
    CHECK(refusal().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Forger, "a directory with another key for the other side is refused") {
    auto other = test::directory_of(*this);
    other.nodes[1].keys = test::NodeKeys(9).bundle(tunisia);
    passport.directory = test::signed_by(other, {1, 2});
    CHECK(refusal().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Forger, "a directory without one of the two nodes is refused") {
    auto other = test::directory_of(*this);
    other.nodes.pop_back();
    passport.directory = test::signed_by(other, {1, 2});
    CHECK(refusal().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Forger, "a passport cut by anybody but its exporter is refused") {
    passport.events.pop_back();
    const auto by_tn = write_passport(passport, tn_machine.signing).value();
    CHECK(verify(by_tn).error().fault == Fault::untrusted);
    passport.exporter = Side::asked;
    CHECK(verify(resigned(passport)).error().fault == Fault::untrusted);
}

TEST_CASE_METHOD(Forger,
                 "no event can be left out while an answer to it stays, even by the exporter") {
    SECTION("the first") { passport.events.erase(passport.events.begin()); }
    SECTION("one in the middle") { passport.events.erase(passport.events.begin() + 3); }
    SECTION("one that the other side has answered") {
        passport.events.erase(passport.events.begin() + 1);  // the information
    }
    SECTION("all of the other side") {
        std::erase_if(passport.events, [&](const PassportEntry& entry) {
            return passport.logs[entry.log].writer == Side::asked;
        });
    }
    CHECK(refusal().fault == Fault::invalid);
}

TEST_CASE_METHOD(Forger,
                 "what one side said last can be left out with all its answers, and no proof "
                 "can tell") {
    // The information, and what Tunisia said when it had seen it.
    std::erase_if(passport.events, [&](const PassportEntry& entry) {
        return entry.event > (passport.logs[entry.log].writer == Side::asker ? 0U : 1U);
    });
    const auto report = verify(resigned(passport));
    REQUIRE(report.has_value());
    CHECK(report->events.size() == 3);
    // The other side's passport has them.
    CHECK(verify(from_tn(id))->events.size() == 7);
}

TEST_CASE_METHOD(Forger, "events cannot be passed off as erased, unless all of them are") {
    const auto erase = [](PassportEntry& entry) {
        entry.leaf = trust::leaf_hash(entry.raw);
        entry.raw.clear();
        entry.key.clear();
    };
    SECTION("the first") { erase(passport.events.front()); }
    SECTION("the last") { erase(passport.events.back()); }
    SECTION("all but one") {
        for (std::size_t i = 1; i < passport.events.size(); ++i) erase(passport.events[i]);
    }
    SECTION("the answers to what was left out") {
        for (auto& entry : passport.events)
            if (passport.logs[entry.log].writer == Side::asked) erase(entry);
        passport.events.erase(passport.events.begin() + 1);
    }
    SECTION("all") {
        for (auto& entry : passport.events) erase(entry);
        const auto report = verify(resigned(passport));
        REQUIRE(report.has_value());
        CHECK_FALSE(report->view.has_value());
        return;
    }
    CHECK(refusal().fault == Fault::invalid);
}

TEST_CASE_METHOD(Forger, "events cannot change places") {
    SECTION("of one side") { std::swap(passport.events[2], passport.events[3]); }
    SECTION("of one side, renumbered") {
        std::swap(passport.events[2], passport.events[3]);
        std::swap(passport.events[2].event, passport.events[3].event);
    }
    SECTION("of both sides") { std::swap(passport.events[1], passport.events[2]); }
    SECTION("in a log") { std::swap(passport.events[2].index, passport.events[3].index); }
    SECTION("twice the same") { passport.events[3] = passport.events[2]; }
    const auto fault = refusal().fault;
    CHECK((fault == Fault::invalid || fault == Fault::bad_signature));
}

TEST_CASE_METHOD(Forger, "an entry of another referral is refused") {
    const auto other = read_passport(from_ma(ask("CASE-9"))).value().passport;
    SECTION("in the place of an event") {
        const auto number = passport.events[1].event;
        passport.logs[0] = other.logs[0];
        passport.events[0] = other.events[0];
        passport.events[0].log = 0;
        passport.events[1].event = number;
    }
    SECTION("under the id of another") { passport.referral = other.referral; }
    const auto error = refusal();
    INFO(error.detail);
    CHECK((error.fault == Fault::invalid || error.fault == Fault::bad_signature));
}

TEST_CASE_METHOD(Forger, "a key that opens no entry, or another's, is refused") {
    SECTION("changed") { passport.events[0].key[0] ^= 1; }
    SECTION("another's") { passport.events[0].key = passport.events[1].key; }
    const auto error = refusal();
    CHECK(error.fault == Fault::bad_signature);
    CHECK_THAT(error.detail, Catch::Contains("event 0"));
}

TEST_CASE_METHOD(Forger, "an entry that is not in the log of its writer is refused") {
    auto& entry = first_of_asked();
    SECTION("changed") { entry.raw.back() ^= 1; }
    SECTION("with a changed proof") { entry.proof[0][0] ^= 1; }
    SECTION("with a shorter proof") { entry.proof.pop_back(); }
    SECTION("passed off as erased, with another hash") {
        entry.raw.clear();
        entry.key.clear();
        entry.leaf.fill(7);
    }
    SECTION("in the other's log") { entry.log = passport.events[0].log; }
    SECTION("in no log") { entry.log = 9; }
    SECTION("behind the log's end") { entry.index = 1'000; }
    const auto fault = refusal().fault;
    CHECK((fault == Fault::bad_signature || fault == Fault::malformed || fault == Fault::invalid));
}

TEST_CASE_METHOD(Forger, "a head is believed only with both signatures, for its own log") {
    auto& theirs = log_of(Side::asked);
    auto note = trust::parse_note(theirs.receipted).value();
    SECTION("without the receipt") {
        note.signatures.pop_back();
        theirs.receipted = trust::write_note(note);
        CHECK(refusal().fault == Fault::untrusted);
    }
    SECTION("without its writer's signature") {
        note.signatures.erase(note.signatures.begin());
        theirs.receipted = trust::write_note(note);
        CHECK(refusal().fault == Fault::untrusted);
    }
    SECTION("with the receipt of another head") {
        auto& ours = log_of(Side::asker);
        auto our_note = trust::parse_note(ours.receipted).value();
        note.text = our_note.text;
        ours.receipted = trust::write_note(note);
        CHECK_FALSE(verify(resigned(passport)).has_value());
    }
    SECTION("of the other direction") {
        std::swap(theirs.receipted, log_of(Side::asker).receipted);
        CHECK_FALSE(verify(resigned(passport)).has_value());
    }
    SECTION("of the other lane") {
        theirs.lane = Lane::urgent;
        CHECK(refusal().fault == Fault::invalid);
    }
    SECTION("of none") {
        theirs.receipted.clear();
        CHECK(refusal().fault == Fault::malformed);
    }
    SECTION("made up by the exporter for the other side") {
        auto head = trust::parse_checkpoint(note.text).value();
        ++head.size;
        theirs.written =
            trust::sign_checkpoint(head, ma_machine.signing, ma_machine.id.text).value();
        CHECK(refusal().fault == Fault::untrusted);
    }
    SECTION("with an extension of nothing") {
        theirs.extension.emplace_back();
        CHECK(refusal().fault == Fault::malformed);
    }
    SECTION("of one log twice") {
        passport.logs.push_back(theirs);
        CHECK(refusal().fault == Fault::malformed);
    }
}

TEST_CASE_METHOD(PassportWorld, "a log that the exporter rewrote behind the receipt is refused") {
    const auto id = completed_referral();
    wire.cut = true;
    say(*ma, id, Kind::note, "", "Thank you.");
    auto passport = read_passport(from_ma(id)).value().passport;
    auto& ours = passport.logs[passport.events[0].log];
    REQUIRE_FALSE(ours.written.empty());
    REQUIRE(verify(resigned(passport)).has_value());
    SECTION("another extension") { ours.extension[0][0] ^= 1; }
    SECTION("none") { ours.extension.clear(); }
    SECTION("a shorter one") { ours.extension.pop_back(); }
    SECTION("without the receipt") { ours.receipted.clear(); }
    SECTION("not longer than the receipt") {
        ours.written = ours.receipted;
        ours.extension.clear();
    }
    CHECK_FALSE(verify(resigned(passport)).has_value());
}

TEST_CASE_METHOD(Forger, "a changed bit is refused") {
    REQUIRE(verify(file).has_value());
    const std::size_t bits = file.size() * 8;
    // Each bit of the first and last 256 bytes, and a sample of those between.
    for (std::size_t bit = 0; bit < bits; bit += bit < 2'048 || bit + 2'048 > bits ? 1 : 101) {
        Bytes changed = file;
        changed[bit / 8] ^= std::uint8_t(1 << (bit % 8));
        if (verify(changed)) FAIL("bit " << bit << " means nothing");
    }
}

TEST_CASE_METHOD(Forger, "a passport that was cut off anywhere is refused") {
    for (std::size_t size = 0; size < file.size(); size += size < 64 ? 1 : 509)
        CHECK_FALSE(verify(ByteView(file).first(size)).has_value());
    Bytes longer = file;
    longer.resize(longer.size() + 8);
    CHECK_FALSE(verify(longer).has_value());
}

TEST_CASE_METHOD(Forger, "a passport is read within its limits and not beyond") {
    SECTION("of logs") {
        while (passport.logs.size() < passport_logs_max) passport.logs.push_back(passport.logs[0]);
        CHECK(read_passport(resigned(passport)).has_value());
        passport.logs.push_back(passport.logs[0]);
        CHECK(read_passport(resigned(passport)).error().fault == Fault::exhausted);
        passport.logs.clear();
        CHECK(read_passport(resigned(passport)).error().fault == Fault::malformed);
    }
    SECTION("of events") {
        passport.events.resize(passport_events_max, passport.events[0]);
        CHECK(read_passport(resigned(passport)).has_value());
        passport.events.push_back(passport.events[0]);
        CHECK(read_passport(resigned(passport)).error().fault == Fault::exhausted);
        passport.events.clear();
        CHECK(read_passport(resigned(passport)).error().fault == Fault::malformed);
    }
    SECTION("of an entry") {
        passport.events[0].raw.resize(entry_bytes_max);
        CHECK(read_passport(resigned(passport)).has_value());
        passport.events[0].raw.push_back(0);
        CHECK(read_passport(resigned(passport)).error().fault == Fault::bad_size);
    }
    SECTION("of a proof") {
        passport.events[0].proof.resize(trust::proof_digests_max);
        CHECK(read_passport(resigned(passport)).has_value());
        passport.events[0].proof.emplace_back();
        CHECK(read_passport(resigned(passport)).error().fault == Fault::bad_size);
    }
    SECTION("of a head") {
        passport.logs[0].written.assign(trust::checkpoint_note_bytes_max, 'x');
        CHECK(read_passport(resigned(passport)).has_value());
        passport.logs[0].written.push_back('x');
        CHECK(read_passport(resigned(passport)).error().fault == Fault::bad_size);
    }
    SECTION("of the directory") {
        passport.directory.assign(trust::note_bytes_max, 'x');
        CHECK(read_passport(resigned(passport)).has_value());
        passport.directory.push_back('x');
        CHECK(read_passport(resigned(passport)).error().fault == Fault::bad_size);
    }
    SECTION("of a time") {
        passport.exported_at = passport_time_max;
        CHECK(read_passport(resigned(passport)).has_value());
        passport.exported_at.ms += 1'000;
        CHECK(read_passport(resigned(passport)).error().fault == Fault::malformed);
        passport.exported_at.ms = 1;
        CHECK(read_passport(resigned(passport)).error().fault == Fault::malformed);
    }
    SECTION("of the file") {
        passport.events.resize(passport_events_max, passport.events[0]);
        for (auto& event : passport.events) event.raw.resize(9 * 1024);
        CHECK(write_passport(passport, ma_machine.signing).error().fault == Fault::bad_size);
    }
}

TEST_CASE_METHOD(Forger, "a passport shows what is in it, whoever the stewards are") {
    CHECK(same_report(show_passport(file).value(), verify(file).value()));
    passport.directory = test::signed_by(
        [&] {
            auto other = test::directory_of(*this);
            other.stewards = {test::steward(4)};
            other.threshold = 1;
            return other;
        }(),
        {4});
    const auto made_up = resigned(passport);
    CHECK(show_passport(made_up).has_value());
    CHECK(verify(made_up).error().fault == Fault::untrusted);
}
