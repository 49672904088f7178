#include "core/federation/passport_verify.h"

#include "core/federation/directory_trust.h"
#include "core/federation/entry.h"
#include "core/trust/checkpoint.h"

#include <algorithm>
#include <array>

namespace sanad::federation {
namespace {

using casework::Side;
using trust::SignatureType;

std::unexpected<Error> bad(Fault fault, const std::string& where) {
    return fail(fault, "passport: " + where);
}
std::unexpected<Error> bad(const Error& error, const std::string& where) {
    return bad(error.fault, where + ": " + error.detail);
}

std::string place(const char* list, std::size_t number) {
    return list + (" " + std::to_string(number));
}

/// A log's two heads, once they are believed.
struct Heads {
    trust::Checkpoint receipted, written;
};

class Verification {
public:
    Verification(const PassportFile& file, std::span<const trust::Verifier> stewards,
                 std::uint32_t threshold)
        : file_(file), passport_(file.passport), stewards_(stewards), threshold_(threshold) {}

    Result<PassportReport> run() {
        for (const auto step :
             {&Verification::check_directory, &Verification::check_statement,
              &Verification::check_logs, &Verification::check_events, &Verification::check_whole})
            if (const auto good = (this->*step)(); !good) return std::unexpected(good.error());
        fold();
        return std::move(report_);
    }

private:
    Result<void> check_directory() {
        auto trusted = verify_directory(passport_.directory, stewards_, threshold_);
        if (!trusted) return bad(trusted.error(), "directory");
        directory_ = std::move(trusted->directory);
        auto signers = trust::verify_note(trusted->note, stewards_);
        if (!signers) return bad(signers.error(), "directory");
        report_.directory = {directory_.federation, directory_.version, directory_.issued,
                             directory_.expires, std::move(*signers)};
        report_.referral = passport_.referral;
        report_.exporter = passport_.exporter;
        report_.exported_at = passport_.exported_at;
        for (const Side side : {Side::asker, Side::asked}) {
            const auto* node = find_node(directory_, passport_.node(side));
            if (node == nullptr)
                return bad(Fault::untrusted,
                           passport_.node(side).text + " is not in the directory");
            (side == Side::asker ? asker_ : asked_) = node;
            (side == Side::asker ? report_.asker : report_.asked) = {node->id, node->name,
                                                                     node->status};
        }
        return {};
    }

    const DirectoryNode& node(Side side) const { return side == Side::asker ? *asker_ : *asked_; }

    trust::Verifier verifier(Side side, SignatureType type) const {
        return {node(side).id.text, type, node(side).keys.signing};
    }

    Result<void> check_statement() {
        const auto note = trust::parse_note(file_.statement);
        if (!note) return bad(note.error(), "statement");
        if (note->text != statement_text(passport_, file_.contents))
            return bad(Fault::bad_signature, "statement: of other contents");
        // Under it anybody could put more, and so make another file of the same passport.
        if (note->signatures.size() != 1)
            return bad(Fault::malformed, "statement: more than one signature");
        const auto exporter = verifier(passport_.exporter, SignatureType::ed25519);
        if (const auto good = trust::verify_note(*note, std::span(&exporter, 1)); !good)
            return bad(good.error(), "statement");
        return {};
    }

    Result<void> check_logs() {
        for (const auto& log : passport_.logs) {
            const auto where = place("log", heads_.size());
            const auto same = [&](const PassportLog& other) {
                return other.writer == log.writer && other.lane == log.lane;
            };
            if (std::ranges::count_if(passport_.logs, same) != 1)
                return bad(Fault::malformed, where + ": twice");
            if (const auto good = check_log(log, where); !good) return good;
        }
        return {};
    }

