#include "core/api/hints.h"

#include "core/node/lexicon_files.h"
#include "tests/support/folder.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

namespace sanad::support {
namespace {

using casework::Urgency;

const std::string blackmail = "salam, wa7d sifet liya tsawer o kayhdedni";

Reply judge(Helpline& line, const ContactId& contact, const std::string& kind, bool right,
            const std::string& who = "amina") {
    return line.ask(who, [&](auto request) {
        auto body = request.initHintJudge();
        body.setContact(to_text(format(contact)));
        body.setHint(to_text(kind));
        body.setRight(right);
    });
}

Reply show(Helpline& line, const ContactId& contact) {
    return line.ask("amina",
                    [&](auto request) { request.setContactShow(to_text(format(contact))); });
}

std::size_t events_named(Helpline& line, std::string_view name) {
    const auto snapshot = line.node.store->snapshot();
    const auto events = line.node.feed->read(**snapshot, 0, 10'000);
    return std::size_t(std::ranges::count(*events, name, &store::Event::name));
}

Urgency suggested(Helpline& line, const ContactId& contact) {
    const auto snapshot = line.node.store->snapshot();
    return line.hints->suggested(**snapshot, contact).value();
}

Urgency effective(Helpline& line, const ContactId& contact, Urgency by_people) {
    const auto snapshot = line.node.store->snapshot();
    auto found = line.contacts->find(**snapshot, contact).value();
    found.urgency = by_people;
    return line.hints->effective(**snapshot, found).value();
}

std::map<std::string, api::Hints::Verdicts> verdicts(Helpline& line) {
    const auto snapshot = line.node.store->snapshot();
    return line.hints->verdicts(**snapshot).value();
}

}  // namespace

TEST_CASE("what may mean danger is shown beside the message, with its words, to who may read it") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", blackmail);
    auto shown = show(line, id);
    const auto contact = (*shown).getContact();
    CHECK(from_text(contact.getHintUrgency()) == "U1");
    CHECK(from_text(contact.getUrgency()).empty());
    REQUIRE(contact.getHints().size() == 2);
    const auto hint = contact.getHints()[0];
    CHECK(from_text(hint.getId()) == "sextortion");
    CHECK(from_text(hint.getUrgency()) == "U1");
    CHECK(from_text(hint.getWords()) == "tsawer o kayhdedni");
    CHECK(blackmail.substr(hint.getFirst(), hint.getLength()) == "tsawer o kayhdedni");
    CHECK(hint.getSeq() == contact.getMessages()[0].getSeq());
    REQUIRE(hint.getLabel().size() == 3);
    CHECK(from_text(hint.getLabel()[2].getLanguage()) == "ar");
    CHECK_FALSE(from_text(hint.getLabel()[2].getText()).empty());

    // A list is read without an audit entry, so it has no word of the person.
    auto listed = line.ask("amina", [](auto request) { request.initContactList(); });
    const auto first = (*listed).getContacts()[0];
    CHECK(from_text(first.getHintUrgency()) == "U1");
    REQUIRE(first.getHints().size() == 2);
    CHECK(from_text(first.getHints()[0].getWords()).empty());
}

TEST_CASE("an ordinary message has no hint and suggests no level") {
    Helplines world;
    const auto id = world.ma().write("a child", "salam, 3ndi soual 3la l9raya");
    auto shown = show(world.ma(), id);
    CHECK((*shown).getContact().getHints().size() == 0);
    CHECK(from_text((*shown).getContact().getHintUrgency()).empty());
    CHECK(events_named(world.ma(), "contact.hint") == 0);
}

TEST_CASE("a hint makes a contact more urgent than its people set it, and never less") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", blackmail);
    CHECK(suggested(line, id) == Urgency::u1);
    CHECK(effective(line, id, Urgency::none) == Urgency::u1);
    CHECK(effective(line, id, Urgency::u3) == Urgency::u1);
    CHECK(effective(line, id, Urgency::u0) == Urgency::u0);
    const auto quiet = line.write("another child", "merci beaucoup");
    CHECK(effective(line, quiet, Urgency::u2) == Urgency::u2);
    CHECK(effective(line, quiet, Urgency::none) == Urgency::none);
}

TEST_CASE("a level that rises is told once, and what comes after it at that level is not") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "on me menace depuis hier");
    CHECK(events_named(line, "contact.hint") == 1);
    CHECK(line.write("a child", "on me menace encore") == id);
    CHECK(events_named(line, "contact.hint") == 1);
    line.write("a child", "bghit nmout");
    CHECK(events_named(line, "contact.hint") == 2);
    CHECK(suggested(line, id) == Urgency::u1);
    line.write("a child", "on me menace toujours");
    CHECK(suggested(line, id) == Urgency::u1);
    CHECK(events_named(line, "contact.hint") == 2);
}

