// The part of Service that lets people in: passkeys, passwords with codes, and enrolment.
#include "core/api/error_reply.h"
#include "core/api/reply_text.h"
#include "core/api/service_call.h"
#include "core/base/base64url.h"
#include "core/base/text.h"

#include <algorithm>

namespace sanad::api {

using schema::api::Request;

namespace {

Result<Bytes> bytes_in(capnp::Text::Reader text) {
    return from_base64url({text.cStr(), text.size()});
}

Result<PasskeyProof> proof_in(schema::api::PasskeyAssertion::Reader in) {
    auto id = bytes_in(in.getCredential());
    auto handle = bytes_in(in.getUserHandle());
    auto client_data = bytes_in(in.getClientData());
    auto data = bytes_in(in.getAuthenticatorData());
    auto signature = bytes_in(in.getSignature());
    if (!id || !handle || !client_data || !data || !signature)
        return fail(Fault::malformed, "passkey");
    return PasskeyProof{std::move(*id),
                        std::move(*handle),
                        {std::move(*client_data), std::move(*data), std::move(*signature)}};
}

PasswordProof proof_in(schema::api::PasswordAnswer::Reader in) {
    return {from_text(in.getName()), from_text(in.getPassword()), from_text(in.getCode())};
}

Result<NewPasskey> new_passkey_in(schema::api::PasskeyAttestation::Reader in) {
    auto client_data = bytes_in(in.getClientData());
    auto data = bytes_in(in.getAuthenticatorData());
    if (!client_data || !data) return fail(Fault::malformed, "passkey");
    NewPasskey made{std::move(*client_data), std::move(*data), from_text(in.getLabel())};
    if (!made.label.empty() && !check_label(made.label, Accounts::label_bytes_max))
        return fail(Fault::malformed, "label");
    return made;
}

// Two at once may have the same passkey or code: what is stored decides.
Result<void> note_use(Account& account, const SignIn::Verified& verified, Time now) {
    if (verified.by == SignedInBy::password) {
        if (!account.password || verified.totp_step <= account.password->totp_step)
            return fail(Fault::denied, "sign_in_failed");
        account.password->totp_step = verified.totp_step;
        return {};
    }
    const auto kept = std::ranges::find(account.passkeys, verified.passkey_id,
                                        [](const KeptPasskey& one) { return one.passkey.id; });
    if (kept == account.passkeys.end()) return fail(Fault::denied, "sign_in_failed");
    const auto before = kept->passkey.counter;
    if ((verified.counter != 0 || before != 0) && verified.counter <= before)
        return fail(Fault::denied, "sign_in_failed");
    kept->passkey.counter = verified.counter;
    kept->used_at = now;
    return {};
}

}  // namespace

void Service::serve_by_person(const std::shared_ptr<Call>& call) {
    try {
        (this->*call->rule->by_person)(call);
    } catch (const kj::Exception& exception) {
        call->finish(malformed(exception));
    }
}

Result<void> Service::sign_in_start(Context&, In, Out reply) {
    const auto ticket = sign_in_.tickets().issue(Tickets::For::sign_in, {}, {}, sign_in_.elapsed());
    auto out = reply.initSignIn();
    out.setTicket(text(Tickets::text_of(ticket)));
    out.setChallenge(text(to_base64url(ticket.challenge)));
    out.setRelyingParty(text(sign_in_.place().party.id));
    return {};
}

void Service::judge_sign_in(const std::shared_ptr<Call>& call, const SignIn::Judged& judged) {
    const auto request = call->request();
    const auto in =
        request.isSessionConfirm() ? request.getSessionConfirm() : request.getSignInFinish();
    const std::string ticket = from_text(in.getTicket());
    if (in.isPassword()) return sign_in_.judge(ticket, proof_in(in.getPassword()), judged);
    if (!in.isPasskey()) return call->finish(fail(Fault::unsupported, "proof"));
    const auto proof = proof_in(in.getPasskey());
    if (!proof) return call->finish(std::unexpected(proof.error()));
    sign_in_.judge(ticket, *proof, judged);
}

// Also sessionConfirm: the same proof, by the same person.
void Service::sign_in_finish(const std::shared_ptr<Call>& call) {
    judge_sign_in(call, [this, call](const std::expected<SignIn::Verified, SignIn::Refused>& who) {
        if (!who) return refuse_sign_in(call, who.error());
        if (call->actor.session && who->name != call->actor.name)
            return refuse_sign_in(
                call, {{Fault::denied, "sign_in_failed"}, call->actor.name, "somebody else"});
        open_session(call, who->name, who->by, [verified = *who](Account& account, Time now) {
            return note_use(account, verified, now);
        });
    });
}

// Names that are nobody's may be passwords in the wrong field: they are not recorded.
void Service::refuse_sign_in(const std::shared_ptr<Call>& call, const SignIn::Refused& refused) {
    const bool failed = code_of(refused.error) == "sign_in_failed";
    if (failed) parts_.counters.add("api.sign_in_failed");
    if (failed && sign_in_.pace().may_record(sign_in_.elapsed()))
        record_later({.at = parts_.clock.now(),
                      .actor = refused.name.empty() ? "nobody" : refused.name,
                      .action = call->rule->action,
                      .reason = refused.why,
                      .result = code_of(refused.error)});
    call->finish(std::unexpected(refused.error));
}

void Service::open_session(const std::shared_ptr<Call>& call, const std::string& name,
                           SignedInBy by, const ChangeAccount& change) {
    Bytes token(Sessions::token_bytes);
    parts_.entropy.fill(token);
    const auto work = [this, call, name, by, change,
                       hash = trust::sha256(token)](store::Draft& draft) -> Result<void> {
        const Time now = parts_.clock.now();
        auto account = parts_.accounts.find(draft, name);
        if (!account || !account->active || account->roles.empty())
            return fail(Fault::denied, "sign_in_failed");
        if (const auto changed = change(*account, now); !changed) return changed;
        Session session{name, hash, now, now, now, by};
        if (call->actor.session) {
            const auto before = parts_.sessions.find(*call->actor.session, now);
            if (!before) return fail(Fault::denied, "signed_out");
            session.started_at = before->started_at;
        }
        const auto opened = call->actor.session ? parts_.sessions.confirm(
                                                      draft, *call->actor.session, hash, by, now)
                                                : parts_.sessions.begin(draft, session, now);
        if (!opened) return opened;
        if (!call->actor.session) account->last_sign_in = now;
        const auto tell = call->rule->which == Request::ENROL_FINISH ? Accounts::Tell::changed
                                                                     : Accounts::Tell::nothing;
        if (const auto saved = parts_.accounts.save(draft, *account, now, tell); !saved)
            return saved;
        fill_session(call->fresh().initSession(), *account, session);
        store::AuditEntry entry{.at = now,
                                .actor = name,
                                .role = std::string(api::name(*account->roles.rbegin())),
                                .action = call->rule->action,
                                .reason = std::string(api::name(by))};
        parts_.audit.append(draft, entry);
        return {};
    };
    const auto taken = parts_.engine.submit(
        work, [this, call, name, by, token = std::move(token)](const Result<void>& result) {
            if (!result)
                return refuse_sign_in(call, {result.error(), name, std::string(api::name(by))});
            call->desk->fresh = token;
            call->finish(result);
        });
    if (!taken) call->finish(taken);
}

void Service::enrol_start(const std::shared_ptr<Call>& call) {
    const auto in = call->request().getEnrolStart();
    const std::string name = from_text(in.getName());
    const auto begun = sign_in_.begin_enrolment(name, from_text(in.getCode()));
    if (!begun) {
        const bool known = parts_.accounts.actor(name).has_value();
        return refuse_sign_in(call, {begun.error(), known ? name : "", "one-time code"});
    }
    const auto secret = sign_in_.tickets().totp_of(begun->ticket);
    auto out = call->fresh().initEnrolment();
    out.setTicket(text(Tickets::text_of(begun->ticket)));
    out.setChallenge(text(to_base64url(begun->ticket.challenge)));
    out.setRelyingParty(text(sign_in_.place().party.id));
    out.setUserHandle(text(to_base64url(begun->account.user_handle)));
    out.setName(text(begun->account.name));
    out.setDisplayName(text(begun->account.display_name));
    out.setTotpSecret(text(trust::totp_text(secret)));
    out.setTotpAddress(
        text(trust::totp_address(secret, sign_in_.place().node_name, begun->account.name)));
    std::vector<std::string> ids;
    for (const auto& kept : begun->account.passkeys) ids.push_back(to_base64url(kept.passkey.id));
    fill_texts(out.initCredentials(static_cast<unsigned>(ids.size())), ids);
    call->finish({});
}

void Service::enrol_finish(const std::shared_ptr<Call>& call) {
    const auto in = call->request().getEnrolFinish();
    const auto enrolment = sign_in_.enrolment(from_text(in.getTicket()));
    if (!enrolment) return call->finish(std::unexpected(enrolment.error()));
    if (in.isPasskey()) return enrol_passkey(call, *enrolment, in.getPasskey());
    if (!in.isPassword()) return call->finish(fail(Fault::unsupported, "proof"));
    const Invited invited{enrolment->account.name, *enrolment->account.invitation};
    sign_in_.new_password(
        *enrolment, proof_in(in.getPassword()), [this, call, invited](Result<KeptPassword> made) {
            if (!made) return call->finish(std::unexpected(made.error()));
            // Of the command alone, which may run twice.
            const auto kept = std::make_shared<const KeptPassword>(std::move(*made));
            complete_enrolment(call, invited, SignedInBy::password,
                               [kept](Account& account, Time) -> Result<void> {
                                   account.password.emplace(KeptPassword{
                                       kept->hash, kept->totp.copy(), kept->totp_step});
                                   return {};
                               });
        });
}

void Service::enrol_passkey(const std::shared_ptr<Call>& call, const SignIn::Enrolment& enrolment,
                            schema::api::PasskeyAttestation::Reader in) {
    const auto proof = new_passkey_in(in);
    if (!proof) return call->finish(std::unexpected(proof.error()));
    auto made = sign_in_.new_passkey(enrolment, *proof);
    if (!made) return call->finish(std::unexpected(made.error()));
    complete_enrolment(call, {enrolment.account.name, *enrolment.account.invitation},
                       SignedInBy::passkey,
                       [this, kept = std::move(*made)](Account& account, Time) -> Result<void> {
                           if (account.passkeys.size() >= Accounts::passkeys_max)
                               return fail(Fault::denied, "passkeys_full");
                           if (parts_.accounts.owner_of(kept.passkey.id))
                               return fail(Fault::denied, "passkey_known");
                           account.passkeys.push_back(kept);
                           return {};
                       });
}

void Service::complete_enrolment(const std::shared_ptr<Call>& call, const Invited& invited,
                                 SignedInBy by, ChangeAccount add) {
    open_session(call, invited.name, by,
                 [invited, add = std::move(add)](Account& account, Time now) -> Result<void> {
                     if (account.invitation != invited.code)
                         return fail(Fault::expired, "ticket_expired");
                     account.invitation.reset();
                     account.invited_until = {};
                     return add(account, now);
                 });
}

}  // namespace sanad::api
