#include "core/api/search_indexer.h"

#include "core/casework/search_words.h"

#include <algorithm>

namespace sanad::api {

using store::SearchIndex;
using Thing = SearchIndex::Thing;

namespace {

enum Pass : std::uint8_t { none, contacts, cases };

constexpr std::size_t tokens_at_once = 4'000;  // new ones of one thing, in one command

Thing thing_of(SearchKind kind, const SearchIndex::ThingId& id) {
    return {.kind = static_cast<std::uint8_t>(kind), .id = id};
}

/// What the event says was written in, if anything was.
std::optional<SearchKind> written_in(const store::Event& event) {
    if (event.name == "contact.child_message" || event.name == "contact.staff_message")
        return SearchKind::contact;
    if (event.name == "case.note" || event.name == "case.safety_plan") return SearchKind::case_file;
    return std::nullopt;
}

bool has_prose(const casework::ContactEvent&) { return true; }
// The text of an assignment is a name.
bool has_prose(const casework::CaseEvent& event) {
    return event.kind == casework::CaseEventKind::note ||
           event.kind == casework::CaseEventKind::safety_plan;
}

/// Whether a record is the trouble, not the store: then the rest goes on without it.
bool is_of_the_record(const Error& error) {
    return error.fault == Fault::not_found || error.fault == Fault::bad_signature ||
           error.fault == Fault::malformed || error.fault == Fault::unsupported;
}

/// Forms of the events from number `first` on, as many events as make one command's worth.
/// returns  the number of the first event that is left for later
template <typename Events>
std::uint32_t add_forms(const Events& events, std::uint32_t first, std::set<std::string>& forms) {
    for (const auto& event : events) {
        if (event.index < first) continue;
        if (forms.size() >= tokens_at_once) break;
        if (has_prose(event)) casework::add_search_forms(event.text, forms);
        first = event.index + 1;
    }
    return first;
}

}  // namespace

struct SearchIndexer::Batch {
    std::vector<Addition> additions;
    std::vector<SearchIndex::ThingId> erased;
    Position after;
    bool worth_a_write = false;
    bool partial = false;  // the last thing has more, for the next command

