#include "tests/support/federation_node.h"

#include "core/plugins/store_adapter.h"

#include <cassert>

namespace sanad::support {
namespace {

constexpr std::uint32_t referrals_max = 10'000;
constexpr std::uint32_t timers_at_once = 100;

template <typename Value>
Value must(Result<Value> result) {
    assert(result.has_value());
    return std::move(*result);
}

federation::LinkLogs::PeerSealing sealing_of(const federation::Peers& peers) {
    return [&peers](const NodeId& id) -> Result<trust::SealingPublicKey> {
        const auto table = peers.current();
        const auto* peer = table->find(id);
        if (peer == nullptr) return fail(Fault::denied, "not in the directory");
        return peer->sealing;
    };
}

}  // namespace

casework::Taxonomies small_taxonomies() {
    struct List {
        const char* name;
        std::initializer_list<const char*> ids;
    };
    const List lists[] = {
        {"message-kinds", {"referral", "transfer", "overflow"}},
        {"age-band", {"7-9", "10-12", "13-15"}},
        {"gender", {"girl", "boy"}},
        {"language", {"ar", "fr", "en"}},
        {"chi-reasons", {"VI.bullying", "FR.siblings"}},
        {"online-harm", {"bullying"}},
        {"services-requested", {"psychosocial", "legal"}},
        {"transfer-basis", {"express_consent"}},
        {"channel", {"webchat"}},
        {"withheld-reasons", {"fear"}},
        {"withdraw-reasons", {"resolved"}},
        {"decline-reasons", {"out_of_mandate", "no_capacity"}},
        {"referral-outcome", {"service_delivered_full", "child_unreachable"}},
        {"legal-hold", {"court"}},
    };
    casework::Taxonomies taxonomies;
    for (const auto& list : lists) {
        std::string text;
        for (const std::string id : list.ids)
            text += id + "\t\t" + id + "\t" + id + "\t" + id + "\n";
        [[maybe_unused]] const auto added = taxonomies.add(list.name, text);
        assert(added.has_value());
    }
    return taxonomies;
}

casework::ReferralRequest sample_request(const std::string& case_code, const NodeId& recipient,
                                         casework::Urgency urgency) {
    casework::ReferralRequest request;
    request.case_code = case_code;
    request.kind = "referral";
    request.urgency = urgency;
    request.age_band = "10-12";
    request.languages = {"ar", "fr"};
    request.reasons = {"VI.bullying"};
    request.narrative = "طفلة تسأل عن نادٍ قريب من بيتها الجديد";
    request.services_requested = {"psychosocial"};
    request.consent.by = casework::ConsentBy::child;
    request.consent.text_hash.fill(7);
    request.consent.items = casework::items_in(request);
    request.consent.recipients = {recipient.text};
    request.transfer_basis = "express_consent";
    return request;
}

Machine::Machine(std::string node_id, Entropy& entropy)
    : id{std::move(node_id)},
      signing(trust::SigningKey::generate(entropy)),
      sealing(trust::SealingKey::generate(entropy)),
      transport(trust::TransportKey::generate(entropy)),
      vault_key(trust::SymmetricKey::generate(entropy)) {
    entropy.fill(store_id.bytes);
    const auto memory = MemoryStore::open(disk);
    const auto opened = plugins::adapt(memory->interface());
    const trust::Vault vault(vault_key.copy(), store_id);
    const auto table = must(opened->open_table("key"));
    const auto begun = must(opened->begin());
    const auto wrapped =
        vault.wrap(store::node_key_id, trust::SymmetricKey::generate(entropy), entropy);
    [[maybe_unused]] const auto put = begun->put(table, store::node_key_id, wrapped);
    [[maybe_unused]] const auto committed = begun->commit();
    assert(put && committed);
}

federation::Peer Machine::peer(std::vector<std::string> endpoints) const {
    return {.id = id,
            .country = id.text.substr(0, 2),
            .name = id.text,
            .endpoints = std::move(endpoints),
            .signing = signing.public_key(),
            .sealing = sealing.public_key(),
            .transport = transport.public_key()};
}

federation::PeerTable directory_of(std::initializer_list<const Machine*> machines) {
    federation::PeerTable table{.directory_version = 1, .nodes = {}};
    for (const auto* machine : machines) table.nodes.emplace(machine->id, machine->peer());
    return table;
}

FederationNode::FederationNode(Machine& machine, const Surroundings& around,
                               federation::Transport& transport, const Between& between)
    : clock_(around.clock),
      vault(machine.vault_key.copy(), machine.store_id),
      memory(MemoryStore::open(machine.disk)),
      store(between.store ? between.store(plugins::adapt(memory->interface()))
                          : plugins::adapt(memory->interface())),
      keyring(vault, must(store->open_table("key"))),
      records(machine.store_id, keyring, around.entropy),
      engine(*store, around.log),
      audit(must(store::Audit::open(*store, records))),
      feed(must(store::Feed::open(*store, records))),
      timers(must(store::Timers::open(*store))),
      logs(must(federation::LinkLogs::open(*store, records, around.entropy, machine.id,
                                           machine.sealing, sealing_of(around.peers)))),
      freezes(must(federation::LinkFreezes::open(*store, records))),
      parking(must(federation::Parking::open(*store, {records, *feed, *logs, counters}))),
      referrals(must(federation::Referrals::open(
          *store, {records, timers, *feed, *logs, *parking, around.taxonomies, around.clocks,
                   around.entropy, counters}))),
      witness(must(federation::AuditWitness::open(
          *store, {records, *audit, *feed, timers, *logs, *parking, around.peers, machine.signing,
                   around.entropy, around.log, counters}))),
      rosters(must(federation::Rosters::open(
          *store, {machine.id, records, *feed, *logs, *parking, around.taxonomies}))),
      erasures(must(federation::Erasures::open(*store, {records, timers, *feed, *logs, *referrals,
                                                        *parking, around.taxonomies, counters}))),
      appliers(*parking),
      attachments(must(federation::Attachments::open(
          *store, {*store, engine, records, *feed, *logs, *referrals, *parking, around.clock,
                   around.entropy, counters}))),
      wrapped(between.applier ? between.applier(appliers) : nullptr) {
    const std::pair<federation::BodyKind, federation::Applier*> known[] = {
        {federation::BodyKind::referral, referrals.get()},
        {federation::BodyKind::audit, witness.get()},
        {federation::BodyKind::attachment, attachments.get()},
        {federation::BodyKind::roster, rosters.get()},
        {federation::BodyKind::erasure, erasures.get()}};
    for (const auto& [kind, applier] : known)
        if (!between.unknown.contains(kind)) appliers.add(kind, *applier);
    [[maybe_unused]] const auto remembers = keyring.remember_erased(*store);
    assert(remembers.has_value());
    if (between.first) between.first(*this);
    engine.add(keyring);
    engine.add(*audit);
    engine.add(*feed);
    engine.add(*logs);
    engine.add(*freezes);
    links = std::make_unique<federation::Links>(federation::Links::Parts{
        *store, engine, *audit, *feed, *logs, *freezes, wrapped ? *wrapped : appliers, around.peers,
        machine.signing, machine.sealing, around.clock, around.log, counters,
        [this] { posted_ = true; }});
    links->use(transport);
    attachments->use(*links);
    [[maybe_unused]] const auto taken_up =
        federation::TakingUp({*store, engine, *audit, *feed, *logs, *parking,
                              wrapped ? *wrapped : appliers, around.clock, counters})
            .run();
    assert(taken_up.has_value());
}

Result<void> FederationNode::run(store::Engine::Work work) {
    Result<void> answer = fail(Fault::closed, "never answered");
    const auto taken =
        engine.submit(std::move(work), [&](const Result<void>& result) { answer = result; });
    if (!taken) return taken;
    turn();
    return answer;
}

bool FederationNode::run_posted() {
    if (!std::exchange(posted_, false)) return false;
    links->run_posted();
    return true;
}

bool FederationNode::turn() {
    const bool posted = run_posted();
    const auto ran = engine.run_once();
    return posted || posted_ || (ran && *ran > 0);
}

Result<void> FederationNode::run_timers(Time now) {
    std::vector<store::Timer> due;
    {
        const auto snapshot = store->snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        auto found = clock_watch_.was_set_back() ? timers.later(**snapshot, {}, referrals_max)
                                                 : timers.due(**snapshot, now, timers_at_once);
        if (!found) return std::unexpected(found.error());
        due = std::move(*found);
        std::erase_if(due, [&](const store::Timer& timer) {
            return timer.kind != federation::referral_timer && timer.due > now;
        });
    }
    return due.empty() ? Result<void>{} : run_timers(due, now);
}

Result<void> FederationNode::run_timers(const std::vector<store::Timer>& all, Time now) {
    return run([this, &all, now](store::Draft& draft) -> Result<void> {
        for (const auto& timer : all) {
            if (const auto cleared = timers.clear(draft, timer); !cleared) return cleared;
            if (timer.kind == federation::audit_round_timer)
                if (const auto done = witness->on_timer(draft, now); !done) return done;
            if (timer.kind == federation::audit_check_timer)
                if (const auto done = witness->on_check_timer(draft, now); !done) return done;
            if (timer.kind == federation::erasure_timer) {
                const auto told = erasures->on_timer(draft, ReferralId{timer.subject}, now);
                if (!told) return told;
            }
            if (timer.kind != federation::referral_timer) continue;
            const auto told = referrals->on_timer(draft, ReferralId{timer.subject}, now);
            if (!told) return told;
        }
        return {};
    });
}

Result<casework::ReferralRecord> FederationNode::referral(const ReferralId& id) {
    const auto snapshot = store->snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    return referrals->find(**snapshot, id);
}

Result<std::vector<casework::ReferralRecord>> FederationNode::all_referrals() {
    const auto snapshot = store->snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    return referrals->list(**snapshot, referrals_max);
}

Result<ReferralId> FederationNode::request(const NodeId& to, casework::ReferralRequest request) {
    ReferralId id;
    const auto done = run([&](store::Draft& draft) -> Result<void> {
        const auto made = referrals->request(draft, to, CaseId{{1}}, ConsentId{{2}},
                                             std::move(request), clock_.now());
        if (!made) return std::unexpected(made.error());
        id = made->id;
        audit->append(draft, {.at = clock_.now(),
                              .actor = "amina",
                              .role = "counsellor",
                              .action = "referral.request",
                              .subject = id.bytes});
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return id;
}

Result<void> FederationNode::move(const ReferralId& id, casework::ReferralEventKind kind,
                                  const std::string& reason, const std::string& text) {
    return run([&](store::Draft& draft) -> Result<void> {
        const auto moved = referrals->move(draft, id, kind, reason, text, clock_.now());
        if (!moved) return std::unexpected(moved.error());
        audit->append(draft, {.at = clock_.now(),
                              .actor = "amina",
                              .role = "counsellor",
                              .action = "referral.move",
                              .subject = id.bytes});
        return {};
    });
}

}  // namespace sanad::support
