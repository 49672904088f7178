#include "core/federation/passport_export.h"

#include "core/federation/directory_trust.h"
#include "core/federation/log_tree.h"
#include "core/federation/passport_verify.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {
namespace {

using casework::Side;
using trust::SignatureType;

/// A log that the referral has events in.
struct Source {
    LaneId lane;
    LaneEnd end;
    LogTree tree;
    std::uint64_t receipted = 0;  // as far as its `receipted` head goes
};

struct Place {
    std::string head;
    std::uint64_t size = 0;
};

class Export {
public:
    Export(store::Snapshot& from, Referrals& referrals, const Directory& directory,
           const trust::SigningKey& signing, Time now)
        : from_(from),
          logs_(referrals.logs()),
          directory_(directory),
          signing_(signing),
          now_(now) {}

    Result<Passport> run(const ReferralId& id, std::string_view directory_note,
                         const std::vector<Referrals::Said>& said) {
        const auto& first = said.front();
        const bool ours = first.place.lane.direction == Direction::out;
        const NodeId& peer = first.place.lane.peer;
        passport_.referral = id;
        passport_.exporter = ours ? first.writer : casework::other(first.writer);
        passport_.asker = passport_.exporter == Side::asker ? logs_.self() : peer;
        passport_.asked = passport_.exporter == Side::asker ? peer : logs_.self();
        passport_.exported_at = {now_.ms - now_.ms % 1000};
        passport_.directory = directory_note;
        for (const auto& one : said) {
            if (one.place.lane.peer != peer) return fail(Fault::malformed, "passport: two peers");
            if (const auto added = add(one); !added) return std::unexpected(added.error());
        }
        return std::move(passport_);
    }

private:
    Result<void> add(const Referrals::Said& said) {
        const auto log = log_of(said);
        if (!log) return std::unexpected(log.error());
        const Source& source = sources_[*log];
        const std::uint64_t index = said.place.index;
        if (index >= source.end.size) return fail(Fault::malformed, "passport: place of an event");
        if (index >= source.receipted)
            if (const auto head = write_head(passport_.logs[*log], source); !head) return head;
        auto entry = read(source, index);
        if (!entry) return std::unexpected(entry.error());
        auto proof = source.tree.inclusion(
            index < source.receipted ? source.receipted : source.end.size, index);
        if (!proof) return std::unexpected(proof.error());
        entry->log = static_cast<std::uint8_t>(*log);
        entry->event = said.index;
        entry->proof = std::move(*proof);
        passport_.events.push_back(std::move(*entry));
        return {};
    }

    Result<std::size_t> log_of(const Referrals::Said& said) {
        const auto known = std::ranges::find(sources_, said.place.lane, &Source::lane);
        if (known != sources_.end()) return std::size_t(known - sources_.begin());
        const auto end = logs_.end(from_, said.place.lane);
        if (!end) return std::unexpected(end.error());
        if (end->size > passport_log_leaves_max)
            return fail(Fault::exhausted, "passport: a log is too long");
        auto leaves =
            logs_.leaves(from_, said.place.lane, 0, static_cast<std::uint32_t>(end->size));
        if (!leaves) return std::unexpected(leaves.error());
        Source source{said.place.lane, *end, LogTree(std::move(*leaves)), 0};
        if (source.tree.root(end->size) != end->frontier.root())
            return fail(Fault::bad_signature, "passport: the stored log changed");
        PassportLog log{said.writer, said.place.lane.lane, {}, {}, {}};
        if (!end->note.empty()) {
            const auto head = receipted_head(source);
            if (!head) return std::unexpected(head.error());
            log.receipted = head->head;
            source.receipted = head->size;
        }
        passport_.logs.push_back(std::move(log));
        sources_.push_back(std::move(source));
        return sources_.size() - 1;
    }

