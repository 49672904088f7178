#pragma once

#include "core/api/accounts.h"
#include "core/api/password_workers.h"
#include "core/api/sessions.h"
#include "core/api/sign_in_pace.h"
#include "core/api/tickets.h"
#include "core/store/store.h"

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace sanad::api {

/// Where people sign in, as `[accounts]` of node.toml says.
struct SignInPlace {
    trust::RelyingParty party;  // without an id: no passkeys here
    std::string node_name;      // as an authenticator app shows it
};

/// What somebody brings to show who they are, copied out of a request.
struct PasskeyProof {
    Bytes id, user_handle;  // the handle may be empty: not every authenticator keeps it
    trust::PasskeyAnswer answer;
};
struct PasswordProof {
    std::string name, password, code;
    ~PasswordProof();
};
struct NewPasskey {
    Bytes client_data, authenticator_data;
    std::string label;
};

/// Judges proofs; writes nothing. What it finds right is applied by an engine command that looks
/// again. Every failure to sign in is the same `denied: sign_in_failed`, and takes as long under a
/// name that is nobody's.
class SignIn {
public:
    struct Parts {
        NodeId self;
        SignInPlace place;
        store::Store& store;
        Accounts& accounts;
        const Clock& clock;
        Entropy& entropy;
    };
    explicit SignIn(Parts parts);

    const SignInPlace& place() const { return parts_.place; }
    Tickets& tickets() { return tickets_; }
    SignInPace& pace() { return pace_; }
    Duration elapsed() const { return parts_.clock.elapsed(); }

    /// What was right, to be kept when the person is signed in.
    struct Verified {
        std::string name;
        SignedInBy by = SignedInBy::passkey;
        Bytes passkey_id;
        std::uint32_t counter = 0;
        std::uint64_t totp_step = 0;
    };
    /// Who was it, as far as an audit entry may say: an account of this node, or nobody; and why.
    struct Refused {
        Error error;
        std::string name;
        std::string why;
    };
    using Judged = std::function<void(std::expected<Verified, Refused>)>;

    /// Calls `judged` once: now, or from a worker. threads  any
    void judge(const std::string& ticket, const PasskeyProof& proof, const Judged& judged);
    void judge(const std::string& ticket, PasswordProof proof, const Judged& judged);

    /// What belongs to an enrolment that has begun.
    struct Enrolment {
        Account account;
        Tickets::Ticket ticket;
    };
    /// errors  denied: sign_in_failed. threads  any
    Result<Enrolment> begin_enrolment(const std::string& name, std::string_view code);
    /// The enrolment that a ticket is of. errors  expired. threads  any
    Result<Enrolment> enrolment(const std::string& ticket);
    /// errors  denied: passkeys_off · and those of register_passkey(). threads  any
    Result<KeptPasskey> new_passkey(const Enrolment& enrolment, const NewPasskey& proof);
    /// Checks the code and the words at once, and hashes on a worker.
    using Hashed = std::function<void(Result<KeptPassword>)>;
    void new_password(const Enrolment& enrolment, PasswordProof proof, const Hashed& hashed);

    /// A one-time code that can be read out: four groups of four letters and digits.
    static std::string make_code(Entropy& entropy);
    static trust::Digest hash_of_code(std::string_view code);

private:
    std::expected<Verified, Refused> judge_passkey(const std::string& ticket,
                                                   const PasskeyProof& proof);
    std::expected<Verified, Refused> judge_password(const PasswordProof& proof);
    Result<Account> account_of(const std::string& name);

    Parts parts_;
    Tickets tickets_;
    SignInPace pace_;
    PasswordWorkers workers_;  // last: its threads end before what they use
};

}  // namespace sanad::api