TEST_CASE("a hint that was wrong raises nothing, until the person says such a thing again") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "ma mère va me tuer si je rentre tard");
    REQUIRE(suggested(line, id) == Urgency::u1);
    auto done = judge(line, id, "death_threat", false);
    CHECK(from_text((*done).getDone().getState()) == "wrong");
    CHECK(suggested(line, id) == Urgency::none);
    auto shown = show(line, id);
    CHECK((*shown).getContact().getHints().size() == 0);
    CHECK(events_named(line, "contact.hint_judged") == 1);

    line.write("a child", "il a un couteau il va me tuer");
    CHECK(suggested(line, id) == Urgency::u0);
    auto again = show(line, id);
    REQUIRE((*again).getContact().getHints().size() == 2);
    for (const auto hint : (*again).getContact().getHints())
        CHECK(hint.getSeq() == (*again).getContact().getMessages()[1].getSeq());
}

TEST_CASE("verdicts are counted by kind, each once, and a change of mind moves the count") {
    Helplines world;
    auto& line = world.ma();
    const auto one = line.write("a child", blackmail);
    const auto other = line.write("another child", blackmail);
    CHECK(verdicts(line).empty());
    REQUIRE(judge(line, one, "sextortion", true).error().empty());
    REQUIRE(judge(line, one, "sextortion", true, "karim").error().empty());
    REQUIRE(judge(line, other, "sextortion", false).error().empty());
    CHECK(verdicts(line).at("sextortion") == api::Hints::Verdicts{1, 1});
    REQUIRE(judge(line, other, "sextortion", true).error().empty());
    CHECK(verdicts(line).at("sextortion") == api::Hints::Verdicts{2, 0});
    CHECK(suggested(line, other) == Urgency::u1);
    CHECK(verdicts(line).size() == 1);
}

TEST_CASE("only who takes contacts judges a hint, and only one that is there") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", blackmail);
    CHECK(judge(line, id, "runaway", true).error() == "not_found");
    CHECK(judge(line, id, "", true).error() == "not_found");
    CHECK(judge(line, ContactId{}, "sextortion", true).error() == "not_found");
    CHECK(judge(line, id, "sextortion", false, "nadia").error() == "role_missing");
    CHECK(suggested(line, id) == Urgency::u1);
}

TEST_CASE("a contact shows its first hints and goes on to be raised by later ones") {
    Helplines world;
    auto& line = world.ma();
    ContactId id;
    for (std::uint32_t i = 0; i <= api::Hints::contact_hints_max; ++i)
        id = line.write("a child", "on me menace");
    const auto snapshot = line.node.store->snapshot();
    CHECK(line.hints->of(**snapshot, id)->size() == api::Hints::contact_hints_max);
    line.write("a child", "bghit nmout");
    CHECK(suggested(line, id) == Urgency::u1);
}

TEST_CASE("an erased contact takes its hints with it, and the counts stay") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", blackmail);
    REQUIRE(judge(line, id, "sextortion", true).error().empty());
    REQUIRE(line.node.run(
        [&](store::Draft& draft) { return line.contacts->erase(draft, id, world.clock.now()); }));
    const auto snapshot = line.node.store->snapshot();
    CHECK_FALSE(line.hints->suggested(**snapshot, id));
    CHECK_FALSE(line.hints->of(**snapshot, id));
    CHECK(verdicts(line).at("sextortion") == api::Hints::Verdicts{1, 0});
}

TEST_CASE("a lexicon's mistake names the file and the line, and no folder means no phrase") {
    const test::Folder folder;
    const std::filesystem::path share(folder.path());
    CHECK(node::load_lexicon(share)->phrase_count() == 0);
    std::filesystem::create_directory(share / "lexicon");
    CHECK_FALSE(node::load_lexicon(share));
    std::ofstream(share / "lexicon/kinds.tsv") << "threat\tU2\tThreat\tMenace\tتهديد\n";
    CHECK(node::load_lexicon(share)->phrase_count() == 0);
    std::ofstream(share / "lexicon/fr.tsv") << "threat\tmenace\n";
    CHECK(node::load_lexicon(share)->phrase_count() == 1);
    std::ofstream(share / "lexicon/fr.tsv") << "threat\tmenace\nthreats\tmenaces\n";
    const auto wrong = node::load_lexicon(share);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().detail ==
          (share / "lexicon/fr.tsv").string() + ": line 2: no such kind: threats");
}

}  // namespace sanad::support
