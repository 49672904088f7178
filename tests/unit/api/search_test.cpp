#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

namespace sanad::support {
namespace {

Reply look(Helpline& line, const std::string& words, std::uint32_t limit = 20,
           const std::string& who = "amina") {
    // Searching is a lengthy call: its own thread answers.
    capnp::MallocMessageBuilder builder;
    auto request = builder.initRoot<schema::api::Request>();
    request.setVersion(1);
    request.setActor(to_text(who));
    auto body = request.initSearch();
    body.setWords(to_text(words));
    body.setLimit(limit);
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<Bytes> answer;
    line.service->handle(flatten(builder), [&](Bytes bytes) {
        const std::lock_guard lock(mutex);
        answer = std::move(bytes);
        answered.notify_all();
    });
    while (line.node.turn()) {
    }
    std::unique_lock lock(mutex);
    REQUIRE(answered.wait_for(lock, std::chrono::seconds(30), [&] { return answer.has_value(); }));
    return Reply(std::move(*answer));
}

std::size_t count(Helpline& line, const std::string& words) {
    auto reply = look(line, words, 100);
    REQUIRE(reply.error().empty());
    return (*reply).getFound().size();
}

Reply note(Helpline& line, const std::string& case_id, const std::string& text) {
    return line.ask("amina", [&](auto request) {
        auto body = request.initCaseNote();
        body.setCase(to_text(case_id));
        body.setText(to_text(text));
    });
}

std::size_t rows(const Machine& machine, std::string_view table) {
    return machine.disk.rows(table).size();
}

std::size_t index_rows(const Machine& machine) {
    return rows(machine, "search.word") + rows(machine, "search.thing") +
           rows(machine, "search.list");
}

}  // namespace

TEST_CASE("what a child wrote is found by its words, and only opened where it is found") {
    Helplines world;
    auto& line = world.ma();
    const auto one = line.write("a child", "salam, wa7d sifet liya tsawer o kayhdedni");
    line.write("a child", "chokran bzaf");
    line.write("another child", "bonjour, mes parents divorcent");
    CHECK(count(line, "kayhdedni") == 0);  // not indexed yet
    line.index();

    auto reply = look(line, "كيهددني");
    REQUIRE(reply.error().empty());
    REQUIRE((*reply).getFound().size() == 1);
    const auto found = (*reply).getFound()[0];
    CHECK(from_text(found.getContact()) == format(one));
    CHECK(from_text(found.getCase()).empty());
    CHECK(found.getSeq() == 1);
    CHECK(from_text(found.getFrom()) == "person");
    CHECK(from_text(found.getText()) == "salam, wa7d sifet liya tsawer o kayhdedni");
    CHECK_FALSE(from_text(found.getAt()).empty());
    CHECK(count(line, "divor") == 1);
    CHECK(count(line, "chokran kayhdedni") == 1);  // all words, in any of the messages
    CHECK(count(line, "chokran divorcent") == 0);
}

TEST_CASE("the store holds no word of what can be found") {
    Helplines world;
    auto& line = world.ma();
    line.write("a child", "kayhdedni photographie");
    line.index();
    REQUIRE(count(line, "photographie") == 1);
    for (const auto* word : {"kayhdedni", "photographie", "photog", "pho"})
        CHECK_FALSE(world.ma_machine.disk.holds(word));
    for (const auto& word : fold_words("kayhdedni photographie"))
        CHECK_FALSE(world.ma_machine.disk.holds(word.key));
    for (const auto& [key, value] : world.ma_machine.disk.rows("search.word")) {
        CHECK(key.size() == 12);
        CHECK(value.empty());
    }
}

TEST_CASE("notes of a case are found with its code, and the newest comes first") {
    Helplines world;
    auto& line = world.ma();
    const auto case_id = line.open_case();
    REQUIRE(note(line, case_id, "The grandmother is a safe person").error().empty());
    world.clock.advance(std::chrono::minutes(5));
    const auto contact = line.write("another child", "my grandmother is kind");
    line.index();
    auto reply = look(line, "grandmother");
    REQUIRE((*reply).getFound().size() == 2);
    CHECK(from_text((*reply).getFound()[0].getContact()) == format(contact));
    const auto noted = (*reply).getFound()[1];
    CHECK(from_text(noted.getCase()) == case_id);
    CHECK_FALSE(from_text(noted.getCaseCode()).empty());
    CHECK(from_text(noted.getContact()).empty());
    CHECK(noted.getSeq() == 0);
    CHECK(from_text(noted.getFrom()) == "amina");
    auto one = look(line, "grandmother", 1);
    CHECK((*one).getFound().size() == 1);
    // The name of whom a case was given to is nothing to look for.
    CHECK(count(line, "amina") == 0);
}

TEST_CASE(
    "a search is for counsellors, within its limits, and in the audit log without its words") {
    Helplines world;
    auto& line = world.ma();
    line.write("a child", "salam");
    line.index();
    CHECK(look(line, "salam", 20, "nadia").error() == "role_missing");
    CHECK(look(line, "salam", 0).error() == "invalid");
    CHECK(look(line, "salam", 101).error() == "invalid");
    CHECK(look(line, "salam", 100).error().empty());
    CHECK(look(line, "").error() == "bad_size");
    CHECK(look(line, "...").error() == "invalid");
    const auto before = rows(world.ma_machine, "audit.entry");
    REQUIRE(count(line, "salam") == 1);
    CHECK(rows(world.ma_machine, "audit.entry") == before + 1);
}

TEST_CASE("what is erased leaves the index in the same transaction") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "wa7d sifet liya tsawer");
    line.write("another child", "wa7d akhor");
    line.index();
    const auto all = index_rows(world.ma_machine);
    REQUIRE(count(line, "tsawer") == 1);
    const auto commits = line.node.memory->commits();
    REQUIRE(line.node.run(
        [&](store::Draft& draft) { return line.contacts->erase(draft, id, world.clock.now()); }));
    CHECK(line.node.memory->commits() == commits + 1);
    CHECK(count(line, "tsawer") == 0);
    CHECK(count(line, "wa7d") == 1);
    CHECK(rows(world.ma_machine, "search.thing") == 1);
    CHECK(rows(world.ma_machine, "search.list") == 1);
    CHECK(index_rows(world.ma_machine) < all);
    // As if it had never been there: the rows are those of the other one alone.
    line.index();
    const auto snapshot = line.node.store->snapshot();
    const auto ids = line.search->things(**snapshot, {}, 10);
    REQUIRE(ids->size() == 1);
    CHECK(rows(world.ma_machine, "search.word") ==
          line.search->known(**snapshot, ids->front())->value().tokens.size());
}

