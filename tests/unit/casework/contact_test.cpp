#include "core/casework/contact.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using Kind = ContactEventKind;
using test::shipped_taxonomies;

Contact new_contact() {
    Contact contact;
    contact.id = test::sample_id<ContactId>(1);
    contact.channel = "webchat";
    contact.instance = "webchat-1";
    contact.languages = {"ar"};
    return contact;
}

ContactEvent event(Kind kind, std::int64_t at = 0) {
    ContactEvent event;
    event.kind = kind;
    event.at = {at};
    event.actor = kind == Kind::child_message || kind == Kind::arrived ? "webchat-1" : "salma";
    if (kind == Kind::child_message || kind == Kind::staff_message) event.text = "مرحبا";
    if (kind == Kind::ended) event.reason = "ended_by_child";
    if (kind == Kind::result) event.reason = "resolved";
    if (kind == Kind::urgency) event.urgency = Urgency::u2;
    if (kind == Kind::joined) event.actor = "leila";
    if (kind == Kind::noticed) event.reason = "voice_message";
    if (kind == Kind::linked_to_case) event.case_id = test::sample_id<CaseId>(8);
    return event;
}

Contact after(std::initializer_list<Kind> kinds) {
    std::vector<ContactEvent> events;
    for (const Kind kind : kinds)
        events.push_back(event(kind, static_cast<std::int64_t>(events.size())));
    return fold(new_contact(), events, shipped_taxonomies()).value();
}

std::string refusal(const Contact& contact, const ContactEvent& one) {
    const auto checked = check_event(contact, one, shipped_taxonomies());
    return checked ? "" : checked.error().detail;
}

}  // namespace

TEST_CASE("a contact waits, is opened, and ends with a reason") {
    CHECK(after({Kind::arrived}).state == ContactState::waiting);
    const auto open =
        after({Kind::arrived, Kind::child_message, Kind::opened, Kind::staff_message});
    CHECK(open.state == ContactState::open);
    CHECK(open.opened_by == "salma");
    CHECK(open.events == 4);
    const auto ended = after({Kind::arrived, Kind::opened, Kind::ended, Kind::result});
    CHECK(ended.state == ContactState::ended);
    CHECK(ended.end_reason == "ended_by_child");
    CHECK(ended.result == "resolved");
}

TEST_CASE("who joins writes beside the one who has it, until it is given on or ends") {
    auto words = event(Kind::staff_message);
    words.actor = "leila";
    CHECK(refusal(after({Kind::arrived, Kind::opened}), words) == "not_yours");
    const auto joined = after({Kind::arrived, Kind::opened, Kind::joined});
    CHECK(joined.joined == std::vector<std::string>{"leila"});
    CHECK(joined.opened_by == "salma");
    CHECK(refusal(joined, words).empty());
    CHECK(refusal(joined, event(Kind::staff_message)).empty());
    CHECK(refusal(joined, event(Kind::joined)) == "joined");
    auto owner = event(Kind::joined);
    owner.actor = "salma";
    CHECK(refusal(joined, owner) == "joined");
    for (const Kind kind : {Kind::released, Kind::ended}) {
        const auto gone = apply(joined, event(kind));
        CHECK(gone.joined.empty());
        CHECK_FALSE(refusal(gone, words).empty());
        CHECK_FALSE(writes_in(gone, "leila"));
    }
    auto taken = event(Kind::opened);
    taken.actor = "leila";
    const auto over = apply(apply(joined, event(Kind::released)), taken);
    CHECK(over.opened_by == "leila");
    CHECK(refusal(over, words).empty());
    CHECK(refusal(over, event(Kind::staff_message)) == "not_yours");
    CHECK(read_contact(write_record(joined)) == joined);
}

TEST_CASE("only so many join one contact") {
    auto contact = after({Kind::arrived, Kind::opened});
    auto one = event(Kind::joined);
    for (std::size_t i = 0; i < contact_joined_max; ++i) {
        one.actor = "supervisor " + std::to_string(i);
        REQUIRE(refusal(contact, one).empty());
        contact = apply(contact, one);
    }
    one.actor = "one more";
    CHECK(check_event(contact, one, shipped_taxonomies()).error().fault == Fault::exhausted);
}

TEST_CASE("in each state of a contact exactly these things may happen") {
    const std::array states{new_contact(), after({Kind::arrived}),
                            after({Kind::arrived, Kind::opened}),
                            after({Kind::arrived, Kind::opened, Kind::ended})};
    const std::array<std::set<Kind>, 4> allowed{
        std::set{Kind::arrived},
        {Kind::opened, Kind::child_message, Kind::urgency, Kind::ended, Kind::linked_to_case,
         Kind::noticed},
        {Kind::released, Kind::child_message, Kind::staff_message, Kind::urgency, Kind::ended,
         Kind::linked_to_case, Kind::joined, Kind::noticed},
        {Kind::returned, Kind::result, Kind::linked_to_case, Kind::noticed}};
    for (std::size_t i = 0; i < states.size(); ++i)
        for (int kind = 0; kind <= 13; ++kind) {
            const auto one = event(static_cast<Kind>(kind));
            INFO("state " << i << " kind " << kind);
            CHECK(refusal(states[i], one) ==
                  (allowed[i].contains(one.kind) ? "" : "not_in_this_state"));
        }
}

