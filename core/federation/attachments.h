#pragma once

#include "core/casework/media.h"
#include "core/federation/attachment.h"
#include "core/federation/exchange.h"
#include "core/federation/links.h"
#include "core/federation/referrals.h"

#include <deque>
#include <map>
#include <memory>

namespace sanad::federation {

/// The files of text beside referrals. An entry in the link log names a file and the hash of each
/// of its sealed chunks; the other side then asks for the chunks one after the other, beside the
/// logs and behind whatever waits in them, and goes on where it stopped after a cut or a restart.
/// Both sides look at the content: what is no text is not kept, by neither.
class Attachments final : public Applier, public Exchange {
public:
    static constexpr std::size_t per_referral_max = 16;  // with the refused ones
    static constexpr Duration ask_again{5'000};
    static constexpr Duration look_each{500};            // for files that are not here yet
    static constexpr std::uint32_t under_way_max = 32;   // files asked for at one time
    static constexpr std::uint32_t chunks_per_tick = 8;  // given to one peer in 100 ms
    static constexpr std::size_t questions_max = 64;     // that wait for their turn

    /// All of it outlives the attachments.
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Records& records;
        store::Feed& feed;
        LinkLogs& logs;
        Referrals& referrals;
        Parking& parking;
        const Clock& clock;
        Entropy& entropy;
        Counters& counters;
    };

    static Result<std::unique_ptr<Attachments>> open(store::Store& store, Parts parts);

    /// Before anything else: the links it talks over, which outlive it. threads  transport
    void use(Links& links);

    // ------------------------------------------------------------------ threads  engine

    /// Puts a file beside a referral that this node asks. What is no text is reduced to its name,
    /// size and hash: then `refused` of the result says what it was, and nothing was sent.
    /// errors  not_found: no such referral · denied: wrong_side, already_ended · exhausted: over
    ///         per_referral_max · those of seal_file
    Result<Attachment> add(store::Draft& draft, const ReferralId& referral, std::string_view name,
                           ByteView content, Time now);

    /// A peer's entry about a file of its own referral. It is fetched later.
    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// What came back of our own log after a restore: the name is there again, the content is not.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    // ------------------------------------------------------------------ threads  any

    /// In the order of their making. errors  not_found: the referral's key was destroyed
    Result<std::vector<Attachment>> list(store::Snapshot& from, const ReferralId& referral);

    /// The whole content. errors  not_found · busy: not all of it is here yet · denied: it was
    /// refused · bad_signature
    Result<Bytes> read(store::Snapshot& from, const ReferralId& referral, const AttachmentId& id);

    // ------------------------------------------------------------------ threads  transport

    void received(const NodeId& peer, ByteView payload) override;
    void greeted(const NodeId& peer, const Hello& hello) override;
    void tick() override;

    Attachments(Parts parts, store::SealedTable records, store::SealedTable chunks,
                store::SealedTable wanted)
        : parts_(parts),
          records_(std::move(records)),
          chunks_(std::move(chunks)),
          wanted_(std::move(wanted)) {}

private:
    /// A file that is being fetched.
    struct Fetch {
        NodeId peer;
        ChunkPlace next;
        Duration asked_at{0};
        bool storing = false;
    };
    using FetchKey = std::pair<ReferralId, AttachmentId>;

    Result<std::optional<Attachment>> find(store::Snapshot& from, const ReferralId& referral,
                                           const AttachmentId& id);
    Result<void> save(store::Writer& writer, const Attachment& attachment);
    Result<Attachment> note_refused(store::Draft& draft, const casework::ReferralRecord& record,
                                    std::string_view name, ByteView content, casework::Media media,
                                    Time now);
    Result<void> check_room(store::Snapshot& from, const ReferralId& referral);
    void look_for_wanted();
    void ask(Fetch& fetch);
    void answer(const NodeId& peer, const ChunkPlace& place);
    bool may_give(const NodeId& peer) const;
    void give(const NodeId& peer, const ChunkPlace& place);
    void take(const NodeId& peer, const AttachmentTalk& talk);
    Result<void> keep_chunk(store::Draft& draft, const ChunkPlace& place, ByteView sealed,
                            casework::Media media);
    Result<casework::Media> check_whole(store::Snapshot& from, const Attachment& attachment,
                                        ByteView last);
    Result<void> refuse(store::Draft& draft, Attachment attachment, std::string_view what);
    void stored(const FetchKey& key, const Result<void>& result);
    void drop(const char* why);
    void tell(store::Draft& draft, const Attachment& attachment, const char* name);

    Parts parts_;
    Links* links_ = nullptr;
    store::SealedTable records_;  // referral id, attachment id -> AttachmentRecord
    store::SealedTable chunks_;   // attachment id, index -> sealed chunk
    store::SealedTable wanted_;   // referral id, attachment id -> nothing, while chunks are missing

    std::map<FetchKey, Fetch> fetches_;
    std::map<NodeId, std::uint32_t> given_;              // chunks in this tick
    std::deque<std::pair<NodeId, ChunkPlace>> waiting_;  // questions to be answered later
    Duration look_at_{0};
};

}  // namespace sanad::federation
