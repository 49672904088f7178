#include "core/api/statistics.h"

#include "core/casework/statistics.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::support {
namespace {

using Counts = api::Statistics::Counts;

// What stands in the rows, nothing hidden.
Counts counted(Helpline& line) {
    const auto snapshot = line.node.store->snapshot();
    Counts sum;
    const auto days = line.statistics->days(**snapshot, 0, 40'000).value();
    for (const auto& [day, counts] : days)
        for (const auto& [cell, count] : counts) sum[cell] += count;
    return sum;
}

Counts counted_by_month(Helpline& line) {
    const auto snapshot = line.node.store->snapshot();
    return line.statistics->months(**snapshot, 2026 * 12, 12).value();
}

std::uint64_t at(const Counts& counts, const std::string& cell) {
    const auto found = counts.find(cell);
    return found == counts.end() ? 0 : found->second;
}

std::uint64_t contacts(Helpline& line) {
    std::uint64_t sum = 0;
    for (const auto& [cell, count] : counted(line))
        if (cell.starts_with("channel|")) sum += count;
    return sum;
}

void open(Helpline& line, const ContactId& id) {
    REQUIRE(line.ask("amina", [&](auto request) { request.setContactOpen(to_text(format(id))); })
                .error()
                .empty());
}

void end(Helpline& line, const ContactId& id, const char* how = "ended_by_child",
         const char* result = "") {
    auto reply = line.ask("amina", [&](auto request) {
        auto body = request.initContactEnd();
        body.setContact(to_text(format(id)));
        body.setReason(how);
        body.setResult(result);
    });
    REQUIRE(reply.error() == "");
}

std::string open_case(Helpline& line, const ContactId& id, const char* reason,
                      const char* gender = "girl") {
    return line
        .ask("amina",
             [&](auto request) {
                 auto body = request.initCaseOpen();
                 body.setContact(to_text(format(id)));
                 body.setUrgency("U2");
                 body.initReasons(1).set(0, reason);
                 body.setAgeBand("10-12");
                 body.setGender(to_text(std::string(gender)));
             })
        .id();
}

Reply change(Helpline& line, const std::string& case_id, const char* reason,
             const char* action = "") {
    return line.ask("amina", [&](auto request) {
        auto body = request.initCaseChange();
        body.setCase(to_text(case_id));
        body.setAction(action);
        if (*reason != '\0') body.initReasons(1).set(0, reason);
    });
}

Reply show(Helpline& line, const char* who, const char* from, const char* until,
           const std::vector<std::string>& by = {}) {
    return line.ask(who, [&](auto request) {
        auto body = request.initStatisticsShow();
        body.setFrom(from);
        body.setUntil(until);
        auto list = body.initBy(static_cast<unsigned>(by.size()));
        for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(by[i]));
    });
}

Reply table(Helpline& line, const char* who, const char* name, const char* period) {
    return line.ask(who, [&](auto request) {
        auto body = request.initStatisticsExport();
        body.setTable(name);
        body.setPeriod(period);
    });
}

}  // namespace

TEST_CASE("a contact is counted when it ends, on the day and at the hour it began") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    world.clock.advance(std::chrono::minutes(3));
    open(line, id);
    CHECK(counted(line).empty());
    world.clock.advance(std::chrono::hours(30));
    end(line, id, "ended_by_counsellor", "resolved");
    const auto counts = counted(line);
    CHECK(at(counts, "hour|03") == 1);  // 02:00 UTC, in Morocco
    CHECK(at(counts, "channel|webchat") == 1);
    CHECK(at(counts, "language|ary-Latn") == 1);
    CHECK(at(counts, "wait|under_5") == 1);
    CHECK(at(counts, "end|ended_by_counsellor") == 1);
    CHECK(at(counts, "outcome|resolved") == 1);
    CHECK(at(counts, "outcome|none") == 0);  // the result came after the end, in its place
    const auto snapshot = line.node.store->snapshot();
    const auto days = line.statistics->days(**snapshot, 0, 40'000).value();
    REQUIRE(days.size() == 1);
    CHECK(casework::day_text(days.begin()->first) == "2026-11-24");
}