TEST_CASE("only the counsellor who has a conversation writes in it") {
    const auto open = after({Kind::arrived, Kind::opened});
    auto message = event(Kind::staff_message);
    CHECK(refusal(open, message).empty());
    message.actor = "karim";
    CHECK(refusal(open, message) == "not_yours");
}

TEST_CASE("a child who is given back to the queue does not begin to wait again") {
    const auto released = after({Kind::arrived, Kind::opened, Kind::released});
    CHECK(released.state == ContactState::waiting);
    CHECK(released.waiting_since == Time{0});
    CHECK(released.opened_by.empty());
    const auto returned = after({Kind::arrived, Kind::opened, Kind::ended, Kind::returned});
    CHECK(returned.state == ContactState::waiting);
    CHECK(returned.waiting_since == Time{3});
    CHECK(returned.end_reason.empty());
}

TEST_CASE("a machine raises a contact's urgency but never lowers it") {
    auto contact = after({Kind::arrived, Kind::urgency});
    auto level = event(Kind::urgency);
    level.actor = "node";
    level.urgency = Urgency::u1;
    CHECK(refusal(contact, level).empty());
    for (const auto* machine : {"node", "webchat-1"}) {
        level.actor = machine;
        level.urgency = Urgency::u3;
        level.reason = "seems calm";
        CHECK(refusal(contact, level) == "machine_lowers");
    }
    level.actor = "salma";
    CHECK(refusal(contact, level).empty());
    level.reason.clear();
    CHECK(refusal(contact, level) == "reason_missing");
    level.urgency = Urgency::none;
    CHECK(refusal(contact, level) == "urgency");
}

TEST_CASE("a message has text and nothing else has; a reason comes from its list") {
    const auto open = after({Kind::arrived, Kind::opened});
    auto message = event(Kind::child_message);
    message.text.clear();
    CHECK(check_event(open, message, shipped_taxonomies()).error().fault == Fault::bad_size);
    message.text.assign(message_text_bytes_max, 'a');
    CHECK(check_event(open, message, shipped_taxonomies()));
    message.text += 'a';
    CHECK(check_event(open, message, shipped_taxonomies()).error().fault == Fault::bad_size);
    auto ended = event(Kind::ended);
    ended.text = "bye";
    CHECK(refusal(open, ended) == "text");
    ended = event(Kind::ended);
    ended.reason = "tired";
    CHECK(check_event(open, ended, shipped_taxonomies()).error().fault == Fault::unsupported);
    auto released = event(Kind::released);
    released.reason = "x";
    CHECK(refusal(open, released) == "reason");
    released = event(Kind::released);
    released.actor.clear();
    CHECK(refusal(open, released) == "actor");
}

TEST_CASE("a contact belongs to one case, and holds contact_events_max events") {
    auto contact = after({Kind::arrived, Kind::linked_to_case});
    CHECK(contact.case_id == test::sample_id<CaseId>(8));
    CHECK(check_event(contact, event(Kind::linked_to_case), shipped_taxonomies()).error().fault ==
          Fault::conflict);
    contact.events = contact_events_max - 1;
    CHECK(refusal(contact, event(Kind::child_message)).empty());
    contact.events = contact_events_max;
    CHECK(check_event(contact, event(Kind::child_message), shipped_taxonomies()).error().fault ==
          Fault::exhausted);
}

TEST_CASE("a contact's words come from the lists") {
    auto contact = new_contact();
    contact.requester = "child_self";
    contact.age_band = "13-15";
    contact.topics = {"ose_coercion", "VI.online_csea"};
    CHECK(check_details(contact, shipped_taxonomies()));
    const auto refused = [&](auto change) {
        auto other = contact;
        change(other);
        return check_details(other, shipped_taxonomies()).error().detail;
    };
    CHECK(refused([](Contact& c) { c.channel = "owl"; }) == "channel");
    CHECK(refused([](Contact& c) { c.instance = ""; }) == "instance");
    CHECK(refused([](Contact& c) { c.languages = {"??"}; }) == "languages");
    CHECK(refused([](Contact& c) { c.topics = {"gossip"}; }) == "topics");
    CHECK(refused([](Contact& c) { c.requester = "owl"; }) == "requester");
    CHECK(refused([](Contact& c) { c.age_band = "12"; }) == "age_band");
}

TEST_CASE("contacts and their events read back as they were written") {
    auto contact = after({Kind::arrived, Kind::urgency, Kind::opened, Kind::linked_to_case});
    contact.topics = {"grooming"};
    contact.requester = "friend";
    contact.age_band = "16-17";
    CHECK(read_contact(write_record(contact)) == contact);
    for (int kind = 1; kind <= 10; ++kind) {
        auto one = event(static_cast<Kind>(kind), 99);
        one.index = 5;
        one.message_key.fill(static_cast<std::uint8_t>(kind));
        CHECK(read_contact_event(write_event(one)) == one);
    }
    CHECK(read_contact(write_record(Contact{})).error().fault == Fault::unsupported);
    CHECK(read_contact_event(write_event(ContactEvent{})).error().fault == Fault::unsupported);
}

}  // namespace sanad::casework
