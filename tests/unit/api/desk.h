#pragma once

#include "core/base/base64url.h"
#include "tests/support/authenticator.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sanad::support {

/// A helpline with a desk: people who enrol and sign in there. Passwords are hashed on threads of
/// their own, so an answer is waited for.
struct Desk {
    static constexpr auto patience = std::chrono::seconds(60);
    const std::string party = "desk.example.org";
    const std::string origin = "https://desk.example.org";
    const std::string sentence = "three green boats at noon";

    Helplines world;
    Helpline& line() { return world.ma(); }

    struct Answer {
        std::shared_ptr<Reply> reply;
        Bytes session;
        bool ended = false;
        std::string error() const { return reply->error(); }
        schema::api::Reply::Reader operator*() const { return **reply; }
    };
    using Fill = Helpline::Fill;

    /// Begins to ask; await() has the answer.
    struct Asked {
        std::mutex mutex;
        std::condition_variable told;
        std::optional<api::DeskDoor::Answered> answered;
        std::size_t count = 0;
    };
    std::shared_ptr<Asked> begin(const Bytes& session, const Fill& fill,
                                 const std::string& actor = {}) {
        capnp::MallocMessageBuilder builder;
        auto request = builder.initRoot<schema::api::Request>();
        request.setVersion(1);
        request.setActor(to_text(actor));
        fill(request);
        return begin_with(session, flatten(builder));
    }
    std::shared_ptr<Asked> begin_with(const Bytes& session, const Bytes& request) {
        auto asked = std::make_shared<Asked>();
        line().service->ask(session, request, [asked](api::DeskDoor::Answered answered) {
            const std::lock_guard lock(asked->mutex);
            asked->answered = std::move(answered);
            ++asked->count;
            asked->told.notify_all();
        });
        return asked;
    }
    Answer await(const std::shared_ptr<Asked>& asked) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until) {
            while (line().node.turn()) {
            }
            std::unique_lock lock(asked->mutex);
            // A worker hands over to the engine, which is this thread: so it looks again soon.
            if (asked->told.wait_for(lock, std::chrono::milliseconds(2),
                                     [&] { return asked->answered.has_value(); })) {
                REQUIRE(asked->count == 1);
                return {std::make_shared<Reply>(std::move(asked->answered->reply)),
                        asked->answered->session, asked->answered->ended};
            }
        }
        FAIL("no answer");
        return {};
    }
    Answer ask(const Bytes& session, const Fill& fill, const std::string& actor = {}) {
        return await(begin(session, fill, actor));
    }

    /// The error of what the local socket is asked.
    std::string at_the_machine(const std::string& actor, const Fill& fill) {
        capnp::MallocMessageBuilder builder;
        auto request = builder.initRoot<schema::api::Request>();
        request.setVersion(1);
        request.setActor(to_text(actor));
        fill(request);
        auto asked = std::make_shared<Asked>();
        line().service->handle(flatten(builder), [asked](Bytes reply) {
            const std::lock_guard lock(asked->mutex);
            asked->answered = api::DeskDoor::Answered{std::move(reply), {}, false};
            ++asked->count;
            asked->told.notify_all();
        });
        return await(asked).error();
    }

    /// The one-time code of an invitation; where two administrators have to want it, noor is the
    /// other.
    std::string invite(const std::string& name, const std::vector<std::string>& roles = {}) {
        const auto code = invited_by("nadia", name, roles);
        if (!code.empty()) return code;
        if (!line().accounts->actor("noor")) invited_by("nadia", "noor", {"admin"});
        return invited_by("noor", name);
    }
    std::string invited_by(const std::string& who, const std::string& name,
                           const std::vector<std::string>& roles = {}) {
        auto reply = line().ask(who, [&](auto request) {
            auto body = request.initAccountInvite();
            body.setName(to_text(name));
            auto list = body.initRoles(static_cast<unsigned>(roles.size()));
            for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(roles[i]));
        });
        REQUIRE(reply.error() == "");
        return from_text((*reply).getInvitation().getCode());
    }

    Answer start_enrolment(const std::string& name, const std::string& code) {
        return ask({}, [&](auto request) {
            auto body = request.initEnrolStart();
            body.setName(to_text(name));
            body.setCode(to_text(code));
        });
    }
    std::shared_ptr<Asked> begin_finish(const std::string& ticket, ByteView challenge,
                                        const Authenticator& authenticator) {
        const auto client = Authenticator::client_data("webauthn.create", challenge, origin);
        return begin({}, [&](auto request) {
            auto body = request.initEnrolFinish();
            body.setTicket(to_text(ticket));
            auto passkey = body.initPasskey();
            passkey.setClientData(to_text(to_base64url(client)));
            passkey.setAuthenticatorData(to_text(to_base64url(authenticator.registration(party))));
            passkey.setLabel("blue key");
        });
    }
    Answer finish_enrolment(const std::string& ticket, ByteView challenge,
                            const Authenticator& authenticator) {
        return await(begin_finish(ticket, challenge, authenticator));
    }
    /// The session of somebody who has enrolled with a passkey just now.
    Bytes enrol(const std::string& name, const Authenticator& authenticator,
                const std::vector<std::string>& roles = {}) {
        const auto begun = start_enrolment(name, invite(name, roles));
        REQUIRE(begun.error() == "");
        const auto view = (*begun).getEnrolment();
        const auto challenge = from_base64url(from_text(view.getChallenge()));
        const auto done = finish_enrolment(from_text(view.getTicket()), *challenge, authenticator);
        REQUIRE(done.error() == "");
        REQUIRE(done.session.size() == 32);
        return done.session;
    }
    /// The secret of the app of somebody who has enrolled with a password; `session` is theirs.
    trust::TotpSecret enrol_password(const std::string& name, Bytes* session = nullptr,
                                     const std::vector<std::string>& roles = {}) {
        const auto begun = start_enrolment(name, invite(name, roles));
        REQUIRE(begun.error() == "");
        const auto view = (*begun).getEnrolment();
        auto secret = secret_of(from_text(view.getTotpSecret()));
        const auto done = ask({}, [&](auto request) {
            auto body = request.initEnrolFinish();
            body.setTicket(view.getTicket());
            fill_password(body.initPassword(), name, sentence, code_of(secret));
        });
        REQUIRE(done.error() == "");
        if (session != nullptr) *session = done.session;
        world.clock.advance(trust::totp_step);  // that code is used
        return secret;
    }
    static trust::TotpSecret secret_of(const std::string& base32) {
        std::uint64_t bits = 0;
        int count = 0;
        Bytes bytes;
        for (const char letter : base32) {
            bits = bits << 5 | std::uint64_t(letter >= 'A' ? letter - 'A' : letter - '2' + 26);
            if ((count += 5) >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
        }
        REQUIRE(bytes.size() == trust::TotpSecret::size);
        return trust::TotpSecret(bytes);
    }
    std::string code_of(const trust::TotpSecret& secret) {
        return trust::totp_code(secret, world.clock.now());
    }
    static void fill_password(schema::api::PasswordAnswer::Builder body, const std::string& name,
                              const std::string& password, const std::string& code) {
        body.setName(to_text(name));
        body.setPassword(to_text(password));
        body.setCode(to_text(code));
    }

    struct Begun {
        std::string ticket;
        Bytes challenge;
    };
    Begun start(const Bytes& session = {}) {
        const auto begun = ask(session, [](auto request) { request.setSignInStart(); });
        REQUIRE(begun.error() == "");
        const auto view = (*begun).getSignIn();
        return {from_text(view.getTicket()), *from_base64url(from_text(view.getChallenge()))};
    }
    void fill_proof(schema::api::SignInFinish::Builder body, const Begun& begun,
                    Authenticator& authenticator) {
        const auto answer = authenticator.answer(party, origin, begun.challenge);
        body.setTicket(to_text(begun.ticket));
        auto passkey = body.initPasskey();
        passkey.setCredential(to_text(to_base64url(authenticator.id)));
        passkey.setClientData(to_text(to_base64url(answer.client_data)));
        passkey.setAuthenticatorData(to_text(to_base64url(answer.authenticator_data)));
        passkey.setSignature(to_text(to_base64url(answer.signature)));
    }
    Answer sign_in(Authenticator& authenticator) {
        const auto begun = start();
        return ask({}, [&](auto request) {
            fill_proof(request.initSignInFinish(), begun, authenticator);
        });
    }
    std::shared_ptr<Asked> begin_password(const std::string& name, const std::string& password,
                                          const std::string& code) {
        const auto begun = start();
        return begin({}, [&](auto request) {
            auto body = request.initSignInFinish();
            body.setTicket(to_text(begun.ticket));
            fill_password(body.initPassword(), name, password, code);
        });
    }
    Answer sign_in(const std::string& name, const std::string& password, const std::string& code) {
        return await(begin_password(name, password, code));
    }
    Answer confirm(const Bytes& session, Authenticator& authenticator) {
        const auto begun = start(session);
        return ask(session, [&](auto request) {
            fill_proof(request.initSessionConfirm(), begun, authenticator);
        });
    }
    Answer show(const Bytes& session) {
        return ask(session, [](auto request) { request.setSessionShow(); });
    }
    Answer list(const Bytes& session) {
        return ask(session, [](auto request) { request.initContactList(); });
    }
    Reply change(const std::string& name, const std::string& what,
                 const std::vector<std::string>& values = {}, const std::string& by = "nadia") {
        return line().ask(by, [&](auto request) {
            auto body = request.initAccountChange();
            body.setName(to_text(name));
            body.setWhat(to_text(what));
            auto list = body.initValues(static_cast<unsigned>(values.size()));
            for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(values[i]));
        });
    }
    void settle() {
        while (line().node.turn()) {
        }
    }
    /// The node ends, and another process begins on its disk.
    void restart() {
        settle();
        world.lines.erase(world.ma_machine.id);
        world.start(world.ma_machine);
    }

    std::vector<store::AuditEntry> audit() {
        settle();
        std::vector<store::AuditEntry> all;
        const auto snapshot = line().node.store->snapshot();
        const auto read = line().node.audit->read(
            **snapshot, 0, 100'000, [&](std::uint64_t, const store::AuditEntry& entry) {
                all.push_back(entry);
                return true;
            });
        REQUIRE(read);
        return all;
    }
    std::vector<store::Event> events() {
        settle();
        const auto snapshot = line().node.store->snapshot();
        auto read = line().node.feed->read(**snapshot, 0, 100'000);
        REQUIRE(read);
        return *read;
    }
};

inline bool has_entry(const std::vector<store::AuditEntry>& audit, const std::string& actor,
                      const std::string& action, const std::string& result,
                      const std::string& reason = {}) {
    return std::ranges::any_of(audit, [&](const auto& entry) {
        return entry.actor == actor && entry.action == action && entry.result == result &&
               (reason.empty() || entry.reason == reason);
    });
}

}  // namespace sanad::support