TEST_CASE("somebody who comes back and leaves again is one contact, as it ended last") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    end(line, id, "abandoned_in_queue");
    CHECK(at(counted(line), "wait|never") == 1);
    CHECK(line.write("a child", "ana hna") == id);
    open(line, id);
    end(line, id, "ended_by_child", "resolved");
    const auto counts = counted(line);
    CHECK(contacts(line) == 1);
    CHECK(at(counts, "end|abandoned_in_queue") == 0);
    CHECK(at(counts, "end|ended_by_child") == 1);
    CHECK(at(counts, "outcome|resolved") == 1);
    CHECK(at(counts, "wait|never") == 0);
}

TEST_CASE("reasons that are filled in or changed after the end move the count") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    open(line, id);
    end(line, id);
    CHECK(at(counted(line), "reason|none") == 1);

    const auto case_id = open_case(line, id, "VI.bullying");
    CHECK(at(counted(line), "reason|none") == 0);
    CHECK(at(counted(line), "reason|VI.bullying") == 1);
    CHECK(at(counted(line), "gender|girl") == 1);
    CHECK(at(counted_by_month(line), "chi|VI.bullying|girl|10-12") == 1);

    REQUIRE(change(line, case_id, "cyberbullying").error().empty());
    CHECK(at(counted(line), "reason|VI.bullying") == 0);
    CHECK(at(counted(line), "reason|VI.cyberbullying") == 1);
    CHECK(at(counted(line), "harm|cyberbullying") == 1);
    CHECK(at(counted(line), "group|VI") == 1);
    const auto months = counted_by_month(line);
    CHECK(at(months, "chi|VI.bullying|girl|10-12") == 0);
    CHECK(at(months, "bik|cyberbullying|service|none") == 1);

    line.case_form.fields = {{.id = "service",
                              .type = casework::FieldType::choice,
                              .list = "service",
                              .english = "Where",
                              .french = "Ou",
                              .arabic = "أين"}};
    auto answered = line.ask("amina", [&](auto request) {
        auto body = request.initCaseAnswer();
        body.setCase(to_text(case_id));
        auto one = body.initAnswers(1)[0];
        one.setField("service");
        one.initValues(1).set(0, "game");
    });
    REQUIRE(answered.error() == "");
    CHECK(at(counted(line), "service|game") == 1);
    CHECK(at(counted_by_month(line), "bik|cyberbullying|service|game") == 1);
    CHECK(at(counted_by_month(line), "bik|cyberbullying|service|none") == 0);
    CHECK(contacts(line) == 1);
}

TEST_CASE("what was done counts whether it is written down before the end or after") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    open(line, id);
    const auto case_id = open_case(line, id, "VI.bullying");
    REQUIRE(change(line, case_id, "", "information_given").error().empty());
    CHECK(counted(line).empty());
    end(line, id);
    REQUIRE(change(line, case_id, "", "safety_plan_made").error().empty());
    CHECK(at(counted(line), "action|information_given") == 1);
    CHECK(at(counted(line), "action|safety_plan_made") == 1);
    CHECK(contacts(line) == 1);
}

TEST_CASE("counts survive the erasure of the contact and of its case, and nothing else does") {
    Helplines world;
    auto& line = world.ma();
    const auto ended = line.write("a child", "salam");
    open(line, ended);
    open_case(line, ended, "VI.bullying");
    end(line, ended);
    const auto lone = line.write("another child", "salam");
    end(line, lone);
    const auto before = counted(line);
    const auto months = counted_by_month(line);
    CHECK(world.ma_machine.disk.rows("statistics.counted").size() == 2);

    const auto snapshot = line.node.store->snapshot();
    const auto case_id = line.contacts->find(**snapshot, ended)->case_id;
    REQUIRE(line.node.run(
        [&](store::Draft& draft) { return line.cases->erase(draft, case_id, world.clock.now()); }));
    REQUIRE(line.node.run(
        [&](store::Draft& draft) { return line.contacts->erase(draft, lone, world.clock.now()); }));
    CHECK(counted(line) == before);
    CHECK(counted_by_month(line) == months);
    CHECK(world.ma_machine.disk.rows("statistics.counted").empty());
}

