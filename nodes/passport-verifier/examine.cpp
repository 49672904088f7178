#include "core/base/encoding.h"
#include "core/base/ids.h"
#include "core/base/message.h"
#include "core/base/time_text.h"
#include "core/trust/checkpoint.h"
#include "core/trust/merkle.h"
#include "nodes/passport-verifier/findings.h"
#include "nodes/passport-verifier/outer_form.h"
#include "nodes/passport-verifier/sealed_entry.h"
#include "schemas/passport.capnp.h"

#include <algorithm>
#include <span>

namespace sanad::verifier {
namespace {

constexpr std::int64_t last_second_ms = 253'402'300'799'000;  // of the year 9999
constexpr std::size_t entry_bytes_max = 2 * 64 * 1024 + 256;
constexpr std::size_t proof_bytes_max = 64 * 32;

std::unexpected<Error> bad(Fault fault, const std::string& what) { return fail(fault, what); }
std::unexpected<Error> at(const std::string& where, const Error& error) {
    return fail(error.fault, where + ": " + error.detail);
}

Side other(Side side) { return side == Side::asker ? Side::asked : Side::asker; }

Result<Side> side_of(schema::Side side) {
    if (side != schema::Side::ASKER && side != schema::Side::ASKED)
        return bad(Fault::unsupported, "a side that is neither asker nor asked");
    return side == schema::Side::ASKER ? Side::asker : Side::asked;
}

Result<trust::Proof> proof_of(ByteView bytes) {
    trust::Proof proof;
    if (bytes.size() % 32 != 0 || bytes.size() > proof_bytes_max)
        return bad(Fault::bad_size, "a proof");
    for (; !bytes.empty(); bytes = bytes.subspan(32)) {
        proof.emplace_back();
        std::ranges::copy(bytes.first(32), proof.back().begin());
    }
    return proof;
}

/// The heads of one log, believed.
struct Heads {
    trust::Checkpoint receipted, written;  // of size 0: there is none
};

/// Builds the findings, part by part, in the order of the page.
class Examination {
public:
    Examination(const Stewards& trusted, trust::Digest contents_hash, std::string statement)
        : trusted_(trusted), hash_(contents_hash), statement_(std::move(statement)) {}

    Result<Findings> run(schema::PassportContents::Reader contents) {
        if (const auto good = names(contents); !good) return std::unexpected(good.error());
        if (const auto good = members(contents); !good) return std::unexpected(good.error());
        if (const auto good = statement(); !good) return at("statement", good.error());
        if (const auto good = logs(contents.getLogs()); !good) return std::unexpected(good.error());
        if (const auto good = events(contents.getEvents()); !good)
            return std::unexpected(good.error());
        if (const auto good = whole(); !good) return std::unexpected(good.error());
        return std::move(found_);
    }

private:
    Result<void> names(schema::PassportContents::Reader contents) {
        const auto referral = contents.getReferral();
        if (referral.size() != found_.referral.size()) return bad(Fault::bad_size, "referral");
        std::ranges::copy(referral, found_.referral.begin());
        if (found_.referral == std::array<std::uint8_t, 16>{})
            return bad(Fault::malformed, "a referral without id");
        found_.asker.id = from_text(contents.getAsker());
        found_.asked.id = from_text(contents.getAsked());
        if (!is_node_id(found_.asker.id) || !is_node_id(found_.asked.id) ||
            found_.asker.id == found_.asked.id)
            return bad(Fault::malformed, "asker and asked");
        const auto exporter = side_of(contents.getExporter());
        if (!exporter) return std::unexpected(exporter.error());
        found_.exporter = *exporter;
        found_.exported_at = {contents.getExportedAtMs()};
        const auto ms = found_.exported_at.ms;
        if (ms < 0 || ms > last_second_ms || ms % 1000 != 0)
            return bad(Fault::malformed, "the time of export");
        return {};
    }

    Result<void> members(schema::PassportContents::Reader contents) {
        auto federation = read_federation(from_text(contents.getDirectory()), trusted_);
        if (!federation) return std::unexpected(federation.error());
        found_.federation = std::move(*federation);
        for (Member* member : {&found_.asker, &found_.asked}) {
            const Member* known = found_.federation.find(member->id);
            if (known == nullptr)
                return bad(Fault::untrusted, member->id + " is not in the directory");
            *member = *known;
        }
        return {};
    }

    trust::Verifier key_of(Side side, trust::SignatureType type) const {
        return {found_.member(side).id, type, found_.member(side).signing};
    }