TEST_CASE("an erased case takes the words of its notes and of its contacts with it") {
    Helplines world;
    auto& line = world.ma();
    const auto case_id = line.open_case();
    REQUIRE(note(line, case_id, "grandmother").error().empty());
    line.index();
    REQUIRE(count(line, "grandmother") == 1);
    REQUIRE(count(line, "مساعدة") == 1);
    REQUIRE(line.node.run([&](store::Draft& draft) {
        return line.cases->erase(draft, parse_id<CaseId>(case_id).value(), world.clock.now());
    }));
    CHECK(index_rows(world.ma_machine) == 0);
    CHECK(count(line, "grandmother") == 0);
}

TEST_CASE("what is erased between reading and writing, or right behind it, leaves nothing") {
    for (const bool erased_first : {true, false}) {
        Helplines world;
        auto& line = world.ma();
        const auto id = line.write("a child", "tsawer");
        bool erased = false;
        const auto erase = [&] {
            REQUIRE(line.node.engine.submit(
                [&](store::Draft& draft) {
                    return line.contacts->erase(draft, id, world.clock.now());
                },
                [&](const Result<void>& result) { erased = result.has_value(); }));
        };
        // All in one group: the index has read the contact before it is gone.
        if (erased_first) erase();
        REQUIRE(line.indexer->step().value());
        if (!erased_first) erase();
        line.index();
        while (line.node.turn()) {
        }
        REQUIRE(erased);
        line.index();
        CHECK(count(line, "tsawer") == 0);
        CHECK(index_rows(world.ma_machine) == 0);
    }
}

TEST_CASE("keys that are destroyed again after a restore take their words with them") {
    Helplines world;
    const auto id = world.ma().write("a child", "tsawer");
    world.ma().index();
    REQUIRE(index_rows(world.ma_machine) > 0);
    auto& line = world.ma();
    REQUIRE(line.node.run([&](store::Draft& draft) -> Result<void> {
        const auto done =
            line.node.keyring.destroy_listed(draft, {store::Keyring::hash_of(api::key_of(id))});
        if (!done) return std::unexpected(done.error());
        return {};
    }));
    world.lines.erase(world.ma_machine.id);
    world.start(world.ma_machine);
    world.ma().index();
    CHECK(index_rows(world.ma_machine) == 0);
}

