#include "tests/support/helpline.h"

#include "core/base/message.h"
#include "core/node/lexicon_files.h"
#include "core/node/policy_files.h"

#include <cassert>
#include <fstream>
#include <sstream>

namespace sanad::support {
namespace {

template <typename Value>
Value must(Result<Value> result) {
    assert(result.has_value());
    return std::move(*result);
}

const std::string config_folder = SANAD_SOURCE_FOLDER "/config/";

api::Staff staff() {
    using enum api::Role;
    return {{"amina", {counsellor}},
            {"karim", {counsellor}},
            {"salma", {counsellor, supervisor}},
            {"nadia", {admin, auditor, data_officer}}};
}

}  // namespace

casework::Taxonomies shipped_taxonomies() { return must(node::load_taxonomies(config_folder)); }

federation::PolicySet shipped_policies() {
    const auto taxonomies = shipped_taxonomies();
    federation::PolicySet set;
    for (const char* name : {"ma", "dz", "tn", "jo", "lb", "eu"}) {
        std::ifstream file(config_folder + "policy/" + name + ".policy");
        std::stringstream text;
        text << file.rdbuf();
        set.packs.push_back(must(federation::open_policy(text.str(), {}, taxonomies)));
    }
    return set;
}

api::SignInPlace desk_place() {
    return {{"desk.example.org", {"https://desk.example.org"}}, "e-Himaya"};
}

Reply::Reply(Bytes bytes)
    : words_(must(align(bytes, api::door_message_bytes_max))),
      reader_(std::make_unique<capnp::FlatArrayMessageReader>(words_)) {}

schema::api::Reply::Reader Reply::operator*() { return reader_->getRoot<schema::api::Reply>(); }

std::string Reply::error() {
    const auto reply = **this;
    return reply.isError() ? from_text(reply.getError().getCode()) : std::string();
}
std::string Reply::wrong() { return from_text((**this).getError().getWrong()); }
std::string Reply::mend() { return from_text((**this).getError().getMend()); }
std::string Reply::id() {
    assert((**this).isDone());
    return from_text((**this).getDone().getId());
}

Helpline::Helpline(Machine& machine, const Surroundings& around, federation::Transport& transport,
                   federation::Policies& policies, const Between& between,
                   const api::SignInPlace& place)
    : clock_(around.clock),
      node(machine, around, transport, with_accounts(between)),
      outbox(must(store::Outbox::open(*node.store, node.records))),
      book(
          must(federation::DirectoryBook::open(*node.store, {node.records, node.timers, *node.audit,
                                                             *node.feed, nobody, around.clock}))),
      lexicon(must(node::load_lexicon(config_folder))),
      contacts(must(api::Contacts::open(*node.store, {node.records, *node.feed, around.taxonomies,
                                                      around.entropy, *this, index_key}))),
      hints(must(api::Hints::open(*node.store, {node.records, *node.feed, lexicon}))),
      files(must(api::ContactFiles::open(*node.store, {node.records, *node.feed, *contacts}))),
      board(std::make_unique<api::Board>(
          api::Board::Parts{*node.store, *node.feed, *contacts, *hints, around.entropy})),
      cases(must(api::Cases::open(
          *node.store, {node.records, *node.feed, around.taxonomies, around.entropy, *contacts}))),
      statistics(must(api::Statistics::open(
          *node.store, {node.records, *contacts, *cases, around.taxonomies, "Africa/Casablanca"}))),
      search_key(node.vault.derive(3)),
      search(must(store::SearchIndex::open(*node.store, {node.records, search_key}))),
      escalations(must(api::Escalations::open(
          *node.store, {node.records, node.timers, *node.feed, around.taxonomies, around.clocks,
                        around.entropy, *this}))),
      cover(must(api::Cover::open(*node.store, {.self = machine.id,
                                                .records = node.records,
                                                .feed = *node.feed,
                                                .peers = around.peers,
                                                .rosters = *node.rosters,
                                                .referrals = *node.referrals,
                                                .contacts = *contacts,
                                                .cases = *cases,
                                                .taxonomies = around.taxonomies,
                                                .fallback = {},
                                                .timers = node.timers}))),
      overrides(must(api::Overrides::open(*node.store, node.records, *node.feed))),
      break_glass(must(api::BreakGlass::open(*node.store, node.records, *node.feed))),
      exposures(must(api::Exposures::open(
          *node.store,
          {.records = node.records, .feed = *node.feed, .contacts = *contacts, .hints = *hints}))),
      samples(must(api::Samples::open(
          *node.store, {node.records, *node.feed, *contacts, around.taxonomies, around.entropy}))),
      phones(must(api::Phones::open(
          *node.store, {node.records, *node.feed, *accounts, around.entropy, index_key}))),
      switchboard(must(api::Switchboard::open(
          *node.store, {node.records, *node.feed, around.taxonomies, *accounts, *phones, *contacts,
                        *exposures, *this, index_key}))) {
    node.engine.add(*outbox);
    contacts->on_change([this](store::Draft& draft, const casework::Contact& contact,
                               const casework::ContactEvent& event, Time now) {
        return switchboard->follow(draft, contact, event, now);
    });
    contacts->on_change([this](store::Draft& draft, const casework::Contact& contact,
                               const casework::ContactEvent& event,
                               Time now) { return exposures->follow(draft, contact, event, now); });
    hints->on_change([this](store::Draft& draft, const ContactId& contact, Time now) {
        return exposures->follow(draft, contact, now);
    });
    const api::Contacts::Erasing forget = [this](store::Draft& draft, const auto& id) {
        return search->forget(draft, id);
    };
    contacts->on_change([this](store::Draft& draft, const auto& contact, const auto& event, Time) {
        return statistics->contact_changed(draft, contact, event.kind);
    });
    cases->on_change([this](store::Draft& draft, const auto& file, const auto& event) {
        return statistics->case_changed(draft, file, event);
    });
    contacts->on_erase([this, forget](store::Draft& draft, const auto& id) -> Result<void> {
        const auto gone = exposures->forget(draft, ContactId{id}, clock_.now());
        if (!gone) return gone;
        const auto counted = statistics->erasing(draft, ContactId{id});
        return counted ? forget(draft, id) : counted;
    });
    cases->on_erase(forget);
    indexer = std::make_unique<api::SearchIndexer>(
        api::SearchIndexer::Parts{*node.store, node.engine, node.records, *node.feed, *contacts,
                                  *cases, *search, around.log});
    node.referrals->admit_by([&policies, self = machine.id](
                                 const NodeId& from, const casework::ReferralRequest& request) {
        return federation::check_received(*policies.current(), from, self, request);
    });
    node.erasures->answer_by([&policies, self = machine.id] {
        const auto* ours = policies.current()->of_country(federation::country_of(self));
        return ours != nullptr &&
               casework::erasure_answer(ours->pack) == casework::ErasureAnswer::automatic;
    });
    service.emplace(
        api::Service::Parts{.self = machine.id,
                            .country = federation::country_of(machine.id),
                            .store = *node.store,
                            .engine = node.engine,
                            .audit = *node.audit,
                            .feed = *node.feed,
                            .outbox = *outbox,
                            .contacts = *contacts,
                            .files = *files,
                            .hints = *hints,
                            .board = *board,
                            .search = *search,
                            .cases = *cases,
                            .statistics = *statistics,
                            .escalations = *escalations,
                            .overrides = *overrides,
                            .break_glass = *break_glass,
                            .exposures = *exposures,
                            .samples = *samples,
                            .accounts = *accounts,
                            .phones = *phones,
                            .switchboard = *switchboard,
                            .sessions = *sessions,
                            .referrals = *node.referrals,
                            .attachments = *node.attachments,
                            .freezes = *node.freezes,
                            .rosters = *node.rosters,
                            .cover = *cover,
                            .erasures = *node.erasures,
                            .peers = around.peers,
                            .witness = *node.witness,
                            .directories = *book,
                            .policies = policies,
                            .taxonomies = around.taxonomies,
                            .clocks = around.clocks,
                            .signing = machine.signing,
                            .clock = around.clock,
                            .entropy = around.entropy,
                            .counters = node.counters,
                            .node = *this,
                            .staff = staff(),
                            .partners = {{"legal-aid", "legal-aid", {{"en", "Legal aid"}}}},
                            .sign_in = place});
}

Between Helpline::with_accounts(Between between) {
    between.first = [this](FederationNode& opened) {
        index_key = opened.vault.derive(1);
        accounts =
            must(api::Accounts::open(*opened.store, opened.records, *opened.feed, index_key));
        sessions =
            must(api::Sessions::open(*opened.store, opened.records, *opened.feed, index_key));
        opened.engine.add(*accounts);
        opened.engine.add(*sessions);
    };
    return between;
}

Reply Helpline::ask(const std::string& actor, const Fill& fill) {
    capnp::MallocMessageBuilder builder;
    auto request = builder.initRoot<schema::api::Request>();
    request.setVersion(1);
    request.setActor(to_text(actor));
    fill(request);
    std::optional<Bytes> answer;
    service->handle(flatten(builder), [&](Bytes bytes) { answer = std::move(bytes); });
    while (!answer && node.turn()) {
    }
    assert(answer.has_value());
    return Reply(std::move(*answer));
}

ContactId Helpline::write(const std::string& conversation, const std::string& text) {
    const auto key = cases->make<KeyId>(clock_.now());  // also in another life of this helpline
    const std::string name = conversation + "-a-long-name-of-it";
    const auto noticed = hints->notice(text);
    ContactId id;
    const auto written = node.run([&](store::Draft& draft) -> Result<void> {
        const auto made =
            contacts->submit(draft, {"chat", "webchat"},
                             {Bytes(name.begin(), name.end()),
                              Bytes(key.bytes.begin(), key.bytes.end()), text, "ary-Latn"},
                             clock_.now());
        if (!made) return std::unexpected(made.error());
        id = made->contact;
        const auto contact = contacts->find(draft, id);
        if (!contact) return std::unexpected(contact.error());
        return hints->keep(draft, *contact, made->seq, noticed, clock_.now());
    });
    assert(written.has_value());
    return id;
}

void Helpline::index() {
    for (;;) {
        const auto stepped = indexer->step();
        assert(stepped.has_value());
        if (!*stepped) return;
        while (indexer->is_under_way()) node.turn();
    }
}

std::string Helpline::open_case() {
    ContactId contact;
    const std::string conversation =
        "a conversation of a child, number " + std::to_string(++children_);
    const auto written = node.run([&](store::Draft& draft) -> Result<void> {
        const auto made = contacts->submit(
            draft, {"chat", "webchat"},
            chat_message(conversation, "0123456789abcdef", "مرحبا، أحتاج إلى مساعدة", "ar"),
            clock_.now());
        if (!made) return std::unexpected(made.error());
        contact = made->contact;
        return {};
    });
    assert(written.has_value());
    auto taken =
        ask("amina", [&](auto request) { request.setContactOpen(to_text(format(contact))); });
    assert(taken.error().empty());
    return ask("amina",
               [&](auto request) {
                   auto body = request.initCaseOpen();
                   body.setContact(to_text(format(contact)));
                   body.setUrgency("U2");
                   body.initReasons(1).set(0, "VI.bullying");
                   body.setAgeBand("10-12");
                   body.setGender("girl");
                   body.initLanguages(1).set(0, "ar");
               })
        .id();
}

Reply Helpline::consent(const std::string& case_id, const std::vector<std::string>& items,
                        const std::vector<std::string>& recipients) {
    return ask("amina", [&](auto request) {
        auto body = request.initConsentRecord();
        body.setCase(to_text(case_id));
        body.setBy("child");
        auto ticked = body.initItems(static_cast<unsigned>(items.size()));
        for (unsigned i = 0; i < ticked.size(); ++i) ticked.set(i, to_text(items[i]));
        auto names = body.initRecipients(static_cast<unsigned>(recipients.size()));
        for (unsigned i = 0; i < names.size(); ++i) names.set(i, to_text(recipients[i]));
        body.setWords("هل توافق أن نخبر زملاءنا؟");
        body.setLanguage("ar");
    });
}

}  // namespace sanad::support
