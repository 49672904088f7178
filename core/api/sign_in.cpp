#include "core/api/sign_in.h"

#include "core/base/digits.h"

#include <algorithm>
#include <array>
#include <memory>

namespace sanad::api {
namespace {

// Without 0 O 1 I, which are taken for one another when they are read out or written down.
constexpr std::string_view code_letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::size_t code_size = 16;
constexpr std::size_t code_group = 4;
constexpr std::size_t code_bytes_max = 64;

std::unexpected<Error> sign_in_failed() { return fail(Fault::denied, "sign_in_failed"); }

std::unexpected<SignIn::Refused> refused(std::string name, std::string why) {
    return std::unexpected(
        SignIn::Refused{{Fault::denied, "sign_in_failed"}, std::move(name), std::move(why)});
}

std::unexpected<SignIn::Refused> refused(const Error& error, std::string why) {
    return std::unexpected(SignIn::Refused{error, "", std::move(why)});
}

}  // namespace

PasswordProof::~PasswordProof() {
    for (std::string* text : {&password, &code})
        trust::wipe({reinterpret_cast<std::uint8_t*>(text->data()), text->size()});
}

SignIn::SignIn(Parts parts)
    : parts_(std::move(parts)), tickets_(parts_.entropy), workers_(parts_.clock) {}

Result<Account> SignIn::account_of(const std::string& name) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    return parts_.accounts.find(**snapshot, name);
}

void SignIn::judge(const std::string& ticket, const PasskeyProof& proof, const Judged& judged) {
    judged(judge_passkey(ticket, proof));
}

std::expected<SignIn::Verified, SignIn::Refused> SignIn::judge_passkey(const std::string& ticket,
                                                                       const PasskeyProof& proof) {
    const auto begun = tickets_.check(Tickets::For::sign_in, ticket, {}, elapsed());
    if (!begun) return refused(begun.error(), "passkey ticket");
    const auto owner = parts_.accounts.owner_of(proof.id);
    if (!owner) return refused("", "passkey unknown");
    const auto account = account_of(*owner);
    if (!account) return refused(*owner, "passkey");
    const auto kept = std::ranges::find(account->passkeys, proof.id,
                                        [](const KeptPasskey& one) { return one.passkey.id; });
    if (kept == account->passkeys.end()) return refused(*owner, "passkey unknown");
    if (!proof.user_handle.empty() && proof.user_handle != account->user_handle)
        return refused(*owner, "passkey of somebody else");
    const auto counter =
        trust::verify_passkey(parts_.place.party, begun->challenge, kept->passkey, proof.answer);
    if (!counter) {
        const bool copied = counter.error().fault == Fault::conflict;
        return refused(*owner, copied ? "passkey may have been copied" : "passkey");
    }
    if (const auto spent = tickets_.spend(*begun, elapsed()); !spent)
        return refused(spent.error(), "passkey ticket");
    return Verified{*owner, SignedInBy::passkey, proof.id, *counter, 0};
}

void SignIn::judge(const std::string& ticket, PasswordProof proof, const Judged& judged) {
    const auto begun = tickets_.check(Tickets::For::sign_in, ticket, {}, elapsed());
    if (!begun) return judged(refused(begun.error(), "password ticket"));
    const bool known = account_of(proof.name).has_value();
    if (!pace_.may_try(proof.name, elapsed()))
        return judged(refused(known ? proof.name : "", "password too soon"));
    auto shared = std::make_shared<PasswordProof>(std::move(proof));  // of this job alone
    const auto taken =
        workers_.submit([this, shared, judged, begun = *begun](const Result<void>& turn) {
            if (!turn) return judged(refused(turn.error(), "password"));
            auto verified = judge_password(*shared);
            if (verified) {
                if (const auto spent = tickets_.spend(begun, elapsed()); !spent)
                    return judged(refused(spent.error(), "password ticket"));
                pace_.succeeded(verified->name);
            }
            judged(std::move(verified));
        });
    if (!taken) judged(refused(taken.error(), "password"));
}

