// Conversations that a supervisor looks at, drawn by lot.
#include "tests/unit/api/shift.h"

namespace sanad::support {
namespace {

std::vector<std::string> ids_of(Reply& reply) {
    std::vector<std::string> ids;
    for (const auto one : (*reply).getSample()) ids.push_back(from_text(one.getId()));
    return ids;
}

}  // namespace

TEST_CASE_METHOD(Shift, "conversations are drawn by lot, each once, of one person or of all") {
    std::set<std::string> all;
    for (int i = 0; i < 6; ++i)
        all.insert(ended(i % 2 == 0 ? "amina" : "karim", "child " + std::to_string(i)));
    const auto open_one = write("who still talks", "salam");
    REQUIRE(open("amina", open_one).empty());
    const auto nobodys = write("whom nobody took", "salam");
    REQUIRE(end("salma", nobodys).empty());

    auto of_karim = draw(20, "karim");
    REQUIRE(of_karim.error().empty());
    auto drawn = ids_of(of_karim);
    CHECK(drawn.size() == 3);
    for (const auto one : (*of_karim).getSample()) CHECK(from_text(one.getWho()) == "karim");
    auto rest = draw(2);
    CHECK(ids_of(rest).size() == 2);
    auto last = draw(20);
    CHECK(ids_of(last).size() == 1);
    for (auto* more : {&rest, &last})
        for (const auto& id : ids_of(*more)) drawn.push_back(id);
    CHECK(std::set(drawn.begin(), drawn.end()) == all);
    auto none = draw(20);
    CHECK(none.error().empty());
    CHECK(ids_of(none).empty());
    auto listed = samples("salma");
    CHECK(ids_of(listed).size() == 6);

    for (const std::uint32_t days : {0U, 91U}) CHECK(draw(1, "", days).error() == "invalid");
    for (const std::uint32_t count : {0U, 21U}) CHECK(draw(count).error() == "invalid");
    CHECK(draw(1, "nobody").error() == "not_found");
    CHECK(draw(1, "", 7, "amina").error() == "role_missing");
}

TEST_CASE_METHOD(Shift, "what ended long ago is not drawn, and the lot is not the order") {
    const auto old = ended("amina", "long ago");
    world.clock.advance(std::chrono::days(8));
    std::vector<std::string> in_order;
    for (int i = 0; i < 12; ++i) in_order.push_back(ended("amina", "child " + std::to_string(i)));
    auto drawn = draw(12);
    auto ids = ids_of(drawn);
    REQUIRE(ids.size() == 12);
    CHECK(std::ranges::find(ids, old) == ids.end());
    CHECK(ids != in_order);
    std::ranges::reverse(ids);
    CHECK(ids != in_order);
    auto older = draw(1, "", 30);
    CHECK(ids_of(older) == std::vector{old});
}

TEST_CASE_METHOD(Shift,
                 "a colleague reads what was said of their own conversations, and no other") {
    const auto contact = ended("amina", "a child");
    auto drawn = draw(1);
    REQUIRE(ids_of(drawn) == std::vector{contact});
    auto before = samples("amina");
    CHECK(ids_of(before).empty());  // nothing was said yet
    CHECK(judge("amina", contact, {{"listening", 4}}) == "role_missing");
    CHECK(judge("salma", contact, {}) == "invalid");
    CHECK(judge("salma", contact, {{"listening", 0}}) == "invalid");
    CHECK(judge("salma", contact, {{"listening", 6}}) == "invalid");
    CHECK(judge("salma", contact, {{"listening", 4}, {"listening", 5}}) == "invalid");
    CHECK(judge("salma", contact, {{"beauty", 4}}) == "unsupported");
    CHECK(judge("salma", format(ContactId{}), {{"listening", 4}}) == "not_found");
    CHECK(judge("salma", contact, {{"listening", 4}}, std::string(2'001, 'a')) == "bad_size");
    REQUIRE(judge("salma", contact, {{"listening", 4}, {"safety", 5}}, "She was heard. Well done.")
                .empty());
    auto own = samples("amina");
    REQUIRE((*own).getSample().size() == 1);
    const auto view = (*own).getSample()[0];
    CHECK(from_text(view.getNote()) == "She was heard. Well done.");
    CHECK(from_text(view.getJudgedBy()) == "salma");
    REQUIRE(view.getMarks().size() == 2);
    CHECK(view.getMarks()[1].getMark() == 5);
    auto others = samples("karim");
    CHECK(ids_of(others).empty());
    const auto told = events();
    const auto event = std::ranges::find(told, "sample.judged", &store::Event::name);
    REQUIRE(event != told.end());
    CHECK(event->who == "amina");
}

TEST_CASE_METHOD(Shift, "nobody judges their own, and what was judged goes with the contact") {
    const auto own = ended("salma", "a child");
    const auto other = ended("karim", "another child");
    auto drawn = draw(2);
    REQUIRE(ids_of(drawn).size() == 2);
    CHECK(judge("salma", own, {{"wording", 5}}) == "own_work");
    REQUIRE(judge("salma", other, {{"wording", 5}}, "Warm and plain.").empty());
    REQUIRE(line().node.run([&](store::Draft& draft) {
        return line().contacts->erase(draft, *parse_id<ContactId>(other), world.clock.now());
    }));
    auto left = samples("salma");
    CHECK(ids_of(left) == std::vector{own});
    auto of_karim = samples("karim");
    CHECK(ids_of(of_karim).empty());
    CHECK(judge("salma", other, {{"wording", 4}}) == "not_found");
    auto again = draw(5);  // a lot falls on nothing that is erased
    CHECK(again.error().empty());
    CHECK(ids_of(again).empty());
}

}  // namespace sanad::support