    Result<void> check_log(const PassportLog& log, const std::string& where) {
        const auto& writer = node(log.writer);
        const auto& reader = node(casework::other(log.writer));
        const auto log_origin = origin(writer.id, {reader.id, Direction::out, log.lane});
        PassportReport::Log report{writer.id, reader.id, log.lane, 0, {}, 0, {}};
        Heads heads;
        if (!log.receipted.empty()) {
            const auto head = trust::open_cosigned_checkpoint(
                log.receipted, verifier(log.writer, SignatureType::ed25519),
                verifier(casework::other(log.writer), SignatureType::cosignature));
            if (!head) return bad(head.error(), where + ": receipted head");
            heads.receipted = head->checkpoint;
            report.receipted_at = head->cosigned_at;
        }
        if (!log.written.empty()) {
            const auto head =
                trust::open_checkpoint(log.written, verifier(log.writer, SignatureType::ed25519));
            if (!head) return bad(head.error(), where + ": written head");
            heads.written = *head;
        }
        if (const auto good = check_heads(log, heads, log_origin); !good)
            return bad(good.error(), where);
        const auto& newest = log.written.empty() ? heads.receipted : heads.written;
        report.receipted = heads.receipted.size;
        report.size = newest.size;
        report.root = newest.root;
        report_.logs.push_back(std::move(report));
        heads_.push_back(std::move(heads));
        return {};
    }

    // Both are of this log, and the later one only adds to the earlier.
    Result<void> check_heads(const PassportLog& log, const Heads& heads,
                             const std::string& log_origin) {
        if (log.receipted.empty() && log.written.empty())
            return fail(Fault::malformed, "without a head");
        if ((!log.receipted.empty() && heads.receipted.origin != log_origin) ||
            (!log.written.empty() && heads.written.origin != log_origin))
            return fail(Fault::invalid, "head of another log");
        if (log.receipted.empty() || log.written.empty()) {
            if (!log.extension.empty()) return fail(Fault::malformed, "extension of nothing");
            return {};
        }
        if (heads.written.size <= heads.receipted.size)
            return fail(Fault::invalid, "written head is not newer");
        return trust::verify_consistency(heads.receipted.size, heads.written.size,
                                         heads.receipted.root, heads.written.root, log.extension);
    }

    Result<void> check_events() {
        for (const auto& entry : passport_.events) {
            const auto where = place("event", report_.events.size());
            if (entry.log >= passport_.logs.size()) return bad(Fault::malformed, where + ": log");
            if (const auto good = check_event(entry, where); !good) return good;
        }
        return {};
    }

    Result<void> check_event(const PassportEntry& entry, const std::string& where) {
        const auto& log = passport_.logs[entry.log];
        const auto& heads = heads_[entry.log];
        PassportReport::Event event;
        event.side = log.writer;
        event.by = node(log.writer).id;
        event.index = entry.event;
        event.log = entry.log;
        event.entry = entry.index;
        event.leaf = entry.is_erased() ? entry.leaf : trust::leaf_hash(entry.raw);
        if (const auto good = check_order(event); !good) return bad(good.error(), where);
        const bool receipted = entry.index < heads.receipted.size;
        const auto& head = receipted ? heads.receipted : heads.written;
        event.standing =
            receipted ? PassportReport::Standing::receipted : PassportReport::Standing::written;
        const auto included =
            trust::verify_inclusion(head.size, entry.index, event.leaf, entry.proof, head.root);
        if (!included) return bad(included.error(), where + ": inclusion");
        if (!entry.is_erased()) {
            auto message = open(entry, head.origin);
            if (!message) return bad(message.error(), where);
            event.message = std::move(*message);
        }
        report_.events.push_back(std::move(event));
        return {};
    }

    // The asker's first, then those of the asked; each side's all there, and in the order of its
    // log.
    Result<void> check_order(const PassportReport::Event& event) {
        const auto& all = report_.events;
        if (all.empty() ? event.side != Side::asker : all.back().side > event.side)
            return fail(Fault::invalid, "out of order");
        const auto before = std::ranges::count(all, event.side, &PassportReport::Event::side);
        if (event.index != std::uint64_t(before))
            return fail(Fault::invalid,
                        "event " + std::to_string(before) + " of " + event.by.text + " is missing");
        const auto last = std::find_if(all.rbegin(), all.rend(),
                                       [&](const auto& one) { return one.log == event.log; });
        if (last != all.rend() && last->entry >= event.entry)
            return fail(Fault::invalid, "out of the order of its log");
        return {};
    }

