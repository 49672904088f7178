#pragma once

#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <map>

namespace sanad::support {

/// A helpline that is called: its phone channel without a telephone.
struct PhoneLine {
    using Rang = api::Switchboard::Rang;

    Helplines world;
    std::map<std::string, std::string> phones;  // by member of staff: their telephone
    std::vector<std::string> there;             // those that the channel can ring

    Helpline& here() { return world.ma(); }
    static Bytes bytes(const std::string& text) { return {text.begin(), text.end()}; }
    static Bytes conversation_of(const std::string& name) { return bytes("the call of " + name); }

    template <typename Work>
    Result<void> run(Work work) {
        return here().node.run(
            [&](store::Draft& draft) -> Result<void> { return work(draft, world.clock.now()); });
    }

    /// The error of what `who` asks at the door; empty: none.
    std::string ask(const std::string& who, const Helpline::Fill& fill) {
        return here().ask(who, fill).error();
    }
    /// A telephone of their own, which the channel can ring.
    void add_phone(const std::string& who) {
        auto made = here().ask(who, [](auto request) { request.setPhoneAdd("on the desk"); });
        REQUIRE(made.error() == "");
        phones[who] = from_text((*made).getPhoneMade().getName());
        there.push_back(phones[who]);
    }
    std::string make_ready(const std::string& who) {
        return ask(who, [](auto request) { request.initPhoneReady().setReady(true); });
    }
    void take_calls(const std::string& who) {
        add_phone(who);
        REQUIRE(make_ready(who) == "");
        world.clock.advance(std::chrono::seconds(1));
    }

    /// Somebody calls and waits. returns  the contact
    ContactId calls(const std::string& name, casework::Urgency urgency = casework::Urgency::none,
                    std::vector<std::string> languages = {"ar"}) {
        ContactId id;
        const auto key = bytes("coming " + std::to_string(++comings_) + " of somebody");
        REQUIRE(run([&](store::Draft& draft, Time now) -> Result<void> {
            const auto arrived = here().contacts->arrive(draft, {"phone", "phone"},
                                                         {conversation_of(name),
                                                          key,
                                                          std::move(languages),
                                                          urgency,
                                                          {},
                                                          bytes("+212 600 000 001")},
                                                         now);
            if (!arrived) return std::unexpected(arrived.error());
            id = arrived->contact.id;
            return {};
        }));
        return id;
    }
    /// The same, and the channel has begun to ask for them.
    ContactId waits(const std::string& name) {
        const auto id = calls(name);
        here().switchboard->asked(id, world.clock.now());
        return id;
    }
    void leaves(const std::string& name, const std::string& how) {
        REQUIRE(run([&](store::Draft& draft, Time now) -> Result<void> {
            const auto id =
                here().contacts->find_conversation(draft, "phone", conversation_of(name));
            if (const auto left =
                    here().contacts->left(draft, "phone", conversation_of(name), how, now);
                !left)
                return left;
            return here().switchboard->line_closed(draft, **id, now);
        }));
    }
    void notice(const ContactId& id, const std::string& mark) {
        REQUIRE(run([&](store::Draft& draft, Time now) {
            return here().contacts->note_mark(draft, id, "phone", mark, now);
        }));
    }

    /// The channel asks for each of these as it does while they wait; then whom to ring for `id`.
    std::string summon(const ContactId& id, const std::vector<ContactId>& waiting = {}) {
        const Time now = world.clock.now();
        for (const auto& other : waiting) here().switchboard->asked(other, now);
        here().switchboard->asked(id, now);
        std::vector<ContactId> order;
        const auto places = here().board->order(now).value();
        for (const auto& place : places) order.push_back(place.contact);
        std::string device;
        REQUIRE(run([&](store::Draft& draft, Time at) -> Result<void> {
            auto chosen = here().switchboard->summon(draft, id, there, order, at);
            if (!chosen) return std::unexpected(chosen.error());
            device = *chosen;
            return {};
        }));
        for (const auto& [who, phone] : phones)
            if (phone == device) return who;
        return device.empty() ? "nobody" : "somebody unknown";
    }
    Result<void> rang(const ContactId& id, const std::string& who, Rang result) {
        return run([&](store::Draft& draft, Time now) {
            return here().switchboard->rang(draft, id, phones[who], result, now);
        });
    }

    casework::Contact contact(const ContactId& id) {
        const auto from = here().node.store->snapshot();
        return here().contacts->find(**from, id).value();
    }
    /// What a supervisor sees of somebody: state, and the reason of a pause.
    std::string state_of(const std::string& who) {
        auto board = here().ask("salma", [](auto request) { request.setPhoneBoard(); });
        REQUIRE(board.error() == "");
        for (const auto agent : (*board).getPhoneBoard())
            if (from_text(agent.getWho()) == who)
                return from_text(agent.getState()) +
                       (agent.getReason().size() > 0 ? " " + from_text(agent.getReason()) : "");
        return "without a telephone";
    }

    std::string call(const std::string& who, const ContactId& id, const std::string& device = {}) {
        return ask(who, [&](auto request) {
            auto body = request.initContactCall();
            body.setContact(to_text(format(id)));
            body.setDevice(to_text(device));
        });
    }
    std::string control(const std::string& who, const ContactId& id, const std::string& act,
                        const std::string& to = {}) {
        return ask(who, [&](auto request) {
            auto body = request.initCallControl();
            body.setContact(to_text(format(id)));
            body.setAct(to_text(act));
            body.setTo(to_text(to));
        });
    }
    bool has_event(const std::string& name) {
        const auto from = here().node.store->snapshot();
        const auto events = here().node.feed->read(**from, 0, 1'000).value();
        return std::ranges::any_of(events, [&](const auto& one) { return one.name == name; });
    }

private:
    int comings_ = 0;
};

}  // namespace sanad::support
