#pragma once

#include "core/api/outward.h"
#include "core/casework/contact.h"
#include "core/store/feed.h"
#include "core/store/records.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace sanad::api {

/// The contacts of this node and what was written in them.
class Contacts {
public:
    static constexpr std::size_t conversation_bytes_min = 16;
    static constexpr std::size_t conversation_bytes_max = 64;
    static constexpr std::size_t message_key_bytes_min = 8;
    static constexpr std::size_t message_key_bytes_max = 32;
    static constexpr std::uint32_t replay_messages_max = 200;
    static constexpr std::size_t return_address_bytes_max = 512;
    static constexpr std::size_t message_marks_max = 8;

    /// All of it outlives the contacts.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        const casework::Taxonomies& taxonomies;
        Entropy& entropy;
        Outward& outward;
        const trust::SymmetricKey& index_key;  // hides conversations in the index
    };
    static Result<std::unique_ptr<Contacts>> open(store::Store& store, Parts parts);

    // ------------------------------------------------------------------ what channels say · engine

    struct Submitted {
        ContactId contact;
        std::uint64_t seq = 0;
        bool duplicate = false;
    };
    /// Where something comes from: a plugin instance, and the taxonomy's channel that it is.
    struct Source {
        std::string instance, channel;
    };
    struct Message {
        Bytes conversation, key;
        std::string text, language;
        Bytes return_address{};            // how the channel reaches the person; empty: as it was
        std::vector<std::string> marks{};  // contact-marks; those of no list are left out
        bool set_aside = false;            // of a new contact
    };
    /// A person wrote. The first message of a conversation makes the contact; the same key again
    /// changes nothing and gets the same seq.
    /// errors  bad_size, malformed: text, key or address · exhausted: the conversation is too long
    Result<Submitted> submit(store::Draft& draft, const Source& source, const Message& message,
                             Time now);

    struct Coming {
        Bytes conversation, key;
        std::vector<std::string> languages;                   // those of no list are left out
        casework::Urgency urgency = casework::Urgency::none;  // at least
        std::vector<std::string> marks;
        Bytes return_address;
        Bytes earlier{};              // a conversation of another channel, by its return code
        ContactId earlier_contact{};  // which it is; empty: none
    };
    struct Arrived {
        casework::Contact contact;
        bool duplicate = false;
    };
    /// A person is there who writes nothing, such as on the telephone, and waits. The same key
    /// again changes nothing. errors  as above
    Result<Arrived> arrive(store::Draft& draft, const Source& source, const Coming& coming,
                           Time now);

    /// What a counsellor must know and nobody wrote: an id of contact-marks. The same key again
    /// changes nothing. errors  not_found, bad_size, unsupported
    Result<void> notice(store::Draft& draft, const std::string& instance, ByteView conversation,
                        ByteView key, const std::string& mark, Time now);
    /// The same of a contact, by whoever the node says it was, each time anew. errors  as above
    Result<void> note_mark(store::Draft& draft, const ContactId& id, const std::string& actor,
                           const std::string& mark, Time now);

    /// Everything up to `seq` has been shown to the person. errors  not_found
    Result<void> shown(store::Draft& draft, const std::string& instance, ByteView conversation,
                       std::uint64_t seq, Time now);

    /// The person left in the way that `how` names. The contact stays as it is, but ends when it
    /// waited and was abandoned. errors  not_found
    Result<void> left(store::Draft& draft, const std::string& instance, ByteView conversation,
                      const std::string& how, Time now);

    /// Destroys the contact's key, and forgets its conversation: whoever writes there again is new.
    /// Event `contact.erased`. errors  not_found
    Result<void> erase(store::Draft& draft, const ContactId& id, Time now);

    // ------------------------------------------------------------------ what staff does · engine

    /// errors  not_found, and those of casework::check_event
    Result<casework::Contact> open(store::Draft& draft, const ContactId& id,
                                   const std::string& actor, Time now);
    /// key  the same when the same reply is sent again: that changes nothing. Empty: none
    Result<casework::Contact> reply(store::Draft& draft, const ContactId& id,
                                    const std::string& actor, const std::string& text, Time now,
                                    const std::string& key = {});
    /// Back into the queue. errors  as above
    Result<casework::Contact> release(store::Draft& draft, const ContactId& id,
                                      const std::string& actor, Time now);
    /// A message to a person who waits, from nobody who has taken the contact: it keeps its place.
    Result<casework::Contact> announce(store::Draft& draft, const ContactId& id,
                                       const std::string& actor, const std::string& text, Time now);
    Result<casework::Contact> end(store::Draft& draft, const ContactId& id,
                                  const std::string& actor, const std::string& reason,
                                  const std::string& result, Time now);
    /// A level set by a person. errors  those of casework::check_urgency_change
    Result<casework::Contact> set_urgency(store::Draft& draft, const ContactId& id,
                                          const std::string& actor, casework::Urgency level,
                                          const std::string& reason, Time now);
    /// From the one who has it to `to`, without a moment in the queue. errors  denied:
    /// not_in_this_state
    Result<casework::Contact> transfer(store::Draft& draft, const ContactId& id,
                                       const std::string& to, Time now);
    /// A supervisor writes beside the one who has it, until it is given on or ends; once more
    /// changes nothing. errors  denied: not_in_this_state · conflict: they have it themselves ·
    /// exhausted
    Result<casework::Contact> join(store::Draft& draft, const ContactId& id,
                                   const std::string& actor, Time now);
    /// What `actor` is writing, for them alone; an empty text forgets it. errors  not_found,
    /// bad_size, malformed
    Result<void> keep_draft(store::Draft& draft, const ContactId& id, const std::string& actor,
                            const std::string& text);
    /// Words among staff about the contact. They stand in a table of their own that nothing of a
    /// channel ever reads. errors  not_found, exhausted, those of check_prose
    struct Note {
        Time at;
        std::string from, to, text;
    };
    static constexpr std::size_t note_bytes_max = 4000;
    static constexpr std::uint32_t notes_max = 200;
    Result<void> note(store::Draft& draft, const ContactId& id, Note note);
    Result<casework::Contact> link(store::Draft& draft, const ContactId& id,
                                   const std::string& actor, const CaseId& case_id, Time now);

    // ------------------------------------------------------------------ reading · any

    Result<casework::Contact> find(store::Snapshot& from, const ContactId& id);
    /// Newest first, at most `limit`.
    Result<std::vector<casework::Contact>> list(store::Snapshot& from, std::uint32_t limit);
    Result<std::vector<casework::ContactEvent>> events(store::Snapshot& from, const ContactId& id,
                                                       std::uint32_t first, std::uint32_t limit);
    /// Those that wait or are open, the oldest first, at most `limit`.
    Result<std::vector<casework::Contact>> live(store::Snapshot& from, std::uint32_t limit);
    /// How its channel finds the person. errors  not_found
    Result<Reach> reach(store::Snapshot& from, const ContactId& id);
    /// Up to which seq the person has seen.
    Result<std::uint64_t> seen(store::Snapshot& from, const ContactId& id);
    /// What `actor` was writing; empty: nothing.
    Result<std::string> draft_of(store::Snapshot& from, const ContactId& id,
                                 const std::string& actor);
    /// The oldest first.
    Result<std::vector<Note>> notes(store::Snapshot& from, const ContactId& id);
    /// How the person left since they last wrote: closed, quick_exit, idle, connection_lost; or
    /// empty.
    Result<std::string> how_left(store::Snapshot& from, const ContactId& id);

    struct Replay {
        std::vector<ChatMessage> messages;
        bool more = false;
        casework::ContactState state = casework::ContactState::none;
        std::uint64_t read = 0;  // up to here a counsellor has seen what the person wrote
        ContactId contact{};     // empty: the conversation is not known
        Bytes return_address{};
    };
    /// The messages after `after`; a conversation that is not known is empty, with state none.
    Result<Replay> replay(store::Snapshot& from, const std::string& instance, ByteView conversation,
                          std::uint64_t after, std::uint32_t limit);

    /// Ids behind `after`, in order, at most `limit`: also of those that were erased.
    Result<std::vector<std::array<std::uint8_t, 16>>> ids(store::Snapshot& from,
                                                          const std::array<std::uint8_t, 16>& after,
                                                          std::uint32_t limit);

    /// Called in the erasing transaction, before the key is destroyed. Before the first command.
    using Erasing = std::function<Result<void>(store::Draft&, const std::array<std::uint8_t, 16>&)>;
    void on_erase(Erasing erasing) { erasing_ = std::move(erasing); }

    /// Called in the transaction of each event, once it is drafted, with the contact as it is then.
    /// Each of them is, in the order in which they were given. Before the first command.
    using Changed = std::function<Result<void>(store::Draft&, const casework::Contact&,
                                               const casework::ContactEvent&, Time)>;
    void on_change(Changed changed) { changed_.push_back(std::move(changed)); }

    /// The contact of a conversation; nothing: nobody wrote in it. errors  bad_size
    Result<std::optional<ContactId>> find_conversation(store::Snapshot& from,
                                                       const std::string& instance,
                                                       ByteView conversation);

    explicit Contacts(Parts parts) : parts_(parts) {}

