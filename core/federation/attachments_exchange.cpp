// The part of Attachments that asks for chunks and gives them.
#include "core/federation/attachments.h"

#include <algorithm>

namespace sanad::federation {

using casework::Media;

void Attachments::use(Links& links) {
    links_ = &links;
    links.add(Topic::attachment, *this);
}

void Attachments::drop(const char* why) {
    parts_.counters.add(std::string("attachment.drop.") + why);
}

void Attachments::received(const NodeId& peer, ByteView payload) {
    const auto talk = read_talk(payload);
    if (!talk) return drop(name(talk.error().fault));
    if (talk->sealed.empty())
        answer(peer, talk->place);
    else
        take(peer, *talk);
}

// A connection that comes up again: what was asked on the old one will not be answered.
void Attachments::greeted(const NodeId& peer, const Hello&) {
    for (auto& [key, fetch] : fetches_)
        if (fetch.peer == peer) fetch.asked_at = Duration{0};
}

void Attachments::tick() {
    given_.clear();
    for (const auto& [peer, place] : std::exchange(waiting_, {})) answer(peer, place);
    const auto now = parts_.clock.elapsed();
    if (now >= look_at_) {
        look_at_ = now + look_each;
        look_for_wanted();
    }
    for (auto& [key, fetch] : fetches_) {
        const bool waits = fetch.asked_at != Duration{0} && now < fetch.asked_at + ask_again;
        if (!fetch.storing && !waits) ask(fetch);
    }
}

// The store knows what is missing, so a restart forgets nothing.
void Attachments::look_for_wanted() {
    if (fetches_.size() >= under_way_max) return;
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return;
    std::vector<FetchKey> wanted;
    const auto scanned =
        parts_.records.scan_clear(**snapshot, wanted_, {}, {}, store::Order::ascending,
                                  under_way_max, [&](ByteView key, ByteView) {
                                      const auto referral = id_from<ReferralId>(key.first(16));
                                      const auto id = id_from<AttachmentId>(key.subspan(16));
                                      if (referral && id) wanted.emplace_back(*referral, *id);
                                      return true;
                                  });
    if (!scanned) return drop("store");
    for (const auto& key : wanted) {
        if (fetches_.contains(key) || fetches_.size() >= under_way_max) continue;
        const auto found = find(**snapshot, key.first, key.second);
        // Its key was destroyed with the referral: there is nothing to fetch any more.
        if (!found || !*found) continue;
        fetches_[key] = {.peer = (*found)->peer, .next = {key.first, key.second, (*found)->held}};
    }
}

void Attachments::ask(Fetch& fetch) {
    fetch.asked_at = std::max(parts_.clock.elapsed(), Duration{1});
    const auto asked = links_->say(fetch.peer, Topic::attachment, write_talk({fetch.next, {}}));
    if (!asked) parts_.counters.add("attachment.ask_unsent");
}

bool Attachments::may_give(const NodeId& peer) const {
    const auto given = given_.find(peer);
    const bool enough = given != given_.end() && given->second >= chunks_per_tick;
    return !enough && !links_->behind(peer);
}

// A chunk waits for the next tick while something more urgent stands in the logs.
void Attachments::answer(const NodeId& peer, const ChunkPlace& place) {
    if (may_give(peer)) return give(peer, place);
    const auto question = std::pair(peer, place);
    if (std::ranges::find(waiting_, question) != waiting_.end()) return;
    if (waiting_.size() >= questions_max) return drop("busy");
    waiting_.push_back(question);
}

// Only the node that was asked for help gets a chunk.
void Attachments::give(const NodeId& peer, const ChunkPlace& place) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return drop("store");
    const auto found = find(**snapshot, place.referral, place.attachment);
    if (!found || !*found || (*found)->peer != peer || (*found)->direction != Direction::out ||
        place.index >= (*found)->manifest.count())
        return drop("not_found");
    Bytes key(place.attachment.bytes.begin(), place.attachment.bytes.end());
    append_big_endian(key, place.index);
    const auto sealed = parts_.records.get(**snapshot, chunks_, key);
    if (!sealed || !*sealed) return drop("not_found");
    ++given_[peer];
    const auto said = links_->say(peer, Topic::attachment, write_talk({place, **sealed}));
    if (!said) parts_.counters.add("attachment.chunk_unsent");
}

void Attachments::take(const NodeId& peer, const AttachmentTalk& talk) {
    const FetchKey key{talk.place.referral, talk.place.attachment};
    const auto fetch = fetches_.find(key);
    if (fetch == fetches_.end() || fetch->second.peer != peer) return drop("unasked");
    if (fetch->second.next != talk.place || fetch->second.storing) return drop("repeated");
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return drop("store");
    const auto found = find(**snapshot, key.first, key.second);
    if (!found || !*found) return drop("not_found");
    const auto plain =
        open_chunk(talk.place.referral, (*found)->manifest, talk.place.index, talk.sealed);
    if (!plain) return drop(name(plain.error().fault));
    const Media media =
        talk.place.index == 0 ? casework::media_of(*plain) : casework::media_of_part(*plain);
    fetch->second.storing = true;
    const auto taken = parts_.engine.submit(
        [this, talk, media](store::Draft& draft) {
            return keep_chunk(draft, talk.place, talk.sealed, media);
        },
        [this, key](const Result<void>& result) {
            links_->post([this, key, result] { stored(key, result); });
        });
    if (!taken) fetch->second.storing = false;
}

// Where the file stands now, by the store: the next chunk, or the end.
void Attachments::stored(const FetchKey& key, const Result<void>& result) {
    const auto fetch = fetches_.find(key);
    if (fetch == fetches_.end()) return;
    fetch->second.storing = false;
    if (!result) return drop("not_stored");
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return drop("store");
    const auto found = find(**snapshot, key.first, key.second);
    if (!found || !*found || (*found)->complete() || !(*found)->refused.empty()) {
        fetches_.erase(fetch);
        return;
    }
    fetch->second.next.index = (*found)->held;
    ask(fetch->second);
}

}  // namespace sanad::federation
