#pragma once

#include "tests/sim/site.h"

#include <vector>

namespace sanad::sim {

/// The people at one helpline: they look at the referrals their node shows them, and act on what
/// they see. They know nothing of the other side but what has arrived.
class Counsellor {
public:
    Counsellor(Site& site, Setting& setting, std::vector<NodeId> others, unsigned requests);

    /// Looks, and does at most one thing; nothing while the node is down.
    void look();
    /// From now on nothing new begins, and what was begun is brought to its end.
    void finish() { finishing_ = true; }
    /// Whether everything this side sees has ended.
    bool is_done();

private:
    struct Choice {
        casework::ReferralEventKind kind{};
        const char* reason = "";
    };

    void ask_for_help();
    void go_on_with(const casework::ReferralRecord& record);
    Choice choose(casework::ReferralState state, casework::Side side);
    Choice choose_to_finish(casework::ReferralState state, casework::Side side);
    using Decide = std::function<Result<void>(store::Draft& draft, const std::string& token)>;
    void act(Decide decide, std::string_view what);
    void submit(std::size_t number, const Decide& decide, unsigned repeats);

    Site& site_;
    Setting& setting_;
    std::vector<NodeId> others_;
    unsigned requests_left_;
    bool finishing_ = false;
};

}  // namespace sanad::sim