// The hash is computed in every case and before anything else is looked at.
std::expected<SignIn::Verified, SignIn::Refused> SignIn::judge_password(
    const PasswordProof& proof) {
    const auto account = account_of(proof.name);
    const bool has = account && account->password;
    const auto right = trust::is_password(has ? account->password->hash : trust::nobodys_password(),
                                          proof.password);
    if (!right && right.error().fault == Fault::exhausted)
        return refused(right.error(), "password");
    const std::string name = account ? account->name : "";
    if (!has) return refused(name, "password");
    const auto code = ascii_digits(proof.code, trust::totp_digits);
    const auto step = trust::check_totp(account->password->totp, code.value_or(""),
                                        parts_.clock.now(), account->password->totp_step);
    if (!right || !*right) return refused(name, "password");
    if (!step) {
        const bool again = step.error().detail == "totp_used";
        return refused(name, again ? "code used before" : "code");
    }
    if (!parts_.accounts.actor(name)) return refused(name, "disabled");
    return Verified{name, SignedInBy::password, {}, 0, *step};
}

Result<SignIn::Enrolment> SignIn::begin_enrolment(const std::string& name, std::string_view code) {
    auto account = account_of(name);
    const trust::Digest given = hash_of_code(code);
    if (!account || !account->is_invited(parts_.clock.now()) ||
        !trust::equal_in_constant_time(given, *account->invitation))
        return sign_in_failed();
    auto ticket = tickets_.issue(Tickets::For::enrol, name, *account->invitation, elapsed());
    return Enrolment{std::move(*account), std::move(ticket)};
}

Result<SignIn::Enrolment> SignIn::enrolment(const std::string& ticket) {
    const auto person = Tickets::person_in(ticket);
    if (!person) return std::unexpected(person.error());
    auto account = account_of(*person);
    // A code that was used, or replaced by another, takes its tickets with it.
    if (!account || !account->active || !account->invitation)
        return fail(Fault::expired, "ticket_expired");
    auto checked = tickets_.check(Tickets::For::enrol, ticket, *account->invitation, elapsed());
    if (!checked) return std::unexpected(checked.error());
    return Enrolment{std::move(*account), std::move(*checked)};
}

Result<KeptPasskey> SignIn::new_passkey(const Enrolment& enrolment, const NewPasskey& proof) {
    if (parts_.place.party.id.empty()) return fail(Fault::denied, "passkeys_off");
    auto passkey = trust::register_passkey(parts_.place.party, enrolment.ticket.challenge,
                                           proof.client_data, proof.authenticator_data);
    if (!passkey) return std::unexpected(passkey.error());
    return KeptPasskey{std::move(*passkey), proof.label, parts_.clock.now(), {}};
}

void SignIn::new_password(const Enrolment& enrolment, PasswordProof proof, const Hashed& hashed) {
    const auto& account = enrolment.account;
    const auto sound = trust::check_password(
        proof.password,
        {account.name, account.display_name, parts_.self.text, parts_.place.node_name});
    if (!sound) return hashed(std::unexpected(sound.error()));
    auto secret = tickets_.totp_of(enrolment.ticket);
    const auto code = ascii_digits(proof.code, trust::totp_digits);
    const auto step = trust::check_totp(secret, code.value_or(""), parts_.clock.now(), 0);
    if (!step) return hashed(fail(Fault::denied, "code_wrong"));
    struct Job {
        PasswordProof proof;
        KeptPassword kept;
    };
    auto job = std::make_shared<Job>();  // of this job alone
    job->proof = std::move(proof);
    job->kept.totp = std::move(secret);
    job->kept.totp_step = *step;
    const auto taken = workers_.submit([this, job, hashed](const Result<void>& turn) {
        if (!turn) return hashed(std::unexpected(turn.error()));
        const auto hash = trust::hash_password(job->proof.password, parts_.entropy);
        if (!hash) return hashed(std::unexpected(hash.error()));
        job->kept.hash = *hash;
        hashed(std::move(job->kept));
    });
    if (!taken) hashed(std::unexpected(taken.error()));
}

std::string SignIn::make_code(Entropy& entropy) {
    std::array<std::uint8_t, code_size> random{};
    entropy.fill(random);
    std::string code;
    for (std::size_t i = 0; i < code_size; ++i) {
        if (i > 0 && i % code_group == 0) code.push_back('-');
        code.push_back(code_letters[random[i] % code_letters.size()]);
    }
    return code;
}

trust::Digest SignIn::hash_of_code(std::string_view code) {
    std::string plain;
    for (const char letter : code.substr(0, code_bytes_max)) {
        const bool small = letter >= 'a' && letter <= 'z';
        const char large = small ? static_cast<char>(letter - 'a' + 'A') : letter;
        if (code_letters.contains(large)) plain.push_back(large);
    }
    return trust::sha256(bytes_of(plain));
}

}  // namespace sanad::api
