#pragma once

#include "core/base/message.h"
#include "schemas/wire.capnp.h"
#include "tests/support/helpline.h"

#include <map>

namespace sanad::support {

/// Morocco, Tunisia and Algeria on one wire, each with a door; nothing moves but by `settle`.
struct Helplines {
    Helplines() {
        policies.replace(shipped_policies());
        for (auto* machine : {&ma_machine, &tn_machine, &dz_machine}) start(*machine);
        for (auto& [id, line] : lines)
            for (auto& [peer, other] : lines)
                if (id != peer) line->node.links->connected(peer);
        settle();
    }

    void start(Machine& machine, const Between& between = {}) {
        lines[machine.id] = std::make_unique<Helpline>(machine, around, wire.port(machine.id),
                                                       policies, between, place);
    }
    Helpline& ma() { return *lines.at(ma_machine.id); }
    Helpline& tn() { return *lines.at(tn_machine.id); }
    Helpline& dz() { return *lines.at(dz_machine.id); }

    void settle() {
        for (bool busy = true; busy;) {
            busy = false;
            for (auto& [id, line] : lines) busy = line->node.turn() || busy;
            while (!wire.letters.empty()) {
                const Letter letter = std::move(wire.letters.front());
                wire.letters.pop_front();
                if (const auto to = lines.find(letter.to); to != lines.end())
                    to->second->node.links->received(letter.from, letter.frame);
                busy = true;
            }
        }
    }

    /// Lets the clocks of the links come round.
    void wait(Duration span) {
        for (Duration passed{0}; passed < span; passed += Duration{500}) {
            clock.advance(Duration{500});
            for (auto& [id, line] : lines) line->node.links->tick();
            settle();
        }
    }

    /// The payload of the newest entry of `from`'s log to `to` that has a body of that kind.
    Bytes newest(Helpline& from, const NodeId& to, federation::BodyKind kind,
                 federation::Lane lane = federation::Lane::normal) {
        const auto snapshot = from.node.store->snapshot();
        const federation::LaneId id{to, federation::Direction::out, lane};
        for (auto index = from.node.logs->end(**snapshot, id)->size; index > 0; --index) {
            const auto body = from.node.logs->body(**snapshot, id, index - 1);
            if (body && body->kind == kind) return body->payload;
        }
        return {};
    }

    std::string refusal_of(Helpline& from, const NodeId& to) {
        return read_message<schema::Refusal>(
                   newest(from, to, federation::BodyKind::refusal),
                   [](auto in) -> Result<std::string> { return from_text(in.getReason()); })
            .value_or("");
    }

    api::SignInPlace place = desk_place();
    TestClock clock;
    TestEntropy entropy{23};
    NullLog log;
    Machine ma_machine{"ma.cmrpi", entropy};
    Machine tn_machine{"tn.amal", entropy};
    Machine dz_machine{"dz.nida", entropy};
    federation::Peers peers{directory_of({&ma_machine, &tn_machine, &dz_machine})};
    federation::Policies policies;
    casework::Taxonomies taxonomies = shipped_taxonomies();
    casework::Clocks clocks = casework::default_clocks();
    Surroundings around{clock, entropy, log, peers, taxonomies, clocks};
    Wire wire;
    std::map<NodeId, std::unique_ptr<Helpline>> lines;
};

/// What a counsellor would type after `sanad refer`.
struct ReferWords {
    std::string case_id, to;
    std::string basis = "express_consent";
    std::string kind = "referral";
    std::string narrative = "طفلة تسأل عن نادٍ قريب من بيتها الجديد";
    std::vector<std::string> services = {"psychosocial"};

    void fill(schema::api::Refer::Builder body) const {
        body.setCase(to_text(case_id));
        body.setTo(to_text(to));
        body.setTransferBasis(to_text(basis));
        body.setKind(to_text(kind));
        body.setNarrative(to_text(narrative));
        auto list = body.initServicesRequested(static_cast<unsigned>(services.size()));
        for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(services[i]));
        body.setRedactionConfirmed(true);
    }
};

inline Reply refer(Helpline& line, const ReferWords& words) {
    return line.ask("amina", [&](auto request) { words.fill(request.initRefer()); });
}

}  // namespace sanad::support
