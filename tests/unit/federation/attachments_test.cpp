#include "core/federation/attachments.h"
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::Urgency;
using support::FederationNode;
using support::sample_request;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};

std::string letter(std::size_t bytes) {
    std::string text;
    for (int line = 0; text.size() < bytes; ++line)
        text += "السطر " + std::to_string(line) + ": letter of the school\n";
    text.resize(bytes, ' ');
    // Never a cut character at the end.
    for (std::size_t end = text.size(); end > 0 && (text[end - 1] & 0x80) != 0; --end)
        text[end - 1] = ' ';
    return text;
}

struct Files : support::TwoNodes {
    ReferralId referral =
        ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();

    Files() { settle(); }

    Result<Attachment> add(FederationNode& node, const std::string& content) {
        Result<Attachment> made = fail(Fault::closed, "never");
        const auto ran = node.run([&](store::Draft& draft) -> Result<void> {
            made = node.attachments->add(draft, referral, "letter.txt", bytes_of(content),
                                         clock.now());
            if (!made) return std::unexpected(made.error());
            return {};
        });
        if (!ran) return std::unexpected(ran.error());
        return made;
    }

    std::vector<Attachment> at(FederationNode& node) {
        return node.attachments->list(*node.store->snapshot().value(), referral).value();
    }

    Result<Bytes> content(FederationNode& node, const AttachmentId& id) {
        return node.attachments->read(*node.store->snapshot().value(), referral, id);
    }

    /// Morocco seals anything and names it in its log, as an honest node never would, and sends it.
    SealedFile lie(const std::string& content) {
        auto file =
            seal_file(referral, "letter.txt", bytes_of(content), clock.now(), entropy).value();
        const auto announced = ma->run([&](store::Draft& draft) -> Result<void> {
            draft.then([&](store::Transaction& transaction) -> Result<void> {
                const auto index = ma->logs->append(
                    transaction, tunisia, Lane::normal, key_of(referral),
                    Body{BodyKind::attachment, referral.bytes, write_manifest(file.manifest)},
                    clock.now());
                if (!index) return std::unexpected(index.error());
                return {};
            });
            return {};
        });
        REQUIRE(announced.has_value());
        settle();
        pass();
        for (std::uint32_t index = 0; index < file.manifest.count(); ++index) {
            clock.advance(Attachments::ask_again);
            tn->links->tick();
            const auto said = ma->links->say(
                tunisia, Topic::attachment,
                write_talk({{referral, file.manifest.id, index}, file.chunks[index]}));
            REQUIRE(said.has_value());
            settle();
        }
        return file;
    }
    /// Why Tunisia keeps nothing of it.
    std::string refused_at_tn(const SealedFile& file) {
        for (const auto& one : at(*tn)) {
            if (one.manifest.id != file.manifest.id) continue;
            CHECK(one.held == 0);
            CHECK(content(*tn, one.manifest.id).error().fault == Fault::denied);
            return one.refused;
        }
        return "it is not there";
    }

    /// One turn of both clocks: what is due is asked, and everything is delivered.
    void pass(Duration span = Duration{1'000}) {
        pass_while(span, [] { return true; });
    }
    void pass_while(Duration span, const std::function<bool()>& deliver) {
        for (Duration passed{0}; passed < span; passed += Duration{100}) {
            clock.advance(Duration{100});
            ma->links->tick();
            tn->links->tick();
            if (deliver()) settle();
        }
    }
};

}  // namespace

