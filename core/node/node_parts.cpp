// The part of Node that puts federation and door together.
#include "core/federation/taking_up.h"
#include "core/node/node.h"

#include <algorithm>

namespace sanad::node {

Result<void> Node::open_federation() {
    auto logs = federation::LinkLogs::open(
        *store_.store, *records_, around_.entropy, configuration_.id, keys_->sealing,
        [this](const NodeId& peer) -> Result<trust::SealingPublicKey> {
            const auto table = peers_->current();
            const auto* found = table->find(peer);
            if (found == nullptr) return fail(Fault::denied, "node_unknown");
            return found->sealing;
        });
    if (!logs) return std::unexpected(logs.error());
    logs_ = std::move(*logs);
    auto freezes = federation::LinkFreezes::open(*store_.store, *records_);
    if (!freezes) return std::unexpected(freezes.error());
    freezes_ = std::move(*freezes);
    auto parking = federation::Parking::open(*store_.store, {*records_, *feed_, *logs_, counters_});
    if (!parking) return std::unexpected(parking.error());
    parking_ = std::move(*parking);
    auto referrals = federation::Referrals::open(
        *store_.store, {*records_, *timers_, *feed_, *logs_, *parking_, taxonomies_,
                        configuration_.clocks, around_.entropy, counters_});
    if (!referrals) return std::unexpected(referrals.error());
    referrals_ = std::move(*referrals);
    referrals_->admit_by([this](const NodeId& from,
                                const casework::ReferralRequest& request) -> Result<void> {
        return federation::check_received(*policies_.current(), from, configuration_.id, request);
    });
    auto erasures = federation::Erasures::open(
        *store_.store,
        {*records_, *timers_, *feed_, *logs_, *referrals_, *parking_, taxonomies_, counters_});
    if (!erasures) return std::unexpected(erasures.error());
    erasures_ = std::move(*erasures);
    erasures_->answer_by([this] {
        const auto policies = policies_.current();
        const auto* ours = policies->of_country(federation::country_of(configuration_.id));
        return ours != nullptr &&
               casework::erasure_answer(ours->pack) == casework::ErasureAnswer::automatic;
    });
    appliers_.emplace(*parking_);
    auto rosters = federation::Rosters::open(
        *store_.store, {configuration_.id, *records_, *feed_, *logs_, *parking_, taxonomies_});
    if (!rosters) return std::unexpected(rosters.error());
    rosters_ = std::move(*rosters);
    appliers_->add(federation::BodyKind::erasure, *erasures_);
    appliers_->add(federation::BodyKind::referral, *referrals_);
    const AuditSettings& watched = configuration_.audit;
    auto witness = federation::AuditWitness::open(
        *store_.store, {*records_, *audit_, *feed_, *timers_, *logs_, *parking_, *peers_,
                        keys_->signing, around_.entropy, around_.log, counters_, watched.round,
                        watched.check_hour, watched.witnesses});
    if (!witness) return std::unexpected(witness.error());
    witness_ = std::move(*witness);
    appliers_->add(federation::BodyKind::audit, *witness_);
    auto attachments = federation::Attachments::open(
        *store_.store, {*store_.store, *engine_, *records_, *feed_, *logs_, *referrals_, *parking_,
                        around_.clock, around_.entropy, counters_});
    if (!attachments) return std::unexpected(attachments.error());
    attachments_ = std::move(*attachments);
    appliers_->add(federation::BodyKind::attachment, *attachments_);
    book_->on_revoked([this](store::Draft& draft, const NodeId& node, Time now) {
        return referrals_->peer_revoked(draft, node, now);
    });
    appliers_->add(federation::BodyKind::roster, *rosters_);
    links_ = std::make_unique<federation::Links>(federation::Links::Parts{
        *store_.store, *engine_, *audit_, *feed_, *logs_, *freezes_, *appliers_, *peers_,
        keys_->signing, keys_->sealing, around_.clock, around_.log, counters_, [this] {
            if (transport_) transport_->wake();
        }});
    gossip_ = std::make_unique<federation::DirectoryGossip>(federation::DirectoryGossip::Parts{
        configuration_.id, *store_.store, *engine_, *book_, *peers_, around_.clock, around_.log,
        counters_, [this](const NodeId& peer, ByteView payload) {
            return links_->say(peer, federation::Topic::directory, payload);
        }});
    links_->add(federation::Topic::directory, *gossip_);
    auto transport = federation::ZmqTransport::start(
        {configuration_.federation.bind}, configuration_.id, keys_->transport, *peers_,
        around_.entropy, around_.clock, around_.log, counters_);
    if (!transport) return std::unexpected(transport.error());
    transport_ = std::move(*transport);
    links_->use(*transport_);
    attachments_->use(*links_);
    return {};
}

// Where nobody is named, every supervisor is on duty.
api::Duty::Parts Node::duty_parts() {
    std::vector<api::Call> calls;
    for (const auto& call : configuration_.duty.calls)
        calls.push_back({call.name, call.number, call.plugin});
    return {configuration_.duty.supervisors,
            std::move(calls),
            *cases_,
            *outward_,
            around_.entropy,
            [this](store::Snapshot& from) { return accounts_->supervisors(from); }};
}

Result<void> Node::open_cover() {
    auto cover = api::Cover::open(
        *store_.store,
        {.self = configuration_.id,
         .records = *records_,
         .feed = *feed_,
         .peers = *peers_,
         .rosters = *rosters_,
         .referrals = *referrals_,
         .contacts = *contacts_,
         .cases = *cases_,
         .taxonomies = taxonomies_,
         .fallback = configuration_.duty.fallback,
         .timers = *timers_,
         .offers = configuration_.duty.offer_cover ? api::Cover::Offers::by_itself
                                                   : api::Cover::Offers::when_told,
         .may_refer =
             [this](Time now) {
                 return federation::check_new_referral(*book_->current(), now, book_->grace());
             },
         .may_send =
             [this](const NodeId& to, const casework::ReferralRequest& request) {
                 return federation::check_sent(*policies_.current(), configuration_.id, to, request)
                     .as_result();
             }});
    if (!cover) return std::unexpected(cover.error());
    cover_ = std::move(*cover);
    referrals_->tell(*cover_);
    return {};
}

// Before the feed in the engine's list: who hears of a change finds it made.
Result<void> Node::open_accounts() {
    auto accounts = api::Accounts::open(*store_.store, *records_, *feed_, index_key_);
    if (!accounts) return std::unexpected(accounts.error());
    accounts_ = std::move(*accounts);
    auto sessions = api::Sessions::open(*store_.store, *records_, *feed_, index_key_);
    if (!sessions) return std::unexpected(sessions.error());
    sessions_ = std::move(*sessions);
    engine_->add(*accounts_);
    engine_->add(*sessions_);
    return {};
}

// Before the first command: each change of a contact counts, or ends, somebody's minutes.
Result<void> Node::open_shift() {
    auto exposures = api::Exposures::open(
        *store_.store, {*records_, *feed_, *contacts_, *hints_, configuration_.exposure});
    if (!exposures) return std::unexpected(exposures.error());
    exposures_ = std::move(*exposures);
    contacts_->on_change([this](store::Draft& draft, const casework::Contact& contact,
                                const casework::ContactEvent& event, Time now) {
        return exposures_->follow(draft, contact, event, now);
    });
    hints_->on_change([this](store::Draft& draft, const ContactId& contact, Time now) {
        return exposures_->follow(draft, contact, now);
    });
    auto samples = api::Samples::open(
        *store_.store, {*records_, *feed_, *contacts_, taxonomies_, around_.entropy});
    if (!samples) return std::unexpected(samples.error());
    samples_ = std::move(*samples);
    return {};
}

// Behind who counts minutes: who is rung for depends on them.
Result<void> Node::open_phones() {
    auto files = api::ContactFiles::open(*store_.store, {*records_, *feed_, *contacts_});
    if (!files) return std::unexpected(files.error());
    contact_files_ = std::move(*files);
    auto phones = api::Phones::open(*store_.store,
                                    {*records_, *feed_, *accounts_, around_.entropy, index_key_});
    if (!phones) return std::unexpected(phones.error());
    phones_ = std::move(*phones);
    auto switchboard =
        api::Switchboard::open(*store_.store, {*records_, *feed_, taxonomies_, *accounts_, *phones_,
                                               *contacts_, *exposures_, *outward_, index_key_});
    if (!switchboard) return std::unexpected(switchboard.error());
    switchboard_ = std::move(*switchboard);
    contacts_->on_change([this](store::Draft& draft, const casework::Contact& contact,
                                const casework::ContactEvent& event, Time now) {
        return switchboard_->follow(draft, contact, event, now);
    });
    return {};
}

Result<void> Node::open_statistics() {
    auto statistics = api::Statistics::open(
        *store_.store, {*records_, *contacts_, *cases_, taxonomies_, configuration_.statistics.zone,
                        configuration_.statistics.smallest});
    if (!statistics) return std::unexpected(statistics.error());
    statistics_ = std::move(*statistics);
    contacts_->on_change([this](store::Draft& draft, const auto& contact, const auto& event, Time) {
        return statistics_->contact_changed(draft, contact, event.kind);
    });
    cases_->on_change([this](store::Draft& draft, const auto& file, const auto& event) {
        return statistics_->case_changed(draft, file, event);
    });
    return {};
}

Result<void> Node::open_search() {
    auto search = store::SearchIndex::open(*store_.store, {*records_, search_key_});
    if (!search) return std::unexpected(search.error());
    search_ = std::move(*search);
    const api::Contacts::Erasing forget = [this](store::Draft& draft, const auto& id) {
        return search_->forget(draft, id);
    };
    contacts_->on_erase([this, forget](store::Draft& draft, const auto& id) -> Result<void> {
        const auto now = around_.clock.now();
        if (const auto gone = exposures_->forget(draft, ContactId{id}, now); !gone) return gone;
        const auto counted = statistics_->erasing(draft, ContactId{id});
        return counted ? forget(draft, id) : counted;
    });
    cases_->on_erase(forget);
    indexer_ = std::make_unique<api::SearchIndexer>(api::SearchIndexer::Parts{
        *store_.store, *engine_, *records_, *feed_, *contacts_, *cases_, *search_, around_.log});
    return {};
}

Result<void> Node::open_service() {
    outward_ = std::make_unique<PluginOutward>(*outbox_);
    auto contacts = api::Contacts::open(
        *store_.store, {*records_, *feed_, taxonomies_, around_.entropy, *outward_, index_key_});
    if (!contacts) return std::unexpected(contacts.error());
    contacts_ = std::move(*contacts);
    auto hints = api::Hints::open(*store_.store, {*records_, *feed_, lexicon_});
    if (!hints) return std::unexpected(hints.error());
    hints_ = std::move(*hints);
    board_ = std::make_unique<api::Board>(
        api::Board::Parts{*store_.store, *feed_, *contacts_, *hints_, around_.entropy});
    auto cases = api::Cases::open(*store_.store,
                                  {*records_, *feed_, taxonomies_, around_.entropy, *contacts_});
    if (!cases) return std::unexpected(cases.error());
    cases_ = std::move(*cases);
    duty_ = std::make_unique<api::Duty>(duty_parts());
    referrals_->use(*duty_);
    auto escalations = api::Escalations::open(
        *store_.store, {*records_, *timers_, *feed_, taxonomies_, configuration_.clocks,
                        around_.entropy, *outward_, duty_.get()});
    if (!escalations) return std::unexpected(escalations.error());
    escalations_ = std::move(*escalations);
    if (const auto opened = open_cover(); !opened) return opened;
    if (const auto opened = open_shift(); !opened) return opened;
    if (const auto opened = open_phones(); !opened) return opened;
    if (const auto opened = open_statistics(); !opened) return opened;
    if (const auto opened = open_search(); !opened) return opened;
    auto overrides = api::Overrides::open(*store_.store, *records_, *feed_);
    if (!overrides) return std::unexpected(overrides.error());
    overrides_ = std::move(*overrides);
    auto break_glass = api::BreakGlass::open(*store_.store, *records_, *feed_);
    if (!break_glass) return std::unexpected(break_glass.error());
    break_glass_ = std::move(*break_glass);
    auto feedback = api::Feedback::open(
        *store_.store, {*records_, *feed_, *contacts_, taxonomies_, around_.entropy});
    if (!feedback) return std::unexpected(feedback.error());
    feedback_ = std::move(*feedback);
    auto values = PluginValues::open(*store_.store, *records_);
    if (!values) return std::unexpected(values.error());
    plugin_values_ = std::move(*values);
    desk_calls_ = std::make_unique<DeskCalls>(around_.clock, around_.entropy, feed_->newest());
    services_ = std::make_unique<PluginServices>(
        PluginServices::Parts{*store_.store, *engine_, *audit_, *contacts_, *contact_files_,
                              *phones_, *switchboard_, *hints_, *board_, *escalations_, *cover_,
                              *feedback_, *plugin_values_, *desk_calls_, around_.clock});

    make_slots();
    api::Staff staff;
    for (const auto& member : configuration_.staff)
        for (const auto& role_name : member.roles) {
            const auto role = api::role_from(role_name);
            if (!role) return std::unexpected(role.error());
            staff[member.name].insert(*role);
        }
    std::vector<api::Partner> partners;
    for (const auto& partner : configuration_.partners)
        partners.push_back(
            {partner.id,
             partner.plugin,
             {{"en", partner.name.en}, {"fr", partner.name.fr}, {"ar", partner.name.ar}}});
    std::string country = configuration_.country;
    for (char& letter : country)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    service_ = std::make_unique<api::Service>(api::Service::Parts{
        .self = configuration_.id,
        .country = std::move(country),
        .store = *store_.store,
        .engine = *engine_,
        .audit = *audit_,
        .feed = *feed_,
        .outbox = *outbox_,
        .contacts = *contacts_,
        .files = *contact_files_,
        .hints = *hints_,
        .board = *board_,
        .search = *search_,
        .cases = *cases_,
        .statistics = *statistics_,
        .escalations = *escalations_,
        .overrides = *overrides_,
        .break_glass = *break_glass_,
        .exposures = *exposures_,
        .samples = *samples_,
        .accounts = *accounts_,
        .phones = *phones_,
        .switchboard = *switchboard_,
        .sessions = *sessions_,
        .referrals = *referrals_,
        .attachments = *attachments_,
        .freezes = *freezes_,
        .rosters = *rosters_,
        .cover = *cover_,
        .erasures = *erasures_,
        .peers = *peers_,
        .witness = *witness_,
        .directories = *book_,
        .policies = policies_,
        .taxonomies = taxonomies_,
        .clocks = configuration_.clocks,
        .signing = keys_->signing,
        .clock = around_.clock,
        .entropy = around_.entropy,
        .counters = counters_,
        .node = *this,
        .staff = std::move(staff),
        .partners = std::move(partners),
        .sign_in = {{configuration_.accounts.relying_party, configuration_.accounts.origins},
                    configuration_.name},
        .phone_server = configuration_.accounts.phone_server,
    });
    desk_calls_->serve(*service_);
    engine_->add(*freezes_);
    engine_->add(*logs_);
    feed_->subscribe([this](const std::vector<store::Event>& events) {
        if (!events.empty()) desk_calls_->happened(events.back().sequence);
        const bool for_plugins = std::ranges::any_of(events, [](const store::Event& event) {
            return event.name.starts_with("contact.") || event.name.starts_with("escalation.") ||
                   event.name.starts_with("plugin.") || event.name == "referral.clock_twice";
        });
        if (!for_plugins) return;
        for (const auto& slot : slots_) slot->wake();
    });
    return {};
}

// What stays parked for want of room, or because a record cannot be read, is no reason not to
// start.
Result<void> Node::take_up_parked() {
    const auto taken = federation::TakingUp({*store_.store, *engine_, *audit_, *feed_, *logs_,
                                             *parking_, *appliers_, around_.clock, counters_})
                           .run();
    if (!taken)
        around_.log.warn("link.not_unparked", {{"fault", name(taken.error().fault)}});
    else if (*taken > 0)
        around_.log.info("link.unparked", {{"entries", std::to_string(*taken)}});
    return {};
}

}  // namespace sanad::node
