#include "core/casework/call_routing.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace sanad::casework {
namespace {

// The part of a tag before the first dash; each kind of spoken Arabic is Arabic, since whoever
// speaks one at a helpline of a country speaks that country's.
std::string_view spoken(std::string_view tag) {
    using namespace std::string_view_literals;
    constexpr std::array kinds{"ar"sv, "ary"sv, "arq"sv, "dz"sv, "aeb"sv, "apc"sv};
    const auto language = tag.substr(0, tag.find('-'));
    return std::ranges::find(kinds, language) == kinds.end() ? language : "ar"sv;
}

bool fits(const LineCaller& caller, const PhoneCandidate& candidate, const CallRules& rules,
          Time now) {
    const PhoneAgent& agent = candidate.agent;
    if (state_of(agent, rules, now) != PhoneState::ready) return false;
    if (agent.passed_over == caller.contact && now - agent.passed_over_at < rules.passed_over)
        return false;
    return caller.waited >= rules.any_language ||
           shares_language(candidate.languages, caller.languages);
}

Time idle_since(const PhoneAgent& agent) { return std::max(agent.idle_since, agent.since); }

}  // namespace

std::string_view name(PhoneState state) {
    constexpr std::array<std::string_view, 5> names{"ready", "ringing", "talking", "after_call",
                                                    "paused"};
    return names.at(static_cast<std::size_t>(state));
}

PhoneState state_of(const PhoneAgent& agent, const CallRules& rules, Time now) {
    if (agent.talking && agent.talking->over_at == Time{}) return PhoneState::talking;
    if (agent.ringing && now - agent.ringing->since < rules.ring) return PhoneState::ringing;
    if (!agent.ready) return PhoneState::paused;
    if (agent.talking && now - agent.talking->over_at < rules.wrap_up)
        return PhoneState::after_call;
    return PhoneState::ready;
}

Time since(const PhoneAgent& agent, PhoneState state) {
    switch (state) {
        case PhoneState::talking:
            return agent.talking->since;
        case PhoneState::ringing:
            return agent.ringing->since;
        case PhoneState::after_call:
            return agent.talking->over_at;
        case PhoneState::ready:
            return idle_since(agent);
        case PhoneState::paused:
            return agent.since;
    }
    return {};
}

bool shares_language(std::span<const std::string> staff, std::span<const std::string> caller) {
    if (staff.empty() || caller.empty()) return true;
    return std::ranges::any_of(staff, [&](const std::string& one) {
        return std::ranges::any_of(
            caller, [&](const std::string& other) { return spoken(one) == spoken(other); });
    });
}

std::optional<std::size_t> whom_to_ring(std::span<const LineCaller> in_order,
                                        const ContactId& wanted,
                                        std::span<const PhoneCandidate> candidates,
                                        const MayOpen& may_open, const CallRules& rules, Time now) {
    std::vector<std::size_t> idle(candidates.size());
    for (std::size_t i = 0; i < idle.size(); ++i) idle[i] = i;
    std::ranges::sort(idle, [&](std::size_t a, std::size_t b) {
        const auto key = [&](std::size_t i) {
            return std::tuple(idle_since(candidates[i].agent), candidates[i].agent.name);
        };
        return key(a) < key(b);
    });
    for (const LineCaller& caller : in_order) {
        const auto found = std::ranges::find_if(idle, [&](std::size_t i) {
            return fits(caller, candidates[i], rules, now) && may_open(caller, candidates[i]);
        });
        if (caller.contact == wanted)
            return found == idle.end() ? std::nullopt : std::optional(*found);
        if (found != idle.end()) idle.erase(found);
    }
    return std::nullopt;
}

PhoneAgent rung(PhoneAgent agent, PhoneCall call) {
    agent.ringing = std::move(call);
    return agent;
}

PhoneAgent answered(PhoneAgent agent, PhoneCall call) {
    agent.ringing.reset();
    agent.missed_in_row = 0;
    agent.talking = std::move(call);
    return agent;
}

PhoneAgent passed_over(PhoneAgent agent, const ContactId& contact, bool missed,
                       const CallRules& rules, Time now) {
    agent.ringing.reset();
    agent.passed_over = contact;
    agent.passed_over_at = now;
    if (missed && ++agent.missed_in_row >= rules.missed_max)
        return paused(std::move(agent), "missed_calls", now);
    return agent;
}

PhoneAgent hung_up(PhoneAgent agent, Time now) {
    if (agent.talking && agent.talking->over_at == Time{}) {
        agent.talking->over_at = now;
        agent.idle_since = now;
    }
    return agent;
}

PhoneAgent wrapped_up(PhoneAgent agent, Time now) {
    if (agent.talking) agent.idle_since = now;
    agent.talking.reset();
    return agent;
}

PhoneAgent made_ready(PhoneAgent agent, Time now) {
    agent.talking.reset();
    agent.missed_in_row = 0;
    agent.ready = true;
    agent.reason.clear();
    agent.since = now;
    return agent;
}

PhoneAgent paused(PhoneAgent agent, std::string reason, Time now) {
    agent.ready = false;
    agent.reason = std::move(reason);
    agent.since = now;
    return agent;
}

}  // namespace sanad::casework