TEST_CASE_METHOD(Files, "a file of text reaches the other side whole, chunk by chunk") {
    const auto text = letter(300'000);
    const auto id = add(*ma, text)->manifest.id;
    settle();
    CHECK(content(*tn, id).error().fault == Fault::busy);
    pass();
    REQUIRE(at(*tn).size() == 1);
    CHECK(at(*tn)[0].complete());
    CHECK(text_of(*content(*tn, id)) == text);
    CHECK(text_of(*content(*ma, id)) == text);
    CHECK(at(*tn)[0].manifest.name == "letter.txt");
}

TEST_CASE_METHOD(Files, "a file goes on where it stopped after a restart of both sides") {
    const auto text = letter(1'000'000);
    const auto id = add(*ma, text)->manifest.id;
    settle();
    clock.advance(Attachments::look_each);
    tn->links->tick();
    for (int step = 0; step < 12; ++step) {  // some chunks, one delivery at a time
        ma->turn();
        tn->turn();
        if (!wire.letters.empty()) deliver_one();
    }
    const auto held = at(*tn)[0].held;
    REQUIRE(held > 0);
    REQUIRE_FALSE(at(*tn)[0].complete());
    wire.letters.clear();
    start();
    const auto asked_before = at(*tn)[0].held;
    CHECK(asked_before >= held);
    pass(Duration{2'000});
    CHECK(text_of(*content(*tn, id)) == text);
}

TEST_CASE_METHOD(Files, "a picture is refused at the door: its size, type and hash stay") {
    const std::string picture = "\xFF\xD8\xFF\xE0" + std::string(20'000, '\x11');
    const auto refused = add(*ma, picture).value();
    CHECK(refused.refused == "image");
    CHECK(refused.manifest.sha256 == trust::sha256(bytes_of(picture)));
    CHECK(refused.manifest.bytes == picture.size());
    settle();
    pass();
    CHECK(at(*tn).empty());
    CHECK(content(*ma, refused.manifest.id).error().fault == Fault::denied);
    CHECK(at(*ma).at(0).refused == "image");
}

TEST_CASE_METHOD(Files, "a peer that sends a picture as text is refused, and nothing of it stays") {
    const std::string picture =
        letter(chunk_bytes_max) + "\xFF\xD8\xFF\xE0" + std::string(20'000, '\x11');
    const auto sent = add(*ma, letter(100)).value();
    const auto file = lie(picture);
    CHECK(refused_at_tn(file) == "unknown");
    CHECK(ma->counters.count("referral.refused_by_peer") == 1);
    CHECK(text_of(*content(*tn, sent.manifest.id)) == letter(100));
}

TEST_CASE_METHOD(Files, "what looks like text in each part and is none as a whole is refused") {
    const std::string hidden = letter(chunk_bytes_max - 300) + std::string(600, 'A') + "\n";
    CHECK(refused_at_tn(lie(hidden)) == "encoded");
    CHECK(ma->counters.count("referral.refused_by_peer") == 1);
}

TEST_CASE_METHOD(Files, "chunks that nobody asked for, or that are changed, are dropped by name") {
    const auto text = letter(100'000);
    const auto sent = add(*ma, text).value();
    settle();
    const AttachmentTalk unasked{{referral, sent.manifest.id, 0}, Bytes(64, 1)};
    tn->attachments->received(morocco, write_talk(unasked));
    CHECK(tn->counters.count("attachment.drop.unasked") == 1);
    clock.advance(Attachments::look_each);
    tn->links->tick();
    tn->attachments->received(morocco, write_talk(unasked));
    CHECK(tn->counters.count("attachment.drop.bad_signature") == 1);
    tn->attachments->received(NodeId{"dz.onppe"}, write_talk(unasked));
    CHECK(tn->counters.count("attachment.drop.unasked") == 2);
    tn->attachments->received(morocco, Bytes(24, 0xFF));
    CHECK(tn->counters.count("attachment.drop.malformed") == 1);
    pass();
    CHECK(text_of(*content(*tn, sent.manifest.id)) == text);
}

TEST_CASE_METHOD(Files, "only the node that was asked for help is given a chunk") {
    const auto sent = add(*ma, letter(1'000)).value();
    settle();
    wire.letters.clear();
    const AttachmentTalk ask{{referral, sent.manifest.id, 0}, {}};
    ma->attachments->received(NodeId{"dz.onppe"}, write_talk(ask));
    CHECK(ma->counters.count("attachment.drop.not_found") == 1);
    CHECK(wire.letters.empty());
    ma->attachments->received(tunisia, write_talk({{referral, sent.manifest.id, 1}, {}}));
    CHECK(ma->counters.count("attachment.drop.not_found") == 2);
    ma->attachments->received(tunisia, write_talk(ask));
    CHECK(wire.letters.size() == 1);
}

TEST_CASE_METHOD(Files, "files wait behind what stands in the logs") {
    const auto sent = add(*ma, letter(1'000)).value();
    settle();
    wire.cut = true;
    REQUIRE(ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u0)).has_value());
    ma->turn();
    wire.cut = false;
    wire.letters.clear();
    ma->attachments->received(tunisia, write_talk({{referral, sent.manifest.id, 0}, {}}));
    CHECK(wire.letters.empty());
    ma->attachments->tick();
    CHECK(wire.letters.empty());
    ma->links->connected(tunisia);
    settle();  // the urgent request is receipted now
    REQUIRE(tn->all_referrals()->size() == 2);
    ma->attachments->tick();
    CHECK(wire.letters.size() == 1);
}

TEST_CASE_METHOD(Files,
                 "after a restore the name of a file of ours comes back, its content does not") {
    const auto sent = add(*ma, letter(1'000)).value();
    const auto before = ma->run([&](store::Draft& draft) -> Result<void> {
        const auto file =
            seal_file(referral, "other.txt", bytes_of(letter(10)), clock.now(), entropy).value();
        const ReceivedEntry entry{
            .lane = {tunisia, Direction::out, Lane::normal},
            .index = 9,
            .id = {},
            .created_at = clock.now(),
            .body = Body{BodyKind::attachment, referral.bytes, write_manifest(file.manifest)}};
        const auto owner = ma->attachments->apply_own(draft, entry, clock.now());
        if (!owner) return std::unexpected(owner.error());
        CHECK(*owner == key_of(referral));
        return {};
    });
    REQUIRE(before.has_value());
    REQUIRE(at(*ma).size() == 2);
    CHECK(at(*ma)[0].complete());
    CHECK_FALSE(at(*ma)[1].complete());
    CHECK(content(*ma, at(*ma)[1].manifest.id).error().fault == Fault::busy);
}

TEST_CASE_METHOD(Files, "a referral takes 16 files, and only from the side that asks") {
    for (std::size_t count = 0; count < Attachments::per_referral_max; ++count)
        REQUIRE(add(*ma, letter(10)).has_value());
    CHECK(add(*ma, letter(10)).error().fault == Fault::exhausted);
    settle();
    pass(Duration{3'000});
    CHECK(at(*tn).size() == Attachments::per_referral_max);
    const auto wrong = add(*tn, letter(10));
    CHECK(wrong.error().fault == Fault::denied);
    CHECK(wrong.error().detail == "wrong_side");
}
