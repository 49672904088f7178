#include "core/federation/passport.h"

#include "core/base/encoding.h"
#include "core/base/message.h"
#include "core/base/time_text.h"
#include "core/federation/directory_values.h"
#include "core/federation/entry.h"
#include "core/trust/checkpoint.h"
#include "schemas/passport.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

using casework::Side;

constexpr std::size_t key_bytes = trust::SymmetricKey::size;

std::unexpected<Error> bad(Fault fault, const std::string& where) {
    return fail(fault, "passport: " + where);
}

std::string place(const char* list, std::size_t number) {
    return list + (" " + std::to_string(number));
}

schema::Side to_schema(Side side) {
    return side == Side::asker ? schema::Side::ASKER : schema::Side::ASKED;
}

Result<Side> from_schema(schema::Side side, const std::string& where) {
    if (side == schema::Side::ASKER) return Side::asker;
    if (side == schema::Side::ASKED) return Side::asked;
    return bad(Fault::unsupported, where + ": side");
}

Bytes join(const trust::Proof& proof) {
    Bytes bytes;
    bytes.reserve(proof.size() * sizeof(trust::Digest));
    for (const auto& digest : proof) append(bytes, digest);
    return bytes;
}

Result<trust::Proof> split(ByteView bytes, const std::string& where) {
    if (bytes.size() % sizeof(trust::Digest) != 0 ||
        bytes.size() > trust::proof_digests_max * sizeof(trust::Digest))
        return bad(Fault::bad_size, where + ": proof");
    trust::Proof proof(bytes.size() / sizeof(trust::Digest));
    for (auto& digest : proof) {
        std::ranges::copy(bytes.first(digest.size()), digest.begin());
        bytes = bytes.subspan(digest.size());
    }
    return proof;
}

void write(schema::PassportLog::Builder to, const PassportLog& log) {
    to.setWriter(to_schema(log.writer));
    to.setLane(log.lane == Lane::urgent ? schema::Lane::URGENT : schema::Lane::NORMAL);
    to.setReceipted(to_text(log.receipted));
    to.setWritten(to_text(log.written));
    to.setExtension(to_data(join(log.extension)));
}

void write(schema::PassportEvent::Builder to, const PassportEntry& event) {
    to.setLog(event.log);
    to.setIndex(event.index);
    to.setEvent(event.event);
    to.setEntry(to_data(event.raw));
    to.setKey(to_data(event.key));
    if (event.is_erased()) to.setLeaf(to_data(event.leaf));
    to.setProof(to_data(join(event.proof)));
}

Bytes write_contents(const Passport& passport) {
    std::size_t bytes = passport.directory.size() + 64 * 1024;
    for (const auto& event : passport.events)
        bytes += event.raw.size() + (event.proof.size() + 8) * sizeof(trust::Digest);
    capnp::MallocMessageBuilder builder(unsigned(bytes / sizeof(capnp::word)));
    auto to = builder.initRoot<schema::PassportContents>();
    to.setReferral(to_data(passport.referral));
    to.setAsker(to_text(passport.asker.text));
    to.setAsked(to_text(passport.asked.text));
    to.setExporter(to_schema(passport.exporter));
    to.setExportedAtMs(passport.exported_at.ms);
    to.setDirectory(to_text(passport.directory));
    auto logs = to.initLogs(unsigned(passport.logs.size()));
    for (unsigned i = 0; i < logs.size(); ++i) write(logs[i], passport.logs[i]);
    auto events = to.initEvents(unsigned(passport.events.size()));
    for (unsigned i = 0; i < events.size(); ++i) write(events[i], passport.events[i]);
    return flatten(builder);
}

Result<PassportLog> read(schema::PassportLog::Reader from, const std::string& where) {
    PassportLog log;
    const auto writer = from_schema(from.getWriter(), where);
    if (!writer) return std::unexpected(writer.error());
    log.writer = *writer;
    switch (from.getLane()) {
        case schema::Lane::NORMAL:
            log.lane = Lane::normal;
            break;
        case schema::Lane::URGENT:
            log.lane = Lane::urgent;
            break;
        default:
            return bad(Fault::unsupported, where + ": lane");
    }
    const auto receipted = from.getReceipted();
    const auto written = from.getWritten();
    if (receipted.size() > trust::checkpoint_note_bytes_max ||
        written.size() > trust::checkpoint_note_bytes_max)
        return bad(Fault::bad_size, where + ": head");
    log.receipted = from_text(receipted);
    log.written = from_text(written);
    auto extension = split(from_data(from.getExtension()), where);
    if (!extension) return std::unexpected(extension.error());
    log.extension = std::move(*extension);
    return log;
}