    bool is_full() const { return partial || additions.size() + erased.size() >= things_at_once; }
    bool has(const SearchIndex::ThingId& id) const {
        return std::ranges::any_of(additions,
                                   [&](const auto& addition) { return addition.thing.id == id; });
    }
};

bool SearchIndexer::is_under_way() const {
    const std::lock_guard lock(mutex_);
    return under_way_;
}

Result<bool> SearchIndexer::step() {
    if (is_under_way()) return false;
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    if (const auto loaded = load(**snapshot); !loaded) return std::unexpected(loaded.error());
    Batch batch{.additions = {}, .erased = {}, .after = position_};
    if (const auto done = prepare_erased(**snapshot, batch); !done)
        return std::unexpected(done.error());
    if (batch.erased.empty()) {
        const auto done = position_.pass == Pass::none ? prepare_events(**snapshot, batch)
                                                       : prepare_pass(**snapshot, batch);
        if (!done) return std::unexpected(done.error());
    }
    if (!batch.worth_a_write) {
        const bool moved = batch.after != position_;
        position_ = batch.after;
        return moved;
    }
    if (const auto submitted = submit(std::move(batch)); !submitted)
        return std::unexpected(submitted.error());
    return true;
}

Result<void> SearchIndexer::load(store::Snapshot& from) {
    {
        const std::lock_guard lock(mutex_);
        if (loaded_) return {};
    }
    const auto known = parts_.index.position(from);
    if (!known) return std::unexpected(known.error());
    if (*known) {
        position_ = **known;
    } else {
        const auto oldest = parts_.feed.read(from, 0, 1);
        if (!oldest) return std::unexpected(oldest.error());
        position_ = Position{.pass = Pass::contacts};
        if (!oldest->empty()) position_.pass_sequence = oldest->front().sequence - 1;
    }
    const std::lock_guard lock(mutex_);
    loaded_ = true;
    return {};
}

// After a backup was put back, keys are destroyed again without anybody asking the index.
Result<void> SearchIndexer::prepare_erased(store::Snapshot& from, Batch& batch) {
    while (!erased_looked_for_ && !batch.is_full()) {
        const auto ids = parts_.index.things(from, erased_after_, events_at_once);
        if (!ids) return std::unexpected(ids.error());
        for (const auto& id : *ids) {
            if (batch.is_full()) break;
            erased_after_ = id;
            if (parts_.records.keyring().is_erased(from, KeyId{id})) batch.erased.push_back(id);
        }
        erased_looked_for_ = ids->empty();
    }
    batch.worth_a_write = !batch.erased.empty();
    return {};
}

Result<void> SearchIndexer::prepare_pass(store::Snapshot& from, Batch& batch) {
    auto& after = batch.after;
    const bool in_contacts = position_.pass == Pass::contacts;
    const auto ids = in_contacts ? parts_.contacts.ids(from, after.pass_after, events_at_once)
                                 : parts_.cases.ids(from, after.pass_after, events_at_once);
    if (!ids) return std::unexpected(ids.error());
    for (const auto& id : *ids) {
        if (batch.is_full()) break;
        const auto kind = in_contacts ? SearchKind::contact : SearchKind::case_file;
        if (const auto done = prepare(from, thing_of(kind, id), batch); !done) return done;
        if (!batch.partial) after.pass_after = id;
    }
    batch.worth_a_write = !batch.additions.empty();
    if (batch.is_full() || ids->size() == events_at_once) return {};
    after.pass = in_contacts ? Pass::cases : Pass::none;
    after.pass_after = {};
    if (after.pass == Pass::none) after.sequence = std::max(after.sequence, after.pass_sequence);
    batch.worth_a_write = true;
    return {};
}

Result<void> SearchIndexer::prepare_events(store::Snapshot& from, Batch& batch) {
    const auto events = parts_.feed.read(from, position_.sequence, events_at_once);
    if (!events) return std::unexpected(events.error());
    if (events->empty()) return {};
    auto& after = batch.after;
    if (events->front().sequence > position_.sequence + 1) {
        // The feed has forgotten what we had not read.
        after.pass = Pass::contacts;
        after.pass_after = {};
        after.pass_sequence = events->front().sequence - 1;
        batch.worth_a_write = true;
        return {};
    }
    for (const auto& event : *events) {
        if (batch.is_full()) break;
        if (const auto kind = written_in(event))
            if (const auto done = prepare(from, thing_of(*kind, event.subject), batch); !done)
                return done;
        if (!batch.partial) after.sequence = event.sequence;
    }
    batch.worth_a_write = !batch.additions.empty() || after.sequence % position_each == 0;
    return {};
}

// What was erased, or cannot be read, is passed over: the rest is to be found all the same.
Result<void> SearchIndexer::prepare(store::Snapshot& from, const Thing& thing, Batch& batch) {
    if (batch.has(thing.id)) return {};
    auto known = parts_.index.known(from, thing.id);
    if (!known && is_of_the_record(known.error())) return {};
    if (!known) return std::unexpected(known.error());
    Addition addition{.thing = thing, .after = {}, .added = {}};
    if (*known) addition.after = std::move(**known);
    const auto first = addition.after.through;
    std::set<std::string> forms;
    if (thing.kind == static_cast<std::uint8_t>(SearchKind::contact)) {
        const auto events = parts_.contacts.events(from, ContactId{thing.id}, first, UINT32_MAX);
        if (!events && !is_of_the_record(events.error())) return std::unexpected(events.error());
        if (!events || events->empty()) return {};
        addition.after.through = add_forms(*events, first, forms);
        batch.partial = addition.after.through <= events->back().index;
    } else {
        const auto events = parts_.cases.events(from, CaseId{thing.id});
        if (!events && !is_of_the_record(events.error())) return std::unexpected(events.error());
        if (!events || events->empty() || events->back().index < first) return {};
        addition.after.through = add_forms(*events, first, forms);
        batch.partial = addition.after.through <= events->back().index;
    }
    auto& tokens = addition.after.tokens;
    for (const auto& form : forms) {
        const auto token = parts_.index.token(form);
        if (tokens.size() + addition.added.size() == SearchIndex::tokens_max) break;
        if (!std::ranges::binary_search(tokens, token)) addition.added.push_back(token);
    }
    tokens.insert(tokens.end(), addition.added.begin(), addition.added.end());
    std::ranges::sort(tokens);
    if (!*known) addition.after.number = batch.after.next_number++;
    batch.additions.push_back(std::move(addition));
    return {};
}

Result<void> SearchIndexer::submit(Batch batch) {
    {
        const std::lock_guard lock(mutex_);
        under_way_ = true;
    }
    // Of the command and of its answer.
    const auto shared = std::make_shared<const Batch>(std::move(batch));
    const auto taken = parts_.engine.submit(
        [this, shared](store::Draft& draft) -> Result<void> {
            for (const auto& id : shared->erased)
                if (const auto gone = parts_.index.forget(draft, id); !gone) return gone;
            for (const auto& addition : shared->additions) {
                // Erased since it was read.
                if (!parts_.records.keyring().find(draft, KeyId{addition.thing.id})) continue;
                if (const auto added = parts_.index.add(draft, addition); !added) return added;
            }
            return parts_.index.set_position(draft, shared->after);
        },
        [this, shared](const Result<void>& result) {
            const std::lock_guard lock(mutex_);
            if (result)
                position_ = shared->after;
            else {
                loaded_ = erased_looked_for_ = false;
                erased_after_ = {};
            }
            under_way_ = false;
            settled_.notify_all();
        },
        store::Engine::When::lazy);
    if (taken) return {};
    const std::lock_guard lock(mutex_);
    under_way_ = false;
    loaded_ = false;
    return taken;
}

void SearchIndexer::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto stepped = step();
        if (!stepped)
            parts_.log.warn("search.not_indexed", {{"fault", name(stepped.error().fault)}});
        std::unique_lock lock(mutex_);
        if (stepped && *stepped) {
            if (!settled_.wait(lock, stop, [this] { return !under_way_; })) return;
            continue;
        }
        settled_.wait_for(lock, stop, pace, [] { return false; });
    }
}

}  // namespace sanad::api
