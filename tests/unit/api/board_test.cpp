#include "core/api/board.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <random>

namespace sanad::support {
namespace {

using api::Board;
using casework::ContactState;
using casework::Urgency;
using std::chrono::seconds;

constexpr std::uint32_t all = Board::watched_max;

// One row as somebody sees it: equal when everything that is shown is.
struct Row {
    casework::Contact contact;
    Urgency suggested = Urgency::none;
    std::vector<api::Hints::Kept> hints;
    casework::QueueReason reason{};
    Duration target{};
    bool operator==(const Row&) const = default;
};
struct Shown {
    std::vector<Row> waiting, open;
    std::uint32_t count = 0;
    bool operator==(const Shown&) const = default;
};

Row row_of(const Board::Entry& entry) {
    Row row;
    row.contact = entry.contact;
    row.suggested = entry.suggested;
    row.hints = entry.hints;
    return row;
}
Row row_of(const Board::Place& place) {
    Row row = row_of(*place.entry);
    row.reason = place.reason;
    row.target = place.target;
    return row;
}

void restart(Helplines& world) {
    world.lines.erase(world.ma_machine.id);
    world.start(world.ma_machine);
}

/// What the store says, read without the board.
Shown read_anew(Helpline& line, Time now, std::uint32_t limit) {
    const auto from = line.node.store->snapshot();
    const auto live = line.contacts->live(**from, UINT32_MAX);
    REQUIRE(live);
    Shown shown;
    std::map<ContactId, Row> rows;
    std::vector<casework::Waiting> waiting;
    for (const auto& contact : *live) {
        Row row{.contact = contact,
                .suggested = line.hints->suggested(**from, contact.id).value(),
                .hints = line.hints->of(**from, contact.id).value()};
        if (row.suggested == Urgency::none) row.hints.clear();
        if (contact.state == ContactState::waiting)
            waiting.push_back({contact.id, casework::more_urgent(contact.urgency, row.suggested),
                               contact.waiting_since});
        else
            shown.open.push_back(row);
        rows.emplace(contact.id, std::move(row));
    }
    const casework::QueueRules rules;
    for (const auto& place : casework::order(waiting, rules, now)) {
        if (shown.waiting.size() == limit) break;
        Row row = rows.at(place.contact);
        row.reason = place.reason;
        row.target = casework::pick_up_time(
            rules, casework::more_urgent(row.contact.urgency, row.suggested));
        shown.waiting.push_back(std::move(row));
    }
    shown.count = static_cast<std::uint32_t>(waiting.size());
    return shown;
}

/// A desk's page: it keeps what it was given, and takes only what changed.
struct Page {
    explicit Page(std::uint32_t most = all) : limit(most) {}

    std::uint32_t limit;
    std::uint64_t known = 0;
    std::map<ContactId, Row> places, open;
    std::uint32_t given = 0;  // rows, in the last answer

    Shown look(Board& board, Time now) {
        const auto view = board.view(known, limit, now);
        REQUIRE(view);
        if (view->whole) {
            places.clear();
            open.clear();
        }
        given = 0;
        Shown shown{.waiting = {}, .open = {}, .count = view->waiting};
        for (const auto& place : view->places) {
            if (place.changed) {
                places[place.entry->contact.id] = row_of(place);
                ++given;
            }
            shown.waiting.push_back(places.at(place.entry->contact.id));
        }
        for (const auto& [entry, changed] : view->open) {
            if (changed) {
                open[entry->contact.id] = row_of(*entry);
                ++given;
            }
            shown.open.push_back(open.at(entry->contact.id));
        }
        known = view->version;
        return shown;
    }
};

/// A helpline to which anything happens that can happen to contacts.
struct Evening {
    explicit Evening(unsigned seed) : chance(seed) {}