// Either an entry with its key, or the leaf hash alone: one form of each.
Result<PassportEntry> read(schema::PassportEvent::Reader from, const std::string& where) {
    PassportEntry event{from.getLog(), from.getIndex(), from.getEvent(), {}, {}, {}, {}};
    const auto raw = from_data(from.getEntry());
    const auto key = from_data(from.getKey());
    const auto leaf = from_data(from.getLeaf());
    const bool erased = raw.empty();
    if (event.event >= casework::referral_events_max)
        return bad(Fault::exhausted, where + ": too many of one side");
    if (raw.size() > entry_bytes_max) return bad(Fault::bad_size, where + ": entry");
    if (key.size() != (erased ? 0 : key_bytes)) return bad(Fault::bad_size, where + ": key");
    if (leaf.size() != (erased ? event.leaf.size() : 0))
        return bad(Fault::bad_size, where + ": leaf");
    event.raw.assign(raw.begin(), raw.end());
    event.key.assign(key.begin(), key.end());
    std::ranges::copy(leaf, event.leaf.begin());
    auto proof = split(from_data(from.getProof()), where);
    if (!proof) return std::unexpected(proof.error());
    event.proof = std::move(*proof);
    return event;
}

template <typename Item, typename List>
Result<std::vector<Item>> read_list(List list, std::size_t most, const char* name) {
    if (list.size() == 0) return bad(Fault::malformed, std::string("no ") + name);
    if (list.size() > most) return bad(Fault::exhausted, std::string("too many: ") + name);
    std::vector<Item> items;
    items.reserve(list.size());
    for (const auto from : list) {
        auto item = read(from, place(name, items.size()));
        if (!item) return std::unexpected(item.error());
        items.push_back(std::move(*item));
    }
    return items;
}

Result<void> read_head(schema::PassportContents::Reader from, Passport& passport) {
    const auto referral = id_from<ReferralId>(from_data(from.getReferral()));
    if (!referral) return bad(Fault::bad_size, "referral");
    if (referral->empty()) return bad(Fault::malformed, "referral");
    auto asker = parse_node_id(from_text(from.getAsker()));
    auto asked = parse_node_id(from_text(from.getAsked()));
    if (!asker || !asked || *asker == *asked) return bad(Fault::malformed, "asker and asked");
    const auto exporter = from_schema(from.getExporter(), "exporter");
    if (!exporter) return std::unexpected(exporter.error());
    const Time exported{from.getExportedAtMs()};
    if (exported < Time{} || exported > passport_time_max || exported.ms % 1000 != 0)
        return bad(Fault::malformed, "time of export");
    const auto directory = from.getDirectory();
    if (directory.size() > trust::note_bytes_max) return bad(Fault::bad_size, "directory");
    passport.referral = *referral;
    passport.asker = std::move(*asker);
    passport.asked = std::move(*asked);
    passport.exporter = *exporter;
    passport.exported_at = exported;
    passport.directory = from_text(directory);
    return {};
}

Result<Passport> read_contents(ByteView bytes) {
    return read_message<schema::PassportContents>(
        bytes,
        [](auto from) -> Result<Passport> {
            Passport passport;
            if (const auto head = read_head(from, passport); !head)
                return std::unexpected(head.error());
            auto logs = read_list<PassportLog>(from.getLogs(), passport_logs_max, "log");
            if (!logs) return std::unexpected(logs.error());
            auto events = read_list<PassportEntry>(from.getEvents(), passport_events_max, "event");
            if (!events) return std::unexpected(events.error());
            passport.logs = std::move(*logs);
            passport.events = std::move(*events);
            return passport;
        },
        passport_bytes_max);
}

// The outer message in its one form: nobody but the exporter can make another file of the same
// content.
Bytes write_file(ByteView contents, const std::string& statement) {
    capnp::MallocMessageBuilder builder(
        unsigned((contents.size() + statement.size()) / sizeof(capnp::word) + 32));
    auto file = builder.initRoot<schema::Passport>();
    file.setVersion(passport_version);
    file.setContents(to_data(contents));
    file.setStatement(to_text(statement));
    return flatten(builder);
}

}  // namespace

std::string statement_text(const Passport& passport, const trust::Digest& contents) {
    return "sanad-passport/v1\nreferral " + format(passport.referral) + "\ncontents " +
           to_base64(contents) + "\nexported " + format_time(passport.exported_at) + "\n";
}

Result<Bytes> write_passport(const Passport& passport, const trust::SigningKey& signing) {
    const Bytes contents = write_contents(passport);
    const auto statement = trust::sign_note(statement_text(passport, trust::sha256(contents)),
                                            signing, passport.node(passport.exporter).text);
    if (!statement) return std::unexpected(statement.error());
    Bytes bytes = write_file(contents, *statement);
    if (bytes.size() > passport_bytes_max) return bad(Fault::bad_size, "over 16 MiB");
    return bytes;
}

Result<PassportFile> read_passport(ByteView file) {
    return read_message<schema::Passport>(
        file,
        [file](auto from) -> Result<PassportFile> {
            if (from.getVersion() != passport_version)
                return bad(Fault::unsupported, "a version that this program does not know");
            const ByteView contents = from_data(from.getContents());
            const auto statement = from.getStatement();
            if (statement.size() > trust::checkpoint_note_bytes_max)
                return bad(Fault::bad_size, "statement");
            auto passport = read_contents(contents);
            if (!passport) return std::unexpected(passport.error());
            PassportFile read{std::move(*passport), trust::sha256(contents), from_text(statement)};
            if (!std::ranges::equal(write_file(contents, read.statement), file))
                return bad(Fault::malformed, "the file is not in its one form");
            return read;
        },
        passport_bytes_max);
}

}  // namespace sanad::federation