TEST_CASE("a crash at any point loses and doubles nothing of the index") {
    const std::vector<std::string> texts{"salam wa7d sifet liya tsawer",
                                         "bonjour mes parents divorcent",
                                         "kayhdedni bzaf",
                                         "merci beaucoup",
                                         "العائلة بعيدة",
                                         "thank you so much"};
    // What is there when nothing happens.
    std::size_t words = 0;
    {
        Helplines world;
        for (std::size_t i = 0; i < 18; ++i)
            world.ma().write("child " + std::to_string(i % 10), texts[i % texts.size()]);
        world.ma().index();
        words = rows(world.ma_machine, "search.word");
    }
    std::mt19937 random(3);
    for (int round = 0; round < 30; ++round) {
        INFO("round " << round);
        Helplines world;
        const auto restart = [&] {
            world.ma().node.memory->crash();
            world.lines.erase(world.ma_machine.id);
            world.start(world.ma_machine);
        };
        for (std::size_t i = 0; i < 18; ++i) {
            world.ma().write("child " + std::to_string(i % 10), texts[i % texts.size()]);
            if (random() % 3 != 0) continue;
            // A step of the index, and death somewhere in it or right behind it.
            const auto point = static_cast<FaultPoint>(random() % 3);
            auto& memory = *world.ma().node.memory;
            const auto now =
                point == FaultPoint::operation ? memory.operations() : memory.commits();
            memory.plan({.point = point,
                         .kind = FaultKind::crash,
                         .at = now + 1 + (point == FaultPoint::operation ? random() % 60 : 0)});
            (void)world.ma().indexer->step();
            for (int turn = 0; turn < 4; ++turn) world.ma().node.turn();
            restart();
        }
        world.ma().index();
        CHECK(rows(world.ma_machine, "search.word") == words);
        CHECK(rows(world.ma_machine, "search.thing") == 10);
        CHECK(rows(world.ma_machine, "search.list") == 10);
        for (const auto& text : texts) CHECK(count(world.ma(), text) >= 1);
        CHECK(count(world.ma(), "divorcent") == 3);
    }
}

TEST_CASE("a store that was filled before there was an index is passed over once") {
    Helplines world;
    std::string case_id;
    {
        auto& line = world.ma();
        for (int i = 0; i < 20; ++i) line.write("child " + std::to_string(i), "salam tsawer");
        case_id = line.open_case();
        REQUIRE(note(line, case_id, "grandmother").error().empty());
    }
    // The feed has forgotten all of it but its end.
    const auto cut = world.ma().node.run([&](store::Draft& draft) -> Result<void> {
        const auto feed = world.ma().node.store->open_table("feed");
        std::vector<Bytes> keys;
        const auto scanned = draft.scan(*feed, {}, {}, store::Order::ascending, UINT32_MAX,
                                        [&](const store::Row& row) {
                                            keys.emplace_back(row.key.begin(), row.key.end());
                                            return true;
                                        });
        if (!scanned) return scanned;
        keys.pop_back();
        for (const auto& key : keys)
            if (const auto del = draft.del(*feed, key); !del) return del;
        return {};
    });
    REQUIRE(cut);
    world.ma().index();
    CHECK(count(world.ma(), "tsawer") == 20);
    CHECK(count(world.ma(), "grandmother") == 1);
    const auto before = world.ma().node.memory->commits();
    world.ma().index();
    CHECK(world.ma().node.memory->commits() == before);
}

TEST_CASE("many contacts with common and rare words give exactly those that have all words") {
    Helplines world;
    auto& line = world.ma();
    for (int i = 0; i < 400; ++i)
        line.write("child " + std::to_string(i), std::string("salam ") +
                                                     (i % 2 == 0 ? "bonjour " : "marhaba ") +
                                                     (i % 7 == 0 ? "grandmother" : "uncle"));
    line.index();
    const auto expected = [](int two, int seven) {
        std::size_t number = 0;
        for (int i = 0; i < 400; ++i)
            number += (two < 0 || i % 2 == two) && (seven < 0 || (i % 7 == 0) == (seven == 1));
        return std::min<std::size_t>(number, 100);
    };
    CHECK(count(line, "bonjour grandmother") == expected(0, 1));
    CHECK(count(line, "marhaba grandmother") == expected(1, 1));
    CHECK(count(line, "grandmother salam") == expected(-1, 1));
    CHECK(count(line, "salam") == 100);
    CHECK(count(line, "bonjour marhaba") == 0);
}

TEST_CASE("a search finds nothing in what is a colleague's, but for an hour after broken glass") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.open_case();
    line.index();
    const auto found = [&](const char* who) {
        auto reply = look(line, "مساعدة", 10, who);
        return (*reply).getFound().size();
    };
    CHECK(found("amina") == 1);
    CHECK(found("salma") == 1);
    CHECK(found("karim") == 0);
    REQUIRE(line.ask("karim",
                     [&](auto request) {
                         auto body = request.initGlassBreak();
                         body.setCase(to_text(id));
                         body.setReason("She calls from the station, and nobody else is here.");
                     })
                .error()
                .empty());
    CHECK(found("karim") == 1);
    world.clock.advance(std::chrono::hours(1));
    CHECK(found("karim") == 0);
}

}  // namespace sanad::support