    int any(int below) { return std::uniform_int_distribution<int>(0, below - 1)(chance); }
    Helpline& line() { return world.ma(); }
    ContactId someone() { return known[static_cast<std::size_t>(any(int(known.size())))]; }
    const char* who() { return any(2) == 0 ? "amina" : "karim"; }

    // Whether it was allowed does not matter: what is refused must leave nothing either.
    void something_happens() {
        static constexpr const char* texts[] = {"salam", "wa7d sifet liya tsawer w kayhdedni",
                                                "bghit nmout", "merci bzaf"};
        const int what = any(12);
        if (known.empty() || what < 3) {
            known.push_back(line().write("a child " + std::to_string(any(8)), texts[any(4)]));
            return;
        }
        const ContactId id = someone();
        const Time now = world.clock.now();
        auto& contacts = *line().contacts;
        (void)line().node.run([&](store::Draft& draft) -> Result<void> {
            const auto plain = [](const auto& result) -> Result<void> {
                if (!result) return std::unexpected(result.error());
                return {};
            };
            if (what < 5) return plain(contacts.open(draft, id, who(), now));
            if (what == 5) return plain(contacts.release(draft, id, who(), now));
            if (what == 6) return plain(contacts.transfer(draft, id, who(), now));
            if (what == 7) {
                const auto level = static_cast<Urgency>(1 + any(5));
                return plain(contacts.set_urgency(draft, id, "amina", level, "heard more", now));
            }
            if (what == 8) return plain(contacts.end(draft, id, who(), "ended_by_child", "", now));
            if (what == 9 && any(3) == 0) return contacts.erase(draft, id, now);
            if (what == 9) return plain(contacts.announce(draft, id, "node", "we are here", now));
            if (what == 10)
                return line().hints->judge(draft, id, "sextortion", api::Hints::Verdict::wrong,
                                           now);
            return plain(contacts.reply(draft, id, who(), "I am here", now));
        });
    }

    std::mt19937 chance;
    Helplines world;
    std::vector<ContactId> known;
};

}  // namespace

TEST_CASE("whatever happens, the board is what the store says, and who follows it has the same") {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        Evening evening(seed);
        Page page, short_page(3);
        for (int step = 0; step < 150; ++step) {
            CAPTURE(seed, step);
            if (evening.any(4) == 0) evening.world.clock.advance(seconds(evening.any(900) + 1));
            // A transaction that does not reach the disk leaves nothing.
            const bool is_full = evening.any(10) == 0 && !evening.known.empty();
            if (is_full) {
                evening.line().node.memory->be_full(true);
                const auto id = evening.someone();
                (void)evening.line().node.run([&](store::Draft& draft) -> Result<void> {
                    const auto opened = evening.line().contacts->open(draft, id, "amina",
                                                                      evening.world.clock.now());
                    if (!opened) return std::unexpected(opened.error());
                    return {};
                });
                evening.line().node.memory->be_full(false);
            } else {
                evening.something_happens();
            }
            if (evening.any(40) == 0) restart(evening.world);
            const Time now = evening.world.clock.now();
            Board& board = *evening.line().board;
            if (evening.any(3) != 0)
                CHECK(page.look(board, now) == read_anew(evening.line(), now, all));
            if (evening.any(3) == 0)
                CHECK(short_page.look(board, now) == read_anew(evening.line(), now, 3));
        }
    }
}

TEST_CASE("an answer has only what changed since the last one") {
    Helplines world;
    auto& line = world.ma();
    std::vector<ContactId> ids;
    for (int i = 0; i < 20; ++i) {
        ids.push_back(line.write("a child " + std::to_string(i), "salam"));
        world.clock.advance(seconds(1));
    }
    Page page;
    page.look(*line.board, world.clock.now());
    CHECK(page.given == 20);
    page.look(*line.board, world.clock.now());
    CHECK(page.given == 0);
    line.write("a child 7", "it is me again");
    page.look(*line.board, world.clock.now());
    CHECK(page.given == 1);
    // Who leaves the queue is not in the order any more, and stands among those that are open.
    REQUIRE(
        line.ask("amina", [&](auto request) { request.setContactOpen(to_text(format(ids[3]))); })
            .error()
            .empty());
    const auto shown = page.look(*line.board, world.clock.now());
    CHECK(page.given == 1);
    CHECK(shown.waiting.size() == 19);
    CHECK(shown.open.size() == 1);
}