    Result<void> statement() const {
        const auto note = trust::parse_note(statement_);
        if (!note) return std::unexpected(note.error());
        const std::string wanted = "sanad-passport/v1\nreferral " + format_uuid(found_.referral) +
                                   "\ncontents " + to_base64(hash_) + "\nexported " +
                                   format_time(found_.exported_at) + "\n";
        if (note->text != wanted) return bad(Fault::bad_signature, "it is about something else");
        // A line more, which anybody can add, would make another file of the same passport.
        if (note->signatures.size() != 1)
            return bad(Fault::malformed, "more than the exporter's signature");
        const auto exporter = key_of(found_.exporter, trust::SignatureType::ed25519);
        const auto signers = trust::verify_note(*note, std::span(&exporter, 1));
        if (!signers) return std::unexpected(signers.error());
        return {};
    }

    Result<void> logs(capnp::List<schema::PassportLog>::Reader list) {
        if (list.size() == 0) return bad(Fault::malformed, "no log");
        if (list.size() > logs_max) return bad(Fault::exhausted, "too many logs");
        for (const auto log : list) {
            const std::string where = "log " + std::to_string(heads_.size());
            if (const auto good = log_of(log); !good) return at(where, good.error());
        }
        return {};
    }

    Result<void> log_of(schema::PassportLog::Reader from) {
        const auto writer = side_of(from.getWriter());
        if (!writer) return std::unexpected(writer.error());
        const auto lane = from.getLane();
        if (lane != schema::Lane::NORMAL && lane != schema::Lane::URGENT)
            return bad(Fault::unsupported, "lane");
        ProvenLog log;
        log.writer = *writer;
        log.origin = "sanad/" + found_.member(*writer).id + "/" + found_.member(other(*writer)).id +
                     "/" + (lane == schema::Lane::URGENT ? "urgent" : "normal");
        if (std::ranges::find(found_.logs, log.origin, &ProvenLog::origin) != found_.logs.end())
            return bad(Fault::malformed, "twice");
        const std::string receipted = from_text(from.getReceipted());
        const std::string written = from_text(from.getWritten());
        const auto extension = proof_of(from_data(from.getExtension()));
        if (!extension) return std::unexpected(extension.error());
        auto heads = heads_of(log, receipted, written);
        if (!heads) return std::unexpected(heads.error());
        if (const auto good =
                grown(*heads, !receipted.empty(), !written.empty(), log.origin, *extension);
            !good)
            return good;
        const auto& newest = written.empty() ? heads->receipted : heads->written;
        log.receipted = heads->receipted.size;
        log.size = newest.size;
        log.root = newest.root;
        found_.logs.push_back(std::move(log));
        heads_.push_back(std::move(*heads));
        return {};
    }

    Result<Heads> heads_of(ProvenLog& log, const std::string& receipted,
                           const std::string& written) const {
        const auto owner = key_of(log.writer, trust::SignatureType::ed25519);
        const auto reader = key_of(other(log.writer), trust::SignatureType::cosignature);
        Heads heads;
        if (!receipted.empty()) {
            auto head = trust::open_cosigned_checkpoint(receipted, owner, reader);
            if (!head) return at("receipted head", head.error());
            heads.receipted = head->checkpoint;
            log.receipted_at = head->cosigned_at;
        }
        if (!written.empty()) {
            auto head = trust::open_checkpoint(written, owner);
            if (!head) return at("written head", head.error());
            heads.written = *head;
        }
        return heads;
    }

    static Result<void> grown(const Heads& heads, bool has_receipted, bool has_written,
                              const std::string& origin, const trust::Proof& extension) {
        if (!has_receipted && !has_written) return bad(Fault::malformed, "no head");
        if ((has_receipted && heads.receipted.origin != origin) ||
            (has_written && heads.written.origin != origin))
            return bad(Fault::invalid, "the head of another log");
        if (!has_receipted || !has_written) {
            if (!extension.empty()) return bad(Fault::malformed, "an extension of nothing");
            return {};
        }
        if (heads.written.size <= heads.receipted.size)
            return bad(Fault::invalid, "the written head is not the newer one");
        return trust::verify_consistency(heads.receipted.size, heads.written.size,
                                         heads.receipted.root, heads.written.root, extension);
    }

    Result<void> events(capnp::List<schema::PassportEvent>::Reader list) {
        if (list.size() == 0) return bad(Fault::malformed, "no event");
        if (list.size() > events_max) return bad(Fault::exhausted, "too many events");
        for (const auto event : list) {
            const std::string where = "event " + std::to_string(found_.events.size());
            if (const auto good = event_of(event); !good) return at(where, good.error());
        }
        return {};
    }

