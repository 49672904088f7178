#include "core/api/account_record.h"

#include "core/api/reply_text.h"
#include "core/base/message.h"
#include "schemas/accounts.capnp.h"

#include <algorithm>

namespace sanad::api {
namespace {

Bytes bytes_from(capnp::Data::Reader data) { return {data.begin(), data.end()}; }

template <std::size_t Size>
bool fill_array(std::array<std::uint8_t, Size>& array, capnp::Data::Reader data) {
    if (data.size() != Size) return false;
    std::copy(data.begin(), data.end(), array.begin());
    return true;
}

void encode_passkey(schema::PasskeyRecord::Builder out, const KeptPasskey& kept) {
    out.setId(to_data(kept.passkey.id));
    out.setAlgorithm(static_cast<std::int16_t>(kept.passkey.algorithm));
    out.setKey(to_data(kept.passkey.key));
    out.setCounter(kept.passkey.counter);
    out.setLabel(to_text(kept.label));
    out.setAddedAtMs(kept.added_at.ms);
    out.setUsedAtMs(kept.used_at.ms);
}

Result<KeptPasskey> decode_passkey(schema::PasskeyRecord::Reader in) {
    using enum trust::PasskeyAlgorithm;
    KeptPasskey kept{{bytes_from(in.getId()), es256, bytes_from(in.getKey()), in.getCounter()},
                     from_text(in.getLabel()),
                     {in.getAddedAtMs()},
                     {in.getUsedAtMs()}};
    for (const auto algorithm : {es256, eddsa, rs256})
        if (static_cast<std::int16_t>(algorithm) == in.getAlgorithm()) {
            kept.passkey.algorithm = algorithm;
            return kept;
        }
    return fail(Fault::unsupported, "passkey");
}

Result<KeptPassword> decode_password(schema::PasswordRecord::Reader in) {
    KeptPassword kept;
    kept.hash.passes = in.getPasses();
    kept.hash.memory_kib = in.getMemoryKib();
    kept.totp_step = in.getTotpStep();
    const auto secret = in.getTotpSecret();
    if (!fill_array(kept.hash.salt, in.getSalt()) || !fill_array(kept.hash.hash, in.getHash()) ||
        secret.size() != trust::TotpSecret::size)
        return fail(Fault::malformed, "password");
    std::copy(secret.begin(), secret.end(), kept.totp.writable().begin());
    return kept;
}

}  // namespace

Bytes encode(const Account& account) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::AccountRecord>();
    out.setName(to_text(account.name));
    out.setDisplayName(to_text(account.display_name));
    if (!account.fixed) {
        auto roles = out.initRoles(static_cast<unsigned>(account.roles.size()));
        unsigned i = 0;
        for (const Role role : account.roles) roles.set(i++, to_text(std::string(name(role))));
    }
    fill_texts(out.initLanguages(static_cast<unsigned>(account.languages.size())),
               account.languages);
    out.setDisabled(!account.active);
    out.setUserHandle(to_data(account.user_handle));
    auto passkeys = out.initPasskeys(static_cast<unsigned>(account.passkeys.size()));
    for (unsigned i = 0; i < passkeys.size(); ++i) encode_passkey(passkeys[i], account.passkeys[i]);
    if (account.password) {
        auto password = out.initPassword();
        password.setSalt(to_data(account.password->hash.salt));
        password.setHash(to_data(account.password->hash.hash));
        password.setPasses(account.password->hash.passes);
        password.setMemoryKib(account.password->hash.memory_kib);
        password.setTotpSecret(to_data(account.password->totp.bytes()));
        password.setTotpStep(account.password->totp_step);
    }
    if (account.invitation) out.setInvitation(to_data(*account.invitation));
    out.setInvitedUntilMs(account.invited_until.ms);
    out.setRecoveryBy(to_text(account.recovery_by));
    out.setRecoveryAtMs(account.recovery_at.ms);
    out.setLastSignInMs(account.last_sign_in.ms);
    out.setCreatedAtMs(account.created_at.ms);
    return flatten(builder);
}

Result<Account> decode_account(ByteView bytes) {
    return read_message<schema::AccountRecord>(bytes, [](auto in) -> Result<Account> {
        Account account;
        account.name = from_text(in.getName());
        account.display_name = from_text(in.getDisplayName());
        for (const auto word : in.getRoles()) {
            const auto role = role_from(from_text(word));
            if (!role) return std::unexpected(role.error());
            account.roles.insert(*role);
        }
        auto languages = texts_from(in.getLanguages());
        if (!languages) return std::unexpected(languages.error());
        account.languages = std::move(*languages);
        account.active = !in.getDisabled();
        account.user_handle = bytes_from(in.getUserHandle());
        for (const auto one : in.getPasskeys()) {
            auto passkey = decode_passkey(one);
            if (!passkey) return std::unexpected(passkey.error());
            account.passkeys.push_back(std::move(*passkey));
        }
        if (in.hasPassword()) {
            auto password = decode_password(in.getPassword());
            if (!password) return std::unexpected(password.error());
            account.password.emplace(std::move(*password));
        }
        if (trust::Digest code; fill_array(code, in.getInvitation())) account.invitation = code;
        account.invited_until = {in.getInvitedUntilMs()};
        account.recovery_by = from_text(in.getRecoveryBy());
        account.recovery_at = {in.getRecoveryAtMs()};
        account.last_sign_in = {in.getLastSignInMs()};
        account.created_at = {in.getCreatedAtMs()};
        return account;
    });
}

}  // namespace sanad::api