TEST_CASE("who comes among the first because others were taken is given whole") {
    Helplines world;
    auto& line = world.ma();
    std::vector<ContactId> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(line.write("a child " + std::to_string(i), "salam"));
        world.clock.advance(seconds(1));
    }
    Page page(2);
    page.look(*line.board, world.clock.now());
    REQUIRE(
        line.ask("amina", [&](auto request) { request.setContactOpen(to_text(format(ids[0]))); })
            .error()
            .empty());
    const auto shown = page.look(*line.board, world.clock.now());
    REQUIRE(shown.waiting.size() == 2);
    CHECK(shown.waiting[1].contact.id == ids[2]);
    CHECK(shown.count == 4);
    CHECK(page.given == 2);  // the one that was opened, and the one that moved up
}

TEST_CASE("a version of another process is not known") {
    Helplines world;
    world.ma().write("a child", "salam");
    const auto before = world.ma().board->view(0, all, world.clock.now());
    REQUIRE(before);
    CHECK(world.ma().board->view(before->version, all, world.clock.now())->whole == false);
    CHECK(world.ma().board->view(before->version + 1, all, world.clock.now())->whole == true);
    restart(world);
    CHECK(world.ma().board->view(before->version, all, world.clock.now())->whole == true);
}

TEST_CASE("whoever is in danger is first in the queue however many wait") {
    Helplines world;
    auto& line = world.ma();
    for (std::uint32_t i = 0; i < all + 20; ++i)
        line.write("a child " + std::to_string(i), "salam");
    const auto danger = line.write("one more", "salam");
    REQUIRE(line.ask("amina",
                     [&](auto request) {
                         auto body = request.initContactUrgency();
                         body.setContact(to_text(format(danger)));
                         body.setUrgency("U0");
                     })
                .error()
                .empty());
    auto reply = line.ask("karim", [](auto request) {
        auto body = request.initQueueWatch();
        body.setKnown(0);
        body.setLimit(200);
    });
    REQUIRE(reply.error().empty());
    const auto change = (*reply).getQueueChange();
    CHECK(change.getWhole());
    CHECK(change.getWaiting() == all + 21);
    REQUIRE(change.getOrder().size() == 200);
    CHECK(from_text(change.getOrder()[0]) == format(danger));
    CHECK(from_text(change.getPlaces()[0].getReason()) == "imminent_danger");
    REQUIRE(change.getLevels().size() == 5);
    CHECK(change.getLevels()[0].getWaiting() == 1);
    CHECK(change.getLevels()[3].getWaiting() == all + 20);
    auto again = line.ask("karim", [&](auto request) {
        auto body = request.initQueueWatch();
        body.setKnown(change.getVersion());
        body.setLimit(200);
    });
    CHECK_FALSE((*again).getQueueChange().getWhole());
    CHECK((*again).getQueueChange().getPlaces().size() == 0);
    CHECK((*again).getQueueChange().getOrder().size() == 200);
}

TEST_CASE("the queue is not watched with a limit of nothing or of more than an answer has") {
    Helplines world;
    for (const std::uint32_t limit : {0U, all + 1}) {
        auto reply = world.ma().ask(
            "karim", [&](auto request) { request.initQueueWatch().setLimit(limit); });
        CHECK(reply.error() == "bad_size");
    }
    auto stranger =
        world.ma().ask("nadia", [](auto request) { request.initQueueWatch().setLimit(10); });
    CHECK(stranger.error() == "role_missing");
}

}  // namespace sanad::support
