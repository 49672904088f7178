#include "core/node/node.h"

#include "core/node/files.h"
#include "core/node/initialise.h"
#include "core/node/plugin_store.h"

#include <filesystem>

namespace sanad::node {
namespace {

constexpr Duration idle_longest{200};
constexpr Duration timers_each{100};
constexpr Duration room_each = std::chrono::seconds(5);
constexpr std::size_t room_bytes = 64 * 1024;
constexpr std::string_view room_key = "room";
constexpr std::uint32_t timers_at_once = 256;
constexpr std::uint64_t index_key_use = 1;  // Vault::derive
constexpr std::uint64_t search_key_use = 3;

}  // namespace

Node::Node(const Configuration& configuration, const trust::SymmetricKey& vault_key,
           Surroundings around)
    : configuration_(configuration),
      around_(around),
      vault_(vault_key.copy(), {}),
      index_key_(vault_.derive(index_key_use)),
      search_key_(vault_.derive(search_key_use)),
      clock_watch_(around.clock) {}

Result<std::unique_ptr<Node>> Node::start(const Configuration& configuration,
                                          const trust::SymmetricKey& vault_key, Surroundings around,
                                          federation::Links::Receipted on_receipt) {
    std::unique_ptr<Node> node(new Node(configuration, vault_key, around));
    const auto id = load_store_id(configuration.store_id_file());
    if (!id) return std::unexpected(id.error());
    node->store_id_ = *id;
    node->vault_ = trust::Vault(vault_key.copy(), *id);
    auto keys = load_keys(configuration.keys_file(), node->vault_);
    if (!keys) return std::unexpected(keys.error());
    node->keys_.emplace(std::move(*keys));
    using Step = Result<void> (Node::*)();
    for (const Step step : {&Node::load_words, &Node::open_store, &Node::check_identity,
                            &Node::open_records, &Node::load_directory, &Node::open_federation,
                            &Node::open_service, &Node::take_up_parked})
        if (const auto done = (node.get()->*step)(); !done) return std::unexpected(done.error());
    node->links_->on_receipt(std::move(on_receipt));
    node->start_threads();
    if (const auto started = node->start_plugins(); !started)
        return std::unexpected(started.error());
    return node;
}

// In the reverse order of starting: first nothing new comes in, then what is under way ends.
Node::~Node() {
    if (desk_calls_) desk_calls_->close();
    for (const auto& slot : slots_) slot->stop();
    if (indexer_thread_.joinable()) {
        indexer_thread_.request_stop();
        indexer_thread_.join();
    }
    backups_.reset();  // it tells the engine
    if (transport_thread_.joinable()) {
        transport_thread_.request_stop();
        transport_->wake();
        transport_thread_.join();
    }
    if (engine_thread_.joinable()) {
        engine_thread_.request_stop();
        engine_thread_.join();
    }
    self_audit_.reset();  // the engine's timers ask it
    service_.reset();
    store_.store.reset();
    if (store_.instance) {
        if (const auto stopped = store_.instance->stop(); !stopped)
            around_.log.warn("store.not_stopped");
    }
}

Result<void> Node::open_store() {
    const auto file = trusted_library(configuration_, configuration_.store);
    if (!file) return std::unexpected(file.error());
    const auto probed = plugins::probe_store(*file, configuration_.store.config, {"meta", "key"},
                                             plugins::ProbeDepth::edges);
    if (!probed && probed.error().fault == Fault::busy)
        return fail(Fault::busy,
                    "another process works on this store (" + probed.error().detail +
                        "): end that one first, or give this node a store of its own in node.toml");
    if (!probed) return probed;
    auto opened =
        plugins::open_store(*file, configuration_.store.config, around_.log, around_.clock);
    if (!opened) return std::unexpected(opened.error());
    store_ = std::move(*opened);
    return {};
}

// An empty or exchanged store must not be taken for this node's: its id lies in two places.
Result<void> Node::check_identity() {
    return check_store_identity(*store_.store, store_id_, configuration_.id);
}

Result<void> Node::open_records() {
    const auto keys = store_.store->open_table("key");
    if (!keys) return std::unexpected(keys.error());
    const auto room = store_.store->open_table("room");
    if (!room) return std::unexpected(room.error());
    room_ = *room;
    keyring_ = std::make_unique<store::Keyring>(vault_, *keys);
    if (const auto remembers = keyring_->remember_erased(*store_.store); !remembers)
        return remembers;
    records_ = std::make_unique<store::Records>(store_id_, *keyring_, around_.entropy);
    engine_ = std::make_unique<store::Engine>(*store_.store, around_.log);
    // The first start of a new store makes the node's own key; every later one finds it.
    Result<void> made;
    const auto taken = engine_->submit(
        [this](store::Draft& draft) -> Result<void> {
            const auto created = keyring_->create(draft, store::node_key_id, around_.entropy);
            return created || created.error().fault == Fault::conflict ? Result<void>{} : created;
        },
        [&](const Result<void>& result) { made = result; });
    if (!taken) return taken;
    if (const auto ran = engine_->run_once(); !ran) return std::unexpected(ran.error());
    if (!made) return made;

    if (const auto gone = destroy_again(); !gone) return gone;
    auto audit = store::Audit::open(*store_.store, *records_);
    if (!audit) return std::unexpected(audit.error());
    audit_ = std::move(*audit);
    auto feed = store::Feed::open(*store_.store, *records_);
    if (!feed) return std::unexpected(feed.error());
    feed_ = std::move(*feed);
    if (const auto opened = open_accounts(); !opened) return opened;
    auto outbox = store::Outbox::open(*store_.store, *records_);
    if (!outbox) return std::unexpected(outbox.error());
    outbox_ = std::move(*outbox);
    auto timers = store::Timers::open(*store_.store);
    if (!timers) return std::unexpected(timers.error());
    timers_ = *timers;
    for (store::Engine::Participant* part :
         {static_cast<store::Engine::Participant*>(keyring_.get()),
          static_cast<store::Engine::Participant*>(audit_.get()),
          static_cast<store::Engine::Participant*>(feed_.get()),
          static_cast<store::Engine::Participant*>(outbox_.get())})
        engine_->add(*part);
    return {};
}

void Node::start_threads() {
    const auto watched = engine_->submit(
        [this](store::Draft& draft) { return witness_->start(draft, around_.clock.now()); }, {});
    if (!watched) counters_.add("audit.not_started");
    self_audit_ = std::make_unique<SelfAudit>(
        SelfAudit::Parts{*store_.store, *engine_, *audit_, *witness_, around_.clock, around_.log});
    backups_ = std::make_unique<node::Backups>(
        node::Backups::Parts{configuration_, *store_.store, around_.clock, around_.log,
                             [this](const char* event) { tell_backup(event); }});
    engine_thread_ = std::jthread(
        [this](const std::stop_token& stop) { engine_->run(stop, [this] { return idle(); }); });
    indexer_thread_ = std::jthread([this](const std::stop_token& stop) { indexer_->run(stop); });
    transport_thread_ = std::jthread([this](const std::stop_token& stop) {
        transport_->run(stop, *links_, [this] { links_->run_posted(); }, [this] { tick_links(); });
    });
}

Result<void> Node::make_backup() { return backups_->request(); }

api::NodeControl::Backups Node::backups() { return backups_->state(); }

void Node::tell_backup(const char* event) {
    const auto taken = engine_->submit(
        [this, event](store::Draft& draft) -> Result<void> {
            const Time now = around_.clock.now();
            feed_->emit(draft, {.at = now, .name = event});
            audit_->append(draft, {.at = now, .actor = "node", .role = "node", .action = event});
            return {};
        },
        {});
    if (!taken) counters_.add("backup.untold");
}

void Node::tick_links() {
    links_->tick();
    switch_transport();
    auto status = links_->status();
    const std::lock_guard lock(status_mutex_);
    status_ = std::move(status);
}

// Timers that are due become commands; the engine looks again when the next one is, or soon.
Duration Node::idle() {
    const auto now = around_.clock.elapsed();
    if (compact_at_ && *compact_at_ <= now) compact();
    if (now < timers_at_) return timers_at_ - now;
    timers_at_ = now + timers_each;
    service_->tick();
    look_for_room();
    const auto snapshot = store_.store->snapshot();
    if (!snapshot) {
        if (snapshot.error().fault == Fault::closed) store_is_gone_ = true;
        return idle_longest;
    }
    if (clock_watch_.was_set_back()) look_at_later_timers();
    const auto due = timers_->due(**snapshot, around_.clock.now(), timers_at_once);
    if (!due) return idle_longest;
    run_timers(*due);
    tell_condition(around_.clock.now());
    return due->empty() ? timers_each : Duration{0};
}

// A full disk tells nobody when it has room again. So a row that is larger than what most commands
// write is stored and taken out again, until that succeeds.
void Node::look_for_room() {
    const auto condition = engine_->condition();
    const auto now = around_.clock.elapsed();
    if (condition || condition.error().fault != Fault::exhausted || now < room_at_) return;
    room_at_ = now + room_each;
    const auto taken = engine_->submit(
        [this](store::Draft& draft) -> Result<void> {
            audit_->append(draft, {.at = around_.clock.now(),
                                   .actor = "node",
                                   .role = "node",
                                   .action = "store.has_room"});
            return draft.put(room_, bytes_of(room_key), Bytes(room_bytes));
        },
        [this](const Result<void>& found) {
            if (!found) return;
            engine_->found_room();
            const auto cleared = engine_->submit(
                [this](store::Draft& draft) { return draft.del(room_, bytes_of(room_key)); }, {});
            if (!cleared) counters_.add("store.room_uncleared");
        });
    if (!taken) counters_.add("store.room_untried");
}

// After the clock was set back a person's limit would come too late: each is looked at again, and
// sets its own timer anew.
void Node::look_at_later_timers() {
    const auto snapshot = store_.store->snapshot();
    if (!snapshot) return;
    store::Timer last{.due = around_.clock.now(), .kind = UINT16_MAX, .subject = {}};
    last.subject.fill(0xff);
    for (;;) {
        const auto later = timers_->later(**snapshot, last, timers_at_once);
        if (!later || later->empty()) return;
        last = later->back();
        auto limits = *later;
        std::erase_if(limits, [](const store::Timer& timer) {
            return timer.kind != federation::referral_timer && timer.kind != api::escalation_timer;
        });
        run_timers(limits);
    }
}

void Node::run_timers(const std::vector<store::Timer>& timers) {
    for (const auto& timer : timers) {
        const auto taken = engine_->submit(
            [this, timer](store::Draft& draft) -> Result<void> {
                if (const auto cleared = timers_->clear(draft, timer); !cleared) return cleared;
                const Time now = around_.clock.now();
                if (timer.kind == federation::referral_timer)
                    return referrals_->on_timer(draft, ReferralId{timer.subject}, now);
                if (timer.kind == federation::erasure_timer)
                    return erasures_->on_timer(draft, ReferralId{timer.subject}, now);
                if (timer.kind == api::escalation_timer)
                    return escalations_->on_timer(draft, EscalationId{timer.subject}, now);
                if (timer.kind == federation::audit_round_timer)
                    return witness_->on_timer(draft, now);
                if (timer.kind == federation::audit_check_timer)
                    return witness_->on_check_timer(draft, now);
                if (timer.kind == federation::directory_timer) return book_->on_timer(draft, now);
                if (timer.kind == api::cover_timer)
                    return cover_->on_timer(draft, ContactId{timer.subject}, now);
                return {};
            },
            [this, kind = timer.kind](const Result<void>& result) {
                if (result && kind == federation::audit_check_timer) self_audit_->request();
            });
        if (!taken) counters_.add("timer.not_run");
    }
}

std::vector<federation::Links::Status> Node::links() {
    const std::lock_guard lock(status_mutex_);
    return status_;
}

void Node::with_links(std::function<void(federation::Links&)> work) {
    links_->post([this, work = std::move(work)] { work(*links_); });
}

}  // namespace sanad::node
