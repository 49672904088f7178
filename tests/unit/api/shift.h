#pragma once

#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace sanad::support {

using std::chrono::minutes;

inline const std::string blackmail = "salam, wa7d sifet liya tsawer o kayhdedni";  // U1

/// A helpline in the middle of a shift: what its people do, each in a word.
struct Shift {
    Helplines world;
    Helpline& line() { return world.ma(); }

    std::string with(const std::string& who, const Helpline::Fill& fill) {
        return line().ask(who, fill).error();
    }
    std::string open(const std::string& who, const std::string& contact) {
        return with(who, [&](auto request) { request.setContactOpen(to_text(contact)); });
    }
    std::string join(const std::string& who, const std::string& contact) {
        return with(who, [&](auto request) { request.setContactJoin(to_text(contact)); });
    }
    std::string reply(const std::string& who, const std::string& contact,
                      const std::string& words = "مرحبا") {
        return with(who, [&](auto request) {
            auto body = request.initContactReply();
            body.setContact(to_text(contact));
            body.setText(to_text(words));
        });
    }
    std::string give(const std::string& who, const std::string& contact, const std::string& to) {
        return with(who, [&](auto request) {
            auto body = request.initContactTransfer();
            body.setContact(to_text(contact));
            body.setTo(to_text(to));
        });
    }
    std::string end(const std::string& who, const std::string& contact) {
        return with(who, [&](auto request) {
            auto body = request.initContactEnd();
            body.setContact(to_text(contact));
            body.setReason("ended_by_child");
        });
    }
    std::string release(const std::string& who, const std::string& contact) {
        return with(who, [&](auto request) { request.setContactRelease(to_text(contact)); });
    }
    std::string level(const std::string& contact, const char* urgency, const char* why = "") {
        return with("salma", [&](auto request) {
            auto body = request.initContactUrgency();
            body.setContact(to_text(contact));
            body.setUrgency(urgency);
            body.setReason(why);
        });
    }
    std::string write(const std::string& child, const std::string& words) {
        return format(line().write(child, words));
    }

    std::string mark(const std::string& who, const std::string& what, const std::string& about = {},
                     std::uint32_t lent = 0) {
        return with(who, [&](auto request) {
            auto body = request.initExposureMark();
            body.setWho(to_text(about));
            body.setWhat(to_text(what));
            body.setMinutes(lent);
        });
    }
    struct Exposure {
        std::uint32_t today = 0, budget = 0, stretch = 0, lent = 0;
        bool on_break = false, talk = false, over = false;
    };
    std::map<std::string, Exposure> exposures(const std::string& who) {
        auto asked = line().ask(who, [](auto request) { request.setExposureShow(); });
        REQUIRE(asked.error().empty());
        std::map<std::string, Exposure> all;
        for (const auto one : (*asked).getExposures())
            all[from_text(one.getWho())] = {
                one.getTodayMinutes(), one.getBudgetMinutes(), one.getStretchMinutes(),
                one.getLent(),         one.getOnBreak(),       one.getTalkAsked(),
                one.getOver()};
        return all;
    }
    Exposure of(const std::string& who) { return exposures(who).at(who); }

    /// Works on severe content for so long, with a word every twenty minutes.
    void work(const std::string& who, const std::string& contact, Duration span) {
        for (Duration passed{0}; passed < span; passed += minutes(20)) {
            world.clock.advance(std::min<Duration>(minutes(20), span - passed));
            REQUIRE(reply(who, contact).empty());
        }
    }

    Reply draw(std::uint32_t count, const std::string& of = {}, std::uint32_t days = 7,
               const std::string& who = "salma") {
        return line().ask(who, [&](auto request) {
            auto body = request.initSampleDraw();
            body.setDays(days);
            body.setCount(count);
            body.setWho(to_text(of));
        });
    }
    std::string judge(const std::string& who, const std::string& id,
                      const std::vector<std::pair<std::string, std::uint32_t>>& marks,
                      const std::string& note = {}) {
        return with(who, [&](auto request) {
            auto body = request.initSampleJudge();
            body.setId(to_text(id));
            body.setNote(to_text(note));
            auto list = body.initMarks(static_cast<unsigned>(marks.size()));
            for (unsigned i = 0; i < list.size(); ++i) {
                list[i].setId(to_text(marks[i].first));
                list[i].setMark(marks[i].second);
            }
        });
    }
    Reply samples(const std::string& who) {
        return line().ask(who, [](auto request) { request.setSampleList(); });
    }
    Reply handover(std::uint32_t hours, const std::string& who = "salma") {
        return line().ask(who, [&](auto request) { request.setHandoverShow(hours); });
    }
    std::vector<store::Event> events() {
        const auto snapshot = line().node.store->snapshot();
        return *line().node.feed->read(**snapshot, 0, 10'000);
    }
    std::size_t events_named(std::string_view name) {
        return std::size_t(std::ranges::count(events(), name, &store::Event::name));
    }
    /// An ended conversation of somebody.
    std::string ended(const std::string& who, const std::string& child) {
        const auto contact = write(child, "salam");
        REQUIRE(open(who, contact).empty());
        REQUIRE(end(who, contact).empty());
        return contact;
    }
};

}  // namespace sanad::support
