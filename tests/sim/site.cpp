#include "tests/sim/site.h"

#include "core/federation/frame.h"
#include "core/trust/checkpoint.h"

namespace sanad::sim {
namespace {

constexpr Duration skew_most = std::chrono::minutes(10);
constexpr Duration up_most = std::chrono::hours(1'000);
constexpr Duration tick_length{100};
constexpr Duration work_latest{8};
constexpr Duration down_least{50};
constexpr Duration down_most{4'000};
constexpr unsigned store_fault_percent = 60;  // of lives
constexpr std::uint64_t fault_operations = 200;
constexpr std::uint64_t fault_commits = 25;
constexpr unsigned timers_every_ticks = 20;

// Between two honest nodes on a network that changes no frame, these never count.
constexpr const char* impossible_drops[] = {"link.drop.other_root",
                                            "link.drop.bad_signature",
                                            "link.drop.malformed",
                                            "link.drop.receipt_of_other_log",
                                            "link.drop.malformed_head",
                                            "link.drop.bad_receipt",
                                            "link.drop.malformed_receipt",
                                            "link.drop.not_active",
                                            "link.frozen",
                                            "link.parked"};

}  // namespace

Site::Site(std::string id, Setting& setting)
    : setting_(setting),
      entropy_(setting.chance.seed()),
      machine_(std::move(id), entropy_),
      clock_(setting.schedule, setting.chance.between(-skew_most, skew_most),
             setting.chance.between(Duration{0}, up_most)) {}

void Site::start() {
    const support::Surroundings around{
        clock_, entropy_, log_, setting_.peers, setting_.taxonomies, setting_.clocks};
    node_ = std::make_unique<support::FederationNode>(machine_, around, *this,
                                                      between(setting_.breakage, setting_.chance));
    ++life_;
    before_commit_ = machine_.disk;
    setting_.trace.note(setting_.schedule.now(), id().text, "start", {}, life_);
    check_promises();
    if (setting_.stormy && setting_.chance.percent(store_fault_percent)) plan_store_fault();
    tick();
}

void Site::plan_store_fault() {
    using support::FaultKind;
    using support::FaultPoint;
    auto& chance = setting_.chance;
    switch (chance.below(6)) {
        case 0:
            return node_->memory->plan({FaultPoint::operation, FaultKind::crash,
                                        1 + chance.below(fault_operations), SANAD_E_IO});
        case 1:
            return node_->memory->plan({FaultPoint::before_commit, FaultKind::crash,
                                        1 + chance.below(fault_commits), SANAD_E_IO});
        case 2:
            return node_->memory->plan({FaultPoint::after_commit, FaultKind::crash,
                                        1 + chance.below(fault_commits), SANAD_E_IO});
        case 3:  // a sync that fails: whether the commit is on disk, the node cannot know
            return node_->memory->plan(
                {chance.percent(50) ? FaultPoint::before_commit : FaultPoint::after_commit,
                 FaultKind::fail, 1 + chance.below(fault_commits), SANAD_E_IO});
        case 4:  // somebody else wrote first: the group runs again
            return node_->memory->plan({FaultPoint::operation, FaultKind::fail,
                                        1 + chance.below(fault_operations), SANAD_E_CONFLICT});
        default:  // a full disk, for a moment
            return node_->memory->plan({FaultPoint::operation, FaultKind::fail,
                                        1 + chance.below(fault_operations), SANAD_E_FULL});
    }
}

void Site::crash() {
    setting_.trace.note(setting_.schedule.now(), id().text, "crash", {}, life_);
    check_counters();
    node_.reset();
    setting_.ledger.ended(id());
    if (setting_.breakage == Breakage::early_ack) machine_.disk = before_commit_;
    ++crashes_;
    ++life_;
    will_work_ = false;
    setting_.schedule.after(setting_.chance.between(down_least, down_most), [this] {
        if (!is_up()) start();
    });
}

void Site::after_work() {
    if (node_ && (node_->memory->crashed() || !node_->engine.health())) crash();
}

void Site::received(const NodeId& from, ByteView frame) {
    if (!node_) return;
    node_->links->received(from, frame);
    work_soon();
    after_work();
}

void Site::connected(const NodeId& peer) {
    if (!node_) return;
    node_->links->connected(peer);
    after_work();
}

void Site::work_soon() {
    if (will_work_ || !node_) return;
    will_work_ = true;
    setting_.schedule.after(setting_.chance.between(Duration{0}, work_latest),
                            [this, life = life_] {
                                if (node_ && life == life_) work();
                            });
}

// One turn of either thread, so that what each does may come between any two steps of the other.
void Site::work() {
    will_work_ = false;
    const bool posted = setting_.chance.percent(60) && node_->run_posted();
    const support::MemoryDisk before =
        setting_.breakage == Breakage::early_ack ? machine_.disk : support::MemoryDisk();
    const auto ran = node_->engine.run_once();
    const bool committed = ran && *ran > 0;
    if (committed) before_commit_ = before;
    if (posted || committed || node_->has_posted()) work_soon();
    after_work();
}

void Site::tick() {
    if (!node_) return;
    node_->links->tick();
    if (setting_.schedule.now().count() / tick_length.count() % timers_every_ticks == 0)
        (void)node_->run_timers(clock_.now());
    work_soon();
    setting_.schedule.after(tick_length, [this, life = life_] {
        if (node_ && life == life_) tick();
    });
    after_work();
}

Result<void> Site::send(const NodeId& peer, ByteView frame) {
    if (node_ == nullptr || node_->memory->crashed()) return fail(Fault::busy, "ended");
    promise(peer, frame);
    return setting_.network.send(id(), peer, frame);
}

// A receipt says: on my disk. It had better be.
void Site::promise(const NodeId& peer, ByteView bytes) {
    const auto frame = federation::parse_frame(bytes);
    const auto* ack = frame ? std::get_if<federation::Ack>(&*frame) : nullptr;
    if (ack == nullptr) return;
    const auto note = trust::parse_note(ack->head);
    const auto head = note ? trust::parse_checkpoint(note->text) : fail(Fault::malformed, "");
    if (!head) return setting_.findings.push_back(id().text + " sent a receipt that is none");
    const federation::LaneId lane{peer, federation::Direction::in, ack->lane};
    auto& largest = promised_[lane];
    largest = std::max(largest, head->size);
    if (!holds(lane, head->size))
        setting_.findings.push_back(id().text + " gave a receipt for what is not on its disk");
}

bool Site::holds(const federation::LaneId& lane, std::uint64_t size) {
    const auto snapshot = node_->store->snapshot();
    if (!snapshot) return true;  // the machine is ending: nothing can be said
    return size == 0 || node_->logs->leaf(**snapshot, lane, size - 1).has_value();
}

void Site::check_promises() {
    for (const auto& [lane, size] : promised_)
        if (!holds(lane, size))
            setting_.findings.push_back(id().text + " lost entries of " + lane.peer.text +
                                        " that it had receipted");
}

void Site::check_counters() {
    for (const char* drop : impossible_drops)
        if (node_->counters.count(drop) > 0)
            setting_.findings.push_back(id().text + " counted " + drop);
}

}  // namespace sanad::sim
