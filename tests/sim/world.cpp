#include "tests/sim/world.h"

#include "tests/sim/checker.h"
#include "tests/sim/counsellor.h"

#include <algorithm>

namespace sanad::sim {
namespace {

constexpr Duration settling = std::chrono::seconds(20);  // longer than a keepalive

class World {
public:
    World(std::uint64_t seed, const Plan& plan, Breakage breakage, Show show);
    Outcome run();

private:
    void make_sites();
    void make_counsellors();
    void plan_restores();
    void begin_storm();
    void storm();
    void heal();
    void connect(Site& one, Site& other);
    void look_again(std::size_t counsellor);
    void run_until(Duration end);
    bool is_over();
    Site& any_site() { return *sites_[chance_.below(sites_.size())]; }

    const Plan& plan_;
    Chance chance_;
    Trace trace_;
    Schedule schedule_;
    Network network_;
    Ledger ledger_;
    Findings findings_;
    casework::Taxonomies taxonomies_ = support::small_taxonomies();
    casework::Clocks clocks_ = casework::default_clocks();
    federation::Peers peers_{{}};
    Setting setting_;
    Sites sites_;
    std::vector<Counsellor> counsellors_;
};

World::World(std::uint64_t seed, const Plan& plan, Breakage breakage, Show show)
    : plan_(plan),
      chance_(seed),
      trace_(show),
      network_(schedule_, chance_, trace_,
               [this](const NodeId& to, const NodeId& from, ByteView frame) {
                   for (const auto& site : sites_)
                       if (site->id() == to) site->received(from, frame);
               }),
      setting_{plan_,
               schedule_,
               network_,
               chance_,
               trace_,
               ledger_,
               findings_,
               peers_,
               taxonomies_,
               clocks_,
               breakage,
               true,
               [this] { check_owners(sites_, findings_); }} {
    network_.swallow = swallow(breakage);
    make_sites();
    make_counsellors();
}

void World::make_sites() {
    const char* names[] = {"ma.node", "tn.node", "dz.node", "jo.node", "lb.node"};
    const std::size_t count =
        chance_.percent(50)
            ? plan_.sites_least
            : plan_.sites_least + chance_.below(plan_.sites_most - plan_.sites_least + 1);
    federation::PeerTable table{.directory_version = 1, .nodes = {}};
    for (std::size_t i = 0; i < count; ++i) {
        sites_.push_back(std::make_unique<Site>(names[i], setting_));
        table.nodes.emplace(sites_[i]->id(), sites_[i]->machine().peer());
    }
    peers_.replace(std::move(table));
}

void World::make_counsellors() {
    for (const auto& site : sites_) {
        std::vector<NodeId> others;
        for (const auto& other : sites_)
            if (&*other != &*site) others.push_back(other->id());
        const auto requests =
            unsigned(site == sites_.front() ? 2 + chance_.below(plan_.requests_most_first - 1)
                                            : chance_.below(plan_.requests_most + 1));
        counsellors_.emplace_back(*site, setting_, std::move(others), requests);
    }
}

// One machine of a run loses its disk, once or twice: two that lose the same entry have lost it.
void World::plan_restores() {
    if (plan_.restores_most == 0) return;
    Site& victim = any_site();
    Duration at{};
    for (auto left = chance_.below(plan_.restores_most + 1); left > 0; --left) {
        const Duration age = chance_.between(std::chrono::minutes(1), plan_.backup_age_most);
        at += chance_.between(std::chrono::minutes(1), plan_.backup_age_most);
        schedule_.after(at, [&victim, age] { victim.restore_later(age); });
        at += age;
    }
}

// A connection comes up at the dialling side, which is the one with the lower name.
void World::connect(Site& one, Site& other) {
    Site& dialler = one.id() < other.id() ? one : other;
    Site& dialled = &dialler == &one ? other : one;
    if (dialler.is_up() && dialled.is_up()) dialler.connected(dialled.id());
}

void World::look_again(std::size_t counsellor) {
    const Plan hurried;  // when it is to end, people do not wait for hours
    const Plan& pace = setting_.stormy ? plan_ : hurried;
    schedule_.after(chance_.between(pace.look_least, pace.look_most), [this, counsellor] {
        counsellors_[counsellor].look();
        look_again(counsellor);
    });
}

void World::begin_storm() {
    network_.weather = {.lost_percent = unsigned(chance_.below(30)),
                        .twice_percent = unsigned(chance_.below(30)),
                        .delay_least = Duration{1},
                        .delay_most = chance_.between(Duration{1}, Duration{1'500})};
    storm();
}

// Now and then: a cut in one direction or both, a kill, a full disk, a clock that is set, a new
// connection.
void World::storm() {
    schedule_.after(chance_.between(plan_.trouble_least, plan_.trouble_most), [this] {
        if (!setting_.stormy) return;
        Site& one = any_site();
        Site& other = any_site();
        const Duration while_it_lasts = chance_.between(plan_.cut_least, plan_.cut_most);
        switch (&one == &other ? 3 : chance_.below(7)) {
            case 0:
                network_.cut(other.id(), one.id());
                [[fallthrough]];
            case 1:
                network_.cut(one.id(), other.id());
                schedule_.after(while_it_lasts, [this, &one, &other] {
                    network_.mend(one.id(), other.id());
                    network_.mend(other.id(), one.id());
                    connect(one, other);
                });
                break;
            case 2:
                connect(one, other);
                break;
            case 3:
                if (one.is_up()) one.crash();
                break;
            case 4:
                if (chance_.percent(20))
                    one.clock().jump(
                        chance_.between(-plan_.jump_back_most, plan_.jump_forward_most));
                break;
            case 5:
                one.fill_disk(while_it_lasts);
                break;
            default:
                break;
        }
        storm();
    });
}

void World::heal() {
    setting_.stormy = false;
    network_.mend_all();
    network_.weather = {.delay_least = Duration{1}, .delay_most = Duration{20}};
    trace_.note(schedule_.now(), "-", "healed");
    for (const auto& site : sites_) {
        site->have_space();
        if (site->is_up()) site->crash();  // planned faults of the store end with this life
    }
    for (auto& counsellor : counsellors_) counsellor.finish();
}

void World::run_until(Duration end) {
    while (findings_.empty() && schedule_.step(end)) {
    }
    if (findings_.empty()) schedule_.pass(end);
}

bool World::is_over() {
    return std::ranges::all_of(counsellors_, [](auto& one) { return one.is_done(); }) &&
           is_at_rest(sites_);
}

Outcome World::run() {
    for (const auto& site : sites_) site->start();
    for (std::size_t i = 0; i < counsellors_.size(); ++i) look_again(i);
    begin_storm();
    plan_restores();
    run_until(chance_.between(plan_.story_least, plan_.story_most));
    if (findings_.empty()) heal();
    const Duration latest = schedule_.now() + plan_.rest_within;
    bool over = false;
    while (findings_.empty() && !over && schedule_.now() < latest) {
        run_until(schedule_.now() + plan_.rest_checked_every);
        over = is_over();
    }
    if (over) run_until(schedule_.now() + settling);
    if (findings_.empty() && !is_over())
        findings_.push_back(over ? "it rested, and then went on" : "it never came to rest");
    if (findings_.empty()) check_end(sites_, ledger_, findings_);

    Outcome outcome{.findings = findings_, .hash = trace_.hash(), .acts = ledger_.acts().size()};
    for (const auto& act : ledger_.acts())
        outcome.answered += act.outcome == Ledger::Outcome::stored ? 1 : 0;
    for (const auto& site : sites_) {
        outcome.crashes += site->crashes();
        if (site->is_up()) outcome.referrals += site->machine().disk.rows("referral").size();
    }
    return outcome;
}

}  // namespace

Outcome run_story(std::uint64_t seed, const Plan& plan, Breakage breakage, Show show) {
    return World(seed, plan, breakage, show).run();
}

}  // namespace sanad::sim