    // The stored head with nothing under it but the two signatures that count: a peer may have
    // put others there. What the peer wrote we have on disk, so we can say so now.
    Result<Place> receipted_head(const Source& source) {
        const auto* peer = find_node(directory_, source.lane.peer);
        if (peer == nullptr) return fail(Fault::untrusted, "passport: the peer left the directory");
        const auto stored = trust::parse_note(source.end.note);
        if (!stored) return std::unexpected(stored.error());
        const auto said = trust::parse_checkpoint(stored->text);
        if (!said) return std::unexpected(said.error());
        const bool ours = source.lane.direction == Direction::out;
        const trust::Verifier peers{peer->id.text,
                                    ours ? SignatureType::cosignature : SignatureType::ed25519,
                                    peer->keys.signing};
        trust::Note head{stored->text, {}};
        for (const auto& signature : stored->signatures)
            if (trust::is_signed_by(head.text, signature, peers))
                head.signatures.push_back(signature);
        const std::string& self = logs_.self().text;
        head.signatures.push_back(ours ? trust::sign_text(head.text, signing_, self)
                                       : trust::cosign(head.text, signing_, self, now_));
        return Place{trust::write_note(head), said->size};
    }

    // Our own head over everything that is on disk: only our word, until the peer's receipt comes.
    Result<void> write_head(PassportLog& log, const Source& source) {
        if (!log.written.empty()) return {};
        if (source.lane.direction != Direction::out)
            return fail(Fault::untrusted, "passport: the peer's log without its head");
        auto head = trust::sign_checkpoint(
            {origin(logs_.self(), source.lane), source.end.size, source.tree.root(source.end.size)},
            signing_, logs_.self().text);
        if (!head) return std::unexpected(head.error());
        auto extension = source.tree.consistency(source.receipted, source.end.size);
        if (!extension) return std::unexpected(extension.error());
        log.written = std::move(*head);
        log.extension = std::move(*extension);
        return {};
    }

    Result<PassportEntry> read(const Source& source, std::uint64_t index) {
        PassportEntry entry;
        entry.index = index;
        auto stored = logs_.read(from_, source.lane, index, 1, entry_bytes_max);
        if (!stored && stored.error().fault == Fault::not_found) {  // its key was destroyed
            entry.leaf = source.tree.leaf(index);
            return entry;
        }
        if (!stored) return std::unexpected(stored.error());
        if (stored->empty()) return fail(Fault::not_found, "passport: link entry");
        const auto link_key = logs_.key_at(from_, source.lane, index);
        if (!link_key) return std::unexpected(link_key.error());
        const auto key = entry_key(*link_key, index);
        entry.raw = std::move(stored->front().raw);
        entry.key.assign(key.bytes().begin(), key.bytes().end());
        return entry;
    }

    store::Snapshot& from_;
    LinkLogs& logs_;
    const Directory& directory_;
    const trust::SigningKey& signing_;
    Time now_;
    Passport passport_;
    std::vector<Source> sources_;  // as Passport::logs
};

}  // namespace

Result<Bytes> export_passport(store::Snapshot& from, Referrals& referrals,
                              std::string_view directory_note, const trust::SigningKey& signing,
                              const ReferralId& id, Time now) {
    if (now < Time{}) return fail(Fault::invalid, "passport: a clock before 1970");
    const auto note = trust::parse_note(directory_note);
    if (!note) return std::unexpected(note.error());
    const auto directory = parse_directory(note->text);
    if (!directory) return std::unexpected(directory.error());
    const auto said = referrals.said(from, id);
    if (!said) return std::unexpected(said.error());
    const auto passport =
        Export(from, referrals, *directory, signing, now).run(id, directory_note, *said);
    if (!passport) return std::unexpected(passport.error());
    auto file = write_passport(*passport, signing);
    if (!file) return file;
    if (const auto sound = show_passport(*file); !sound) return std::unexpected(sound.error());
    return file;
}

}  // namespace sanad::federation