TEST_CASE("a contact that is erased before its end is counted as it was") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    open(line, id);
    REQUIRE(line.node.run(
        [&](store::Draft& draft) { return line.contacts->erase(draft, id, world.clock.now()); }));
    CHECK(contacts(line) == 1);
    CHECK(at(counted(line), "end|none") == 1);
}

TEST_CASE("what ended before there were statistics is not counted when it is erased") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    end(line, id);
    // As if the node had been an older one until then.
    for (const auto* name : {"statistics.counted", "statistics.day", "statistics.month"}) {
        const auto table = line.node.store->open_table(name);
        std::vector<std::string> keys;
        for (const auto& [key, value] : world.ma_machine.disk.rows(name)) keys.push_back(key);
        REQUIRE_FALSE(keys.empty());
        REQUIRE(line.node.run([&](store::Draft& draft) -> Result<void> {
            for (const auto& key : keys)
                if (const auto gone = draft.del(*table, bytes_of(key)); !gone) return gone;
            return {};
        }));
    }
    REQUIRE(line.node.run(
        [&](store::Draft& draft) { return line.contacts->erase(draft, id, world.clock.now()); }));
    CHECK(counted(line).empty());
}

TEST_CASE("an exercise is not counted") {
    Helplines world;
    auto& line = world.ma();
    ContactId id;
    REQUIRE(line.node.run([&](store::Draft& draft) -> Result<void> {
        const auto made = line.contacts->submit(
            draft, {"chat", "drill"},
            chat_message("a conversation of an exercise", "0123456789abcdef", "exercise", "ar"),
            world.clock.now());
        if (!made) return std::unexpected(made.error());
        id = made->contact;
        return {};
    }));
    end(line, id);
    CHECK(counted(line).empty());
    const auto other = line.write("a child", "salam");
    end(line, other);
    CHECK(contacts(line) == 1);
}

TEST_CASE("a store that dies before the commit has counted nothing, and after it once") {
    for (const auto point : {FaultPoint::before_commit, FaultPoint::after_commit}) {
        Helplines world;
        const auto id = world.ma().write("a child", "salam");
        auto& memory = *world.ma().node.memory;
        memory.plan({.point = point, .kind = FaultKind::crash, .at = memory.commits() + 1});
        (void)world.ma().node.run([&](store::Draft& draft) -> Result<void> {
            const auto ended = world.ma().contacts->end(draft, id, "amina", "ended_by_child", "",
                                                        world.clock.now());
            if (!ended) return std::unexpected(ended.error());
            return {};
        });
        memory.crash();
        world.lines.erase(world.ma_machine.id);
        world.start(world.ma_machine);
        CHECK(contacts(world.ma()) == (point == FaultPoint::after_commit ? 1 : 0));
    }
}

TEST_CASE("beside a count on the disk stands no contact, and no word of what was counted") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.write("a child", "salam");
    open(line, id);
    open_case(line, id, "MH.self_harm");
    end(line, id);
    const std::string_view raw(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
    std::size_t rows = 0;
    for (const char* name : {"statistics.day", "statistics.month"})
        for (const auto& [key, value] : world.ma_machine.disk.rows(name)) {
            ++rows;
            CHECK(key.size() == 4);  // the day, or the month, and nothing else
            CHECK_FALSE(value.contains(raw));
        }
    CHECK(rows == 2);
    for (const auto& name : world.ma_machine.disk.names())
        if (name.starts_with("statistics."))
            for (const auto& [key, value] : world.ma_machine.disk.rows(name)) {
                CHECK_FALSE(value.contains("MH.self_harm"));
                CHECK_FALSE(key.contains("MH.self_harm"));
            }
}

