#pragma once

#include "core/casework/contact.h"
#include "core/casework/triage.h"
#include "core/store/feed.h"
#include "core/store/records.h"
#include "schemas/api.capnp.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace sanad::api {

/// What the lexicon noticed in what people wrote, kept sealed with each contact, and what staff
/// said of it. A hint can make a contact more urgent than its people set it, never less; it closes
/// nothing and answers nobody.
class Hints {
public:
    static constexpr std::uint32_t contact_hints_max = 200;  // shown; later ones still raise

    /// All of it outlives the hints.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        const casework::Lexicon& lexicon;
    };
    static Result<std::unique_ptr<Hints>> open(store::Store& store, Parts parts);

    /// What is to be noticed in a text: before the engine, because it is work. threads  any
    std::vector<casework::Hint> notice(std::string_view text) const;

    /// Keeps what was noticed in message `seq` of a contact, in the message's own transaction.
    /// Event `contact.hint`, with the seq, when the contact becomes more urgent than it was by its
    /// people and by hints before. threads  engine
    Result<void> keep(store::Draft& draft, const casework::Contact& contact, std::uint64_t seq,
                      std::span<const casework::Hint> noticed, Time now);

    enum class Verdict : std::uint8_t { right, wrong };
    /// A person says whether the hints of a kind were right, as far as the contact has them by now.
    /// Wrong ones are shown no more and raise nothing; the kind in a later message does again. The
    /// verdicts are counted by kind, without the contact. Event `contact.hint_judged`.
    /// errors  not_found: no such hint of this contact. threads  engine
    Result<void> judge(store::Draft& draft, const ContactId& contact, std::string_view kind,
                       Verdict verdict, Time now);

    // ------------------------------------------------------------------ reading · any

    /// The most urgent level that hints suggest; none.
    Result<casework::Urgency> suggested(store::Snapshot& from, const ContactId& contact);
    /// How urgent a contact is taken to be: the more urgent of its people's level and the hints'.
    Result<casework::Urgency> effective(store::Snapshot& from, const casework::Contact& contact);

    struct Kept {
        casework::Hint hint;
        std::uint64_t seq = 0;
        bool operator==(const Kept&) const = default;
    };
    /// In the order of the messages, without those that were wrong.
    Result<std::vector<Kept>> of(store::Snapshot& from, const ContactId& contact);

    struct Verdicts {
        std::uint64_t right = 0, wrong = 0;
        bool operator==(const Verdicts&) const = default;
    };
    /// By kind; those that were judged at least once.
    Result<std::map<std::string, Verdicts>> verdicts(store::Snapshot& from);

    /// Whether something stands that was noticed and whose kind is severe, however urgent it is.
    Result<bool> has_severe(store::Snapshot& from, const ContactId& contact);

    /// Called in the transaction in which what was noticed in a contact changes, once that is
    /// drafted. Before the first command.
    using Changed = std::function<Result<void>(store::Draft&, const ContactId&, Time)>;
    void on_change(Changed changed) { changed_ = std::move(changed); }

    const casework::Lexicon& lexicon() const { return parts_.lexicon; }

    explicit Hints(Parts parts) : parts_(parts) {}

private:
    struct Summary;
    Result<void> save(store::Draft& draft, const ContactId& contact, const Summary& summary,
                      Time now);
    Result<Summary> summary(store::Snapshot& from, const ContactId& contact);
    Result<void> count(store::Draft& draft, std::string_view kind, int right, int wrong);

    Parts parts_;
    Changed changed_;
    store::SealedTable hints_;      // contact, number -> one hint
    store::SealedTable summaries_;  // contact -> kinds, and what was said of them
    store::SealedTable verdicts_;   // kind -> right, wrong
};

class Contacts;

/// Whether a view of hints has the words that were noticed: whoever shows them has audited it.
enum class HintWords : std::uint8_t { with, without };

/// Sets `hintUrgency` and, with labels in three languages, `hints` of a contact's view.
Result<void> fill_hints(schema::api::ContactView::Builder out, Hints& hints, Contacts& contacts,
                        store::Snapshot& from, const ContactId& contact, HintWords words);

/// The same of what was read before, without the words.
void fill_noticed(schema::api::ContactView::Builder out, casework::Urgency suggested,
                  std::span<const Hints::Kept> kept, const casework::Lexicon& lexicon);

}  // namespace sanad::api
