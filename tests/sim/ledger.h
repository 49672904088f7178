#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"

#include <algorithm>
#include <string>
#include <vector>

namespace sanad::sim {

/// What the people of the simulation did, and what they were told: all that the checker believes.
class Ledger {
public:
    enum class Outcome : std::uint8_t {
        pending,
        stored,   // answered: it must be there, once, at both nodes
        refused,  // answered with an error: it must be nowhere
        unknown,  // the node ended before it answered: once or not at all, and both nodes alike
    };
    struct Act {
        NodeId by;
        std::string token;  // stands in the act's text, and nowhere else
        Outcome outcome = Outcome::pending;
    };

    /// A new act, not answered yet. returns  its number
    std::size_t begin(const NodeId& by) {
        acts_.push_back({by, "act-" + std::to_string(acts_.size()) + ".", Outcome::pending});
        pending_.push_back(acts_.size() - 1);
        return acts_.size() - 1;
    }
    void answer(std::size_t act, const Result<void>& result) {
        std::erase(pending_, act);
        acts_[act].outcome = result                              ? Outcome::stored
                             : result.error().fault == Fault::io ? Outcome::unknown
                                                                 : Outcome::refused;
    }
    /// The node of `by` has ended: what it has not answered it never will.
    void ended(const NodeId& by) {
        std::erase_if(pending_, [&](std::size_t act) {
            if (acts_[act].by != by) return false;
            acts_[act].outcome = Outcome::unknown;
            return true;
        });
    }
    /// The disk of `by` is now one on which only the first `acts` acts of all may be: of what came
    /// later, what no peer had is gone, and a peer gives back the rest.
    void restored(const NodeId& by, std::size_t acts) {
        for (std::size_t i = acts; i < acts_.size(); ++i)
            if (acts_[i].by == by && acts_[i].outcome != Outcome::refused) {
                acts_[i].outcome = Outcome::unknown;
                std::erase(pending_, i);
            }
    }
    bool is_pending(const NodeId& by) const {
        return std::ranges::any_of(pending_, [&](std::size_t act) { return acts_[act].by == by; });
    }

    const std::vector<Act>& acts() const { return acts_; }

private:
    std::vector<Act> acts_;
    std::vector<std::size_t> pending_;  // the acts that are; few
};

}  // namespace sanad::sim