private:
    Result<std::uint64_t> read_up_to(store::Snapshot& from, const ContactId& id);
    Result<std::string> text_in(store::Snapshot& from, const store::SealedTable& table,
                                ByteView key);
    Bytes token(const std::string& instance, ByteView conversation) const;
    Result<casework::Contact> make(store::Draft& draft, const Source& source, ByteView conversation,
                                   std::span<const std::string> languages, bool set_aside,
                                   std::vector<std::string> marks, Time now);
    /// The seq that was kept under the key; nothing: the key is new.
    Result<std::optional<std::uint64_t>> kept_at(store::Snapshot& from, const ContactId& id,
                                                 ByteView key);
    Result<void> keep_key(store::Draft& draft, const ContactId& id, ByteView key,
                          std::uint64_t seq);
    Result<void> keep_address(store::Draft& draft, const ContactId& id, ByteView address);
    std::vector<std::string> known_marks(std::span<const std::string> marks) const;
    /// Checks and applies the event, writes it and the contact, and tells the feed.
    Result<void> say(store::Draft& draft, casework::Contact& contact, casework::ContactEvent event,
                     Time now);
    Result<void> deliver(store::Draft& draft, const casework::Contact& contact,
                         const ChatMessage& message, Time now);

    Parts parts_;
    store::SealedTable contacts_;        // id -> ContactRecord
    store::SealedTable events_;          // id, index -> ContactEvent
    store::SealedTable conversations_;   // token of instance and conversation -> id
    store::SealedTable addresses_;       // id -> conversation
    store::SealedTable keys_;            // id, message key digest -> key, seq
    store::SealedTable seen_;            // id -> seq
    store::SealedTable live_;            // id of one that has not ended -> nothing
    store::SealedTable drafts_;          // id, who writes -> text
    store::SealedTable left_;            // id -> how the person left
    store::SealedTable return_address_;  // id -> how the channel reaches the person
    store::SealedTable notes_;           // id, number -> ContactNote
    Erasing erasing_;
    std::vector<Changed> changed_;
};

inline KeyId key_of(const ContactId& id) { return KeyId{id.bytes}; }

}  // namespace sanad::api
