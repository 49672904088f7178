#include "tests/sim/site.h"

#include "core/federation/frame.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::sim {
namespace {

constexpr Duration skew_most = std::chrono::minutes(10);
constexpr Duration up_most = std::chrono::hours(1'000);
constexpr int tick_growth = 8;
constexpr Duration work_latest{8};
constexpr unsigned store_fault_percent = 60;  // of lives
constexpr std::uint64_t fault_operations = 200;
constexpr std::uint64_t fault_commits = 25;
constexpr Duration timers_every{2'000};

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
    if (setting_.breakage == Breakage::early_ack) before_commit_ = machine_.disk;
    referrals_known_ = false;
    timers_ran_ = setting_.schedule.now();
    if (full_until_ > setting_.schedule.now()) node_->memory->be_full(true);
    setting_.trace.note(setting_.schedule.now(), id().text, "start", {}, life_);
    if (!was_restored_) check_promises();
    if (setting_.stormy && setting_.chance.percent(store_fault_percent)) plan_store_fault();
    tick_wait_ = setting_.plan.tick_first;
    links_ticked_ = setting_.schedule.now() - setting_.plan.tick_longest;
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
    if (setting_.plan.restores_most > 0) note_sizes();
    node_.reset();
    setting_.ledger.ended(id());
    if (setting_.breakage == Breakage::early_ack) machine_.disk = before_commit_;
    ++crashes_;
    ++life_;
    will_work_ = false;
    setting_.schedule.after(
        setting_.chance.between(setting_.plan.down_least, setting_.plan.down_most), [this] {
            if (!is_up()) start();
        });
}

void Site::after_work() {
    if (node_ && (node_->memory->crashed() || !node_->engine.health())) crash();
}

void Site::received(const NodeId& from, ByteView frame) {
    if (!node_) return;
    if (setting_.breakage == Breakage::ack_first) receipt_at_once(from, frame);
    node_->links->received(from, frame);
    work_soon();
    after_work();
}

void Site::connected(const NodeId& peer) {
    if (!node_) return;
    be_awake();
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
    if (committed && setting_.breakage == Breakage::early_ack) before_commit_ = before;
    if (committed) wrote();
    if (posted || committed || node_->has_posted()) work_soon();
    after_work();
}

void Site::wrote() {
    referrals_known_ = false;
    be_awake();
    setting_.committed();
}

void Site::tick() {
    if (!node_) return;
    const Duration now = setting_.schedule.now();
    const bool settled = is_settled();
    if (!settled || now - links_ticked_ >= setting_.plan.tick_longest) {
        links_ticked_ = now;
        node_->links->tick();
    }
    bool told = true;
    if (now - timers_ran_ >= timers_every) {
        timers_ran_ = now;
        told = node_->run_timers(clock_.now()).has_value();
        referrals_known_ = false;
    }
    work_soon();
    if (settled) tick_wait_ = setting_.plan.tick_longest;
    tick_in(told ? next_timer(tick_wait_) : tick_wait_);
    tick_wait_ = std::min(tick_wait_ * tick_growth, setting_.plan.tick_longest);
    after_work();
}

// Whether everything this node said is receipted: then only keepalives are left to send.
bool Site::is_settled() {
    return std::ranges::all_of(node_->links->status(), [](const auto& link) {
        return std::ranges::all_of(link.out,
                                   [](const auto& log) { return log.size == log.receipted; });
    });
}

void Site::tick_in(Duration wait) {
    setting_.schedule.after(wait, [this, life = life_, number = ++tick_number_] {
        if (node_ && life == life_ && number == tick_number_) tick();
    });
}

// Something happens here: the next tick comes soon.
void Site::be_awake() {
    if (tick_wait_ <= setting_.plan.tick_first) return;
    tick_wait_ = setting_.plan.tick_first;
    tick_in(tick_wait_);
}

// Until the next timer is due, but not longer than `latest`.
Duration Site::next_timer(Duration latest) {
    if (latest <= timers_every) return latest;
    const auto snapshot = node_->store->snapshot();
    if (!snapshot) return latest;
    const auto due = node_->timers.due(**snapshot, clock_.now() + latest, 1);
    if (!due || due->empty()) return latest;
    return std::clamp(due->front().due - clock_.now(), timers_every, latest);
}

void Site::fill_disk(Duration span) {
    full_until_ = std::max(full_until_, setting_.schedule.now() + span);
    if (node_) node_->memory->be_full(true);
    setting_.schedule.after(span, [this] {
        if (full_until_ > setting_.schedule.now()) return;
        if (node_) node_->memory->be_full(false);
    });
}

void Site::restore_later(Duration wait) {
    setting_.trace.note(setting_.schedule.now(), id().text, "backup");
    setting_.schedule.after(wait, [this, backup = support::MemoryDisk(machine_.disk),
                                   acts = setting_.ledger.acts().size()] {
        if (setting_.stormy) restore(backup, acts);
    });
}

// As after a disk that broke: the old one is gone, with what nobody else has.
void Site::restore(const support::MemoryDisk& backup, std::size_t acts) {
    if (is_up()) crash();
    setting_.trace.note(setting_.schedule.now(), id().text, "restore");
    machine_.disk = backup;
    was_restored_ = true;
    setting_.ledger.restored(id(), acts);
}

void Site::note_sizes() {
    for (const auto& link : node_->links->status())
        for (const auto lane : federation::all_lanes)
            for (const auto direction : {federation::Direction::in, federation::Direction::out}) {
                const auto at = std::size_t(lane);
                auto& size = lost_sizes_[{link.peer, direction, lane}];
                size = std::max(
                    size, direction == federation::Direction::in ? link.in[at] : link.out[at].size);
            }
}

bool Site::is_whole(const NodeId& peer) {
    if (!was_restored_) return true;
    for (const auto& link : node_->links->status()) {
        if (link.peer != peer) continue;
        if (!link.heard || !link.recovering.empty()) return false;
        for (const auto lane : federation::all_lanes) {
            const auto lost = lost_sizes_.find({peer, federation::Direction::in, lane});
            if (lost != lost_sizes_.end() && link.in[std::size_t(lane)] < lost->second)
                return false;
        }
    }
    return true;
}

bool Site::is_whole() {
    return !was_restored_ || std::ranges::all_of(node_->links->status(), [this](const auto& link) {
        return is_whole(link.peer);
    });
}

// The lie ack_first: this machine's key signs what its disk does not hold yet.
void Site::receipt_at_once(const NodeId& from, ByteView bytes) {
    const auto frame = federation::parse_frame(bytes);
    const auto* push = frame ? std::get_if<federation::Push>(&*frame) : nullptr;
    if (push == nullptr) return;
    auto receipt = trust::add_cosignature(push->head, machine_.signing, id().text, clock_.now());
    if (receipt)
        (void)send(from, federation::write_frame(federation::Ack{push->lane, std::move(*receipt)}));
}

void Site::have_space() {
    full_until_ = {};
    if (node_) node_->memory->be_full(false);
}

const std::vector<Site::Standing>& Site::referrals() {
    if (referrals_known_) return referrals_;
    referrals_known_ = true;
    referrals_.clear();
    auto records = node_->all_referrals();
    if (!records) return referrals_;
    for (auto& record : *records) {
        auto view = casework::view_of(record);
        referrals_.push_back({std::move(record), std::move(view)});
    }
    return referrals_;
}

const Site::Standing* Site::find_referral(const ReferralId& id) {
    const auto& all = referrals();
    const auto found =
        std::ranges::find_if(all, [&](const auto& one) { return one.record.id == id; });
    return found == all.end() ? nullptr : &*found;
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
    // A receipt for what was lost with the disk is for more than the log now holds, or for another.
    constexpr std::string_view after_a_restore[] = {"link.drop.malformed_receipt",
                                                    "link.drop.receipt_of_other_log"};
    for (const char* drop : impossible_drops)
        if (node_->counters.count(drop) > 0 &&
            !(was_restored_ &&
              std::ranges::find(after_a_restore, drop) != std::end(after_a_restore)))
            setting_.findings.push_back(id().text + " counted " + drop);
}

}  // namespace sanad::sim