    Result<casework::ReferralMessage> open(const PassportEntry& entry, const std::string& origin) {
        const auto parsed = parse_entry(entry.raw);
        if (!parsed) return std::unexpected(parsed.error());
        const auto* sealed = std::get_if<SealedEntry>(&parsed->content);
        if (sealed == nullptr) return fail(Fault::invalid, "a key entry");
        const auto body =
            open_entry(*sealed, {origin, entry.index}, trust::SymmetricKey{ByteView(entry.key)});
        if (!body) return std::unexpected(body.error());
        if (body->kind != BodyKind::referral || body->subject != passport_.referral.bytes)
            return fail(Fault::invalid, "of something else than this referral");
        auto message = casework::read_referral_message(body->payload, words_);
        if (!message) return message;
        if (message->referral != passport_.referral)
            return fail(Fault::invalid, "of another referral");
        if (message->index != entry.event) return fail(Fault::invalid, "event has another number");
        return message;
    }

    // Each side knows how much of the other's it had seen: what somebody has seen must be here. A
    // referral is erased as a whole, so an event that hides between others was hidden on purpose.
    Result<void> check_whole() {
        const auto erased =
            std::ranges::count_if(report_.events, [](const auto& event) { return !event.message; });
        if (erased == std::ssize(report_.events)) return {};
        if (erased != 0) return bad(Fault::invalid, "some events are erased and others are not");
        if (report_.events.front().message->kind != casework::ReferralEventKind::request)
            return bad(Fault::invalid, "event 0: not a request");
        std::vector<std::uint32_t> asker, asked;  // what each event had seen
        for (const auto& event : report_.events)
            (event.side == Side::asker ? asker : asked).push_back(event.message->seen_other);
        if (const auto good = check_seen(asker, asked, 0); !good) return good;
        if (const auto low = std::ranges::find(asked, 0U); low != asked.end())
            return bad(Fault::invalid, place("event", asker.size() + (low - asked.begin())) +
                                           ": before there was a request");
        return check_seen(asked, asker, asker.size());
    }

    // `first` is the number of own[0] among all events.
    static Result<void> check_seen(const std::vector<std::uint32_t>& own,
                                   const std::vector<std::uint32_t>& others, std::size_t first) {
        std::uint32_t most = 0;
        for (std::size_t i = 0; i < own.size(); ++i) {
            const auto where = place("event", first + i);
            if (own[i] > others.size())
                return bad(Fault::invalid,
                           where + ": based on events that are not in the passport");
            if (own[i] < most) return bad(Fault::invalid, where + ": forgets what was seen before");
            if (own[i] > 0 && others[own[i] - 1] > i)
                return bad(Fault::invalid, where + ": seen by what it has seen");
            most = own[i];
        }
        return {};
    }

    void fold() {
        std::vector<casework::ReferralEvent> asker, asked;
        for (const auto& event : report_.events) {
            if (!event.message) return;
            (event.side == Side::asker ? asker : asked).push_back(mark_of(*event.message));
        }
        const auto& request = report_.events.front();
        const auto stored = request.standing == PassportReport::Standing::receipted
                                ? casework::Stored::yes
                                : casework::Stored::not_yet;
        const auto handover = request.message->request->kind == "transfer"
                                  ? casework::Handover::take_over
                                  : casework::Handover::help;
        report_.view = casework::fold(asker, asked, stored, handover);
        for (const auto& refused : report_.view->refused)
            for (auto& event : report_.events)
                if (event.side == refused.side && event.index == refused.index)
                    event.refused = refused.rule;
    }

    const PassportFile& file_;
    const Passport& passport_;
    std::span<const trust::Verifier> stewards_;
    std::uint32_t threshold_;
    // The lists of words may be of another time; the proof is not.
    const casework::Taxonomies words_ = casework::Taxonomies::of_any_time();
    Directory directory_;
    const DirectoryNode* asker_ = nullptr;
    const DirectoryNode* asked_ = nullptr;
    std::vector<Heads> heads_;
    PassportReport report_;
};

}  // namespace

Result<PassportReport> verify_passport(ByteView file, std::span<const trust::Verifier> stewards,
                                       std::uint32_t threshold) {
    const auto read = read_passport(file);
    if (!read) return std::unexpected(read.error());
    return Verification(*read, stewards, threshold).run();
}

Result<PassportReport> show_passport(ByteView file) {
    const auto read = read_passport(file);
    if (!read) return std::unexpected(read.error());
    const auto note = trust::parse_note(read->passport.directory);
    if (!note) return bad(note.error(), "directory");
    const auto directory = parse_directory(note->text);
    if (!directory) return bad(directory.error(), "directory");
    return Verification(*read, directory->stewards, directory->threshold).run();
}

}  // namespace sanad::federation