    Result<void> event_of(schema::PassportEvent::Reader from) {
        ProvenEvent event;
        event.log = from.getLog();
        event.index = from.getIndex();
        event.number = from.getEvent();
        if (event.log >= found_.logs.size()) return bad(Fault::malformed, "of no log");
        event.side = found_.logs[event.log].writer;
        if (const auto good = in_order(event); !good) return good;

        const ByteView entry = from_data(from.getEntry());
        const ByteView key = from_data(from.getKey());
        const ByteView leaf = from_data(from.getLeaf());
        const bool erased = entry.empty();
        if (entry.size() > entry_bytes_max || key.size() != (erased ? 0 : 32) ||
            leaf.size() != (erased ? 32 : 0))
            return bad(Fault::bad_size, "entry, key or leaf");
        if (erased)
            std::ranges::copy(leaf, event.leaf.begin());
        else
            event.leaf = trust::leaf_hash(entry);

        const Heads& heads = heads_[event.log];
        event.receipted = event.index < heads.receipted.size;
        const auto& tree = event.receipted ? heads.receipted : heads.written;
        const auto proof = proof_of(from_data(from.getProof()));
        if (!proof) return std::unexpected(proof.error());
        const auto included =
            trust::verify_inclusion(tree.size, event.index, event.leaf, *proof, tree.root);
        if (!included) return at("not in its log", included.error());
        if (!erased) {
            auto said = said_in(entry, key, event);
            if (!said) return std::unexpected(said.error());
            event.said = std::move(*said);
            event.wrong_side = event.said->speaker ==
                               (event.side == Side::asker ? Speaker::asked : Speaker::asker);
        }
        found_.events.push_back(std::move(event));
        return {};
    }

    // First the asker's, then the other's; of each side all, from the first, as they stand in its
    // logs.
    Result<void> in_order(const ProvenEvent& event) const {
        std::uint32_t before = 0;
        std::optional<std::uint64_t> last;
        for (const auto& one : found_.events) {
            if (one.side > event.side) return bad(Fault::invalid, "out of order");
            before += one.side == event.side ? 1 : 0;
            if (one.log == event.log) last = one.index;
        }
        if (found_.events.empty() && event.side != Side::asker)
            return bad(Fault::invalid, "out of order");
        if (event.number != before)
            return bad(Fault::invalid, "event " + std::to_string(before) + " is missing");
        if (before >= events_of_a_side_max)
            return bad(Fault::exhausted, "too many events of one side");
        if (last && *last >= event.index) return bad(Fault::invalid, "out of its log's order");
        return {};
    }

    Result<Said> said_in(ByteView entry, ByteView key, const ProvenEvent& event) const {
        const auto body = open_sealed(entry, key, found_.logs[event.log].origin, event.index);
        if (!body) return std::unexpected(body.error());
        if (body->subject != found_.referral) return bad(Fault::invalid, "about something else");
        auto said = read_said(body->payload);
        if (!said) return said;
        if (said->referral != found_.referral || said->index != event.number)
            return bad(Fault::invalid, "of another place");
        return said;
    }

    // Either all is erased, and little is said; or nothing is, and each event fits the others.
    Result<void> whole() const {
        const auto& events = found_.events;
        const bool erased = !events.front().said;
        for (const auto& event : events)
            if (event.said.has_value() == erased)
                return bad(Fault::invalid, "a referral that is erased in part");
        if (erased) return {};
        if (events.front().said->kind != "request")
            return bad(Fault::invalid, "event 0: the referral does not begin with a request");
        const auto middle = std::ranges::find(events, Side::asked, &ProvenEvent::side);
        const std::span askers(events.begin(), middle), askeds(middle, events.end());
        for (const auto& event : events) {
            const auto& own = event.side == Side::asker ? askers : askeds;
            const auto& others = event.side == Side::asker ? askeds : askers;
            const auto seen = event.said->seen_other;
            if (seen > others.size())
                return bad(Fault::invalid, "an event that somebody had seen is missing");
            if (event.number > 0 && own[event.number - 1].said->seen_other > seen)
                return bad(Fault::invalid, "somebody forgets what they had seen");
            if (seen == 0 && event.side == Side::asked)
                return bad(Fault::invalid, "an answer to nothing");
            if (seen > 0 && others[seen - 1].said->seen_other > event.number)
                return bad(Fault::invalid, "two events that have seen each other");
        }
        return {};
    }

    const Stewards& trusted_;
    trust::Digest hash_;
    std::string statement_;
    std::vector<Heads> heads_;  // as found_.logs
    Findings found_;
};

}  // namespace

Result<Findings> examine(ByteView file, const Stewards& trusted) {
    return read_message<schema::Passport>(
        file,
        [&](auto from) -> Result<Findings> {
            if (from.getVersion() != 1) return bad(Fault::unsupported, "another version");
            const ByteView contents = from_data(from.getContents());
            const std::string statement = from_text(from.getStatement());
            if (statement.size() > trust::checkpoint_note_bytes_max)
                return bad(Fault::bad_size, "statement");
            if (!is_in_its_one_form(file, contents, statement))
                return bad(Fault::malformed, "a file with more or less than a passport");
            const auto hash = trust::sha256(contents);
            return read_message<schema::PassportContents>(
                contents,
                [&](auto inner) { return Examination(trusted, hash, statement).run(inner); },
                passport_bytes_max);
        },
        passport_bytes_max);
}

}  // namespace sanad::verifier
