#include "core/federation/gossip_message.h"

#include "core/base/message.h"
#include "core/federation/directory_book.h"
#include "core/federation/revocation.h"
#include "schemas/wire.capnp.h"

namespace sanad::federation {
namespace {

struct Writer {
    schema::DirectoryGossip::Builder to;

    void operator()(const DirectoryHave& have) { to.setHave(have.version); }
    void operator()(const DirectoryWant& want) { to.setWant(want.version); }
    void operator()(const DirectoryOffer& offer) {
        auto list = to.initOffer(static_cast<unsigned>(offer.notes.size()));
        for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(offer.notes[i]));
    }
    void operator()(const DirectoryNotice& notice) { to.setNotice(to_text(notice.note)); }
};

Result<GossipMessage> parse_offer(capnp::List<capnp::Text>::Reader notes) {
    if (notes.size() > offer_notes_max) return fail(Fault::bad_size, "offer");
    DirectoryOffer offer;
    for (const auto note : notes) {
        if (note.size() > directory_note_bytes_max) return fail(Fault::bad_size, "directory");
        offer.notes.push_back(from_text(note));
    }
    return offer;
}

Result<GossipMessage> parse_notice(capnp::Text::Reader note) {
    if (note.size() > revocation_bytes_max) return fail(Fault::bad_size, "notice");
    return DirectoryNotice{from_text(note)};
}

Result<GossipMessage> parse(schema::DirectoryGossip::Reader in) {
    switch (in.which()) {
        case schema::DirectoryGossip::HAVE:
            return DirectoryHave{in.getHave()};
        case schema::DirectoryGossip::WANT:
            return DirectoryWant{in.getWant()};
        case schema::DirectoryGossip::OFFER:
            return parse_offer(in.getOffer());
        case schema::DirectoryGossip::NOTICE:
            return parse_notice(in.getNotice());
    }
    return fail(Fault::unsupported, "gossip");
}

}  // namespace

Bytes write_message(const GossipMessage& message) {
    capnp::MallocMessageBuilder builder;
    std::visit(Writer{builder.initRoot<schema::DirectoryGossip>()}, message);
    return flatten(builder);
}

Result<GossipMessage> parse_gossip(ByteView bytes) {
    return read_message<schema::DirectoryGossip>(bytes, parse);
}

}  // namespace sanad::federation