TEST_CASE("what is shown hides small counts, and those who may not ask are told why") {
    Helplines world;
    auto& line = world.ma();
    for (int i = 0; i < 3; ++i) end(line, line.write("child " + std::to_string(i), "salam"));
    auto few = show(line, "salma", "2026-11-01", "2026-11-30");
    REQUIRE(few.error() == "");
    CHECK((*few).getStatistics().getHidden());
    CHECK((*few).getStatistics().getContacts() == 0);

    for (int i = 3; i < 9; ++i) {
        const auto id = line.write("child " + std::to_string(i), "salam");
        open(line, id);
        end(line, id);
    }
    auto more = show(line, "nadia", "2026-11-01", "2026-11-30", {"wait", "channel", "day"});
    REQUIRE(more.error() == "");
    const auto view = (*more).getStatistics();
    CHECK(view.getContacts() == 9);
    CHECK(view.getSmallest() == 5);
    CHECK_FALSE(view.getHidden());
    std::map<std::string, std::string> rows;
    for (const auto row : view.getRows())
        rows[from_text(row.getBy()) + " " + from_text(row.getKey())] =
            row.getHidden() ? (row.getBeside() ? "together" : "small")
                            : std::to_string(row.getCount());
    // 3 of 9 would be what is left: both are hidden.
    CHECK(rows == std::map<std::string, std::string>{{"channel webchat", "9"},
                                                     {"day 2026-11-24", "9"},
                                                     {"wait never", "together"},
                                                     {"wait under_1", "together"}});

    CHECK(show(line, "amina", "2026-11-01", "2026-11-30").error() == "role_missing");
    CHECK(show(line, "salma", "2025-01-01", "2026-11-30").error() == "period_too_long");
    CHECK(show(line, "salma", "2025-10-27", "2026-11-30").error() == "");  // 400 days
    CHECK(show(line, "salma", "2026-11-30", "2026-11-01").error() == "period_backwards");
    CHECK(show(line, "salma", "yesterday", "2026-11-01").error() == "malformed");
    CHECK(show(line, "salma", "2026-11-01", "2026-11-30", {"name"}).error() == "unsupported");
}

TEST_CASE("a table for others is a file of whole months, and making it is in the audit log") {
    Helplines world;
    auto& line = world.ma();
    for (int i = 0; i < 6; ++i) {
        const auto id = line.write("child " + std::to_string(i), "salam");
        open(line, id);
        open_case(line, id, "cyberbullying");
        end(line, id);
    }
    auto year = table(line, "nadia", "chi_year", "2026");
    REQUIRE(year.error() == "");
    CHECK(from_text((*year).getFile().getName()) == "chi-2026.csv");
    CHECK(from_text((*year).getFile().getText())
              .contains("2026,counselling,VI,Violence,VI.cyberbullying,Cyberbullying,girl,Girl,"
                        "10-12,10 to 12,6\r\n"));
    auto quarter = table(line, "salma", "bik_quarter", "2026-Q4");
    REQUIRE(quarter.error() == "");
    CHECK(from_text((*quarter).getFile().getText())
              .contains("2026-Q4,cyberbullying,Cyberbullying,channel,webchat,Web chat,6\r\n"));
    auto other = table(line, "salma", "bik_quarter", "2026-Q3");
    CHECK_FALSE(from_text((*other).getFile().getText()).contains("cyberbullying"));

    CHECK(table(line, "amina", "chi_year", "2026").error() == "role_missing");
    CHECK(table(line, "salma", "chi_year", "2026-Q1").error() == "malformed");
    CHECK(table(line, "salma", "bik_quarter", "2026").error() == "malformed");
    CHECK(table(line, "salma", "bik_quarter", "2026-Q5").error() == "malformed");
    CHECK(table(line, "salma", "all_of_it", "2026").error() == "unsupported");
    auto audit = line.ask("nadia", [](auto request) { request.initAuditExport().setLimit(500); });
    bool recorded = false;
    for (const auto entry : (*audit).getAudit())
        recorded = recorded || (from_text(entry.getAction()) == "statistics.export" &&
                                from_text(entry.getReason()) == "bik_quarter 2026-Q4");
    CHECK(recorded);
}

}  // namespace sanad::support
