#pragma once

#include "core/api/error_reply.h"
#include "core/api/service.h"
#include "core/base/message.h"

#include <initializer_list>
#include <memory>
#include <optional>

// One request on its way through the Service: only service.cpp and service_serve.cpp see it.
namespace sanad::api {

/// How a request is served: from a snapshot at once; in the engine, with an audit entry; or, what
/// takes long, from a snapshot on a thread of its own, once its audit entry is on disk; or, as
/// that, on the thread of the links; or by the plugin that it is about, when its turn comes.
/// One that makes somebody signed in writes its own audit entry: who it was is known only then.
enum class Serve : std::uint8_t { read, audited, lengthy, by_links, by_plugins, by_person };

/// Where a request may come from: what is about a session only from a desk.
enum class From : std::uint8_t { anywhere, desk };

/// At a desk: whether the person must have shown a second factor in the last minutes.
enum class Factor : std::uint8_t { any, fresh };

/// Nobody: who has not signed in yet, and no one else.
inline constexpr std::initializer_list<Role> nobody{};

struct Service::Rule {
    schema::api::Request::Which which;
    Serve serve;
    std::initializer_list<Role> roles;
    const char* action;
    Handler handler = nullptr;
    LinkHandler by_links = nullptr;
    PluginHandler by_plugins = nullptr;
    PersonHandler by_person = nullptr;
    From from = From::anywhere;
    Factor factor = Factor::any;
};

/// What a desk brought beside a request, and what it gets beside the reply.
struct Service::DeskSide {
    std::optional<trust::Digest> session;  // the hash of what it brought; none: that was no token
    Bytes fresh;                           // the token of who has just signed in
};

struct Service::Call {
    kj::Array<capnp::word> words;
    std::optional<capnp::FlatArrayMessageReader> reader;
    const Rule* rule = nullptr;
    Actor actor;
    Door::Answer answer;
    std::shared_ptr<DeskSide> desk;  // none: through the local socket; the answer shares it
    std::unique_ptr<capnp::MallocMessageBuilder> reply;
    Duration answer_by{};  // of a reader of the feed that waits
    std::string reason{};  // for the audit entry, where it is written before the act

    /// The role that lets the actor do this; else any of the actor's.
    std::string role() const {
        for (const Role role : rule->roles)
            if (actor.roles.contains(role)) return std::string(name(role));
        return actor.roles.empty() ? "" : std::string(name(*actor.roles.rbegin()));
    }

    Call() = default;
    // A password may stand in the request.
    ~Call() {
        trust::wipe({reinterpret_cast<std::uint8_t*>(words.begin()), words.asBytes().size()});
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    schema::api::Request::Reader request() { return reader->getRoot<schema::api::Request>(); }
    Out fresh() {
        reply = std::make_unique<capnp::MallocMessageBuilder>();
        return reply->initRoot<schema::api::Reply>();
    }
    void finish(const Result<void>& result) {
        if (!result) fill(fresh().initError(), result.error());
        answer(flatten(*reply));
    }
};

}  // namespace sanad::api
