// The part of Service that is about who works here: sessions as their owners see them, and accounts
// as administrators do.
#include "core/api/reply_text.h"
#include "core/api/service_call.h"
#include "core/base/base64url.h"
#include "core/base/text.h"

#include <algorithm>

namespace sanad::api {
namespace {

constexpr std::size_t language_bytes_max = 35;  // of BCP 47

std::vector<std::string> words_of(const std::set<Role>& roles) {
    std::vector<std::string> words;
    for (const Role role : roles) words.emplace_back(name(role));
    return words;
}

std::string upper(std::string text) {
    for (char& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return text;
}

Result<std::set<Role>> roles_from(const std::vector<std::string>& words) {
    std::set<Role> roles;
    for (const auto& word : words) {
        const auto role = role_from(word);
        if (!role) return std::unexpected(role.error());
        roles.insert(*role);
    }
    return roles;
}

Result<void> check_languages(const std::vector<std::string>& languages) {
    const auto is_tag = [](const std::string& tag) {
        return !tag.empty() && tag.size() <= language_bytes_max &&
               std::ranges::all_of(tag, [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-';
               });
    };
    if (languages.size() > Accounts::languages_max || !std::ranges::all_of(languages, is_tag))
        return fail(Fault::invalid, "languages");
    return {};
}

// A name stands in lists with commas, and beside "person" and "plugin webchat" in timelines.
Result<void> check_name(const std::string& name) {
    if (const auto sound = check_label(name, Accounts::name_bytes_max); !sound) return sound;
    const bool taken = name == "person" || name == "nobody" || name == "node" ||
                       name.starts_with("plugin ") || name.starts_with("peer ");
    if (taken || name.find(',') != name.npos || name.front() == ' ' || name.back() == ' ')
        return fail(Fault::invalid, "name");
    return {};
}

void fill_account(schema::api::AccountView::Builder out, const Account& account, bool signed_in,
                  Time now) {
    out.setName(text(account.name));
    out.setDisplayName(text(account.display_name));
    const auto roles = words_of(account.roles);
    fill_texts(out.initRoles(static_cast<unsigned>(roles.size())), roles);
    fill_texts(out.initLanguages(static_cast<unsigned>(account.languages.size())),
               account.languages);
    out.setActive(account.active);
    auto credentials = out.initCredentials(static_cast<unsigned>(account.passkeys.size()));
    for (unsigned i = 0; i < credentials.size(); ++i) {
        const KeptPasskey& kept = account.passkeys[i];
        credentials[i].setId(text(to_base64url(kept.passkey.id)));
        credentials[i].setLabel(text(kept.label));
        credentials[i].setAddedAt(text(time_or_nothing(kept.added_at)));
        credentials[i].setUsedAt(text(time_or_nothing(kept.used_at)));
    }
    out.setHasPassword(account.password.has_value());
    out.setLastSignIn(text(time_or_nothing(account.last_sign_in)));
    out.setSignedIn(signed_in);
    if (account.is_invited(now)) out.setInvitedUntil(text(format_time(account.invited_until)));
    out.setFixed(account.fixed);
}

/// Somebody new, as the administrator who invites them says.
Result<Account> new_account(schema::api::AccountInvite::Reader in, Time now) {
    Account account;
    account.name = from_text(in.getName());
    if (const auto sound = check_name(account.name); !sound) return std::unexpected(sound.error());
    account.display_name = from_text(in.getDisplayName());
    if (account.display_name.empty()) account.display_name = account.name;
    if (const auto sound = check_label(account.display_name, Accounts::display_name_bytes_max);
        !sound)
        return std::unexpected(sound.error());
    const auto words = texts_from(in.getRoles());
    if (!words) return std::unexpected(words.error());
    auto roles = roles_from(*words);
    if (!roles) return std::unexpected(roles.error());
    if (roles->empty()) return fail(Fault::invalid, "roles");
    account.roles = std::move(*roles);
    auto languages = texts_from(in.getLanguages());
    if (!languages) return std::unexpected(languages.error());
    if (const auto sound = check_languages(*languages); !sound)
        return std::unexpected(sound.error());
    account.languages = std::move(*languages);
    account.created_at = now;
    return account;
}

Result<void> forget_key(Account& account, const std::vector<std::string>& values) {
    const auto id = values.size() == 1 ? from_base64url(values.front())
                                       : Result<Bytes>(fail(Fault::invalid, "values"));
    if (!id) return std::unexpected(id.error());
    if (std::erase_if(account.passkeys,
                      [&](const KeptPasskey& kept) { return kept.passkey.id == *id; }) == 0)
        return fail(Fault::not_found, "passkey");
    return {};
}

Result<void> set_roles(Account& account, const std::vector<std::string>& values) {
    if (account.fixed) return fail(Fault::denied, "roles_fixed");
    auto roles = roles_from(values);
    if (!roles) return std::unexpected(roles.error());
    if (roles->empty()) return fail(Fault::invalid, "roles");
    account.roles = std::move(*roles);
    return {};
}

Result<void> set_display_name(Account& account, const std::vector<std::string>& values) {
    if (values.size() != 1) return fail(Fault::invalid, "values");
    if (const auto sound = check_label(values.front(), Accounts::display_name_bytes_max); !sound)
        return sound;
    account.display_name = values.front();
    return {};
}

Result<void> change(Account& account, std::string_view what,
                    const std::vector<std::string>& values) {
    if (what == "roles") return set_roles(account, values);
    if (what == "display_name") return set_display_name(account, values);
    if (what == "forget_key") return forget_key(account, values);
    if (what == "languages") {
        if (const auto sound = check_languages(values); !sound) return sound;
        account.languages = values;
    } else if (what == "enable") {
        account.active = true;
    } else if (what == "disable") {
        account.active = false;
        account.invitation.reset();
    } else if (what == "forget_password") {
        account.password.reset();
    } else {
        return fail(Fault::unsupported, "what");
    }
    return {};
}

// What takes something from a person takes the session as well.
bool ends_session(std::string_view what) {
    return what == "disable" || what == "roles" || what == "forget_key" ||
           what == "forget_password";
}

// A new key for somebody who has one lets whoever holds the code in under their name, so two
// administrators want it; for oneself the second factor of a moment ago is enough.
bool needs_second(const Account& account, const std::string& by, Time now) {
    if (!account.has_key() || account.name == by) return false;
    const bool asked =
        !account.recovery_by.empty() && now < account.recovery_at + Accounts::recovery_life;
    return !asked || account.recovery_by == by;
}

}  // namespace

void Service::fill_session(schema::api::SessionView::Builder out, const Account& account,
                           const Session& session) const {
    out.setName(text(account.name));
    out.setDisplayName(text(account.display_name));
    const auto roles = words_of(account.roles);
    fill_texts(out.initRoles(static_cast<unsigned>(roles.size())), roles);
    if (!account.languages.empty()) out.setLanguage(text(account.languages.front()));
    out.setSignedInAt(text(format_time(session.started_at)));
    out.setEndsAt(text(format_time(session.started_at + Sessions::life_max)));
    out.setIdleMs(static_cast<std::uint64_t>(Sessions::idle_max.count()));
    out.setConfirmedAt(text(format_time(session.confirmed_at)));
    out.setHow(text(std::string(name(session.by))));
    out.setNode(text(parts_.self.text));
    out.setCountry(text(upper(parts_.country)));
    out.setNodeName(text(sign_in_.place().node_name));
}

Result<void> Service::session_show(Context& context, In, Out reply) {
    const auto session = parts_.sessions.find(*context.actor.session, context.now);
    if (!session) return fail(Fault::denied, "signed_out");
    const auto account = parts_.accounts.find(context.from, session->name);
    if (!account) return std::unexpected(account.error());
    fill_session(reply.initSession(), *account, *session);
    return {};
}

Result<void> Service::session_end(Context& context, In, Out reply) {
    reply.initDone().setState("signed_out");
    return parts_.sessions.end(*context.draft, context.actor.name, context.now);
}

Result<void> Service::account_list(Context& context, In, Out reply) {
    const auto all = parts_.accounts.list(context.from);
    if (!all) return std::unexpected(all.error());
    auto out = reply.initAccounts(static_cast<unsigned>(all->size()));
    for (unsigned i = 0; i < out.size(); ++i)
        fill_account(out[i], (*all)[i], parts_.sessions.has((*all)[i].name, context.now),
                     context.now);
    return {};
}

Result<void> Service::account_invite(Context& context, In request, Out reply) {
    const auto in = request.getAccountInvite();
    auto account = parts_.accounts.find(context.from, from_text(in.getName()));
    if (!account && account.error().fault == Fault::not_found) {
        if (parts_.accounts.size() >= Accounts::accounts_max)
            return fail(Fault::exhausted, "accounts");
        account = new_account(in, context.now);
    } else if (account && (in.getRoles().size() > 0 || in.getLanguages().size() > 0 ||
                           in.getDisplayName().size() > 0)) {
        return fail(Fault::conflict, "account");  // it is there: accountChange changes it
    }
    if (!account) return std::unexpected(account.error());
    if (!account->active) return fail(Fault::denied, "account_disabled");
    if (account->user_handle.empty()) {
        account->user_handle.resize(32);
        parts_.entropy.fill(account->user_handle);
        if (account->created_at.ms == 0) account->created_at = context.now;
    }
    context.reason = account->name;
    auto out = reply.initInvitation();
    out.setName(text(account->name));
    if (needs_second(*account, context.actor.name, context.now)) {
        account->recovery_by = context.actor.name;
        account->recovery_at = context.now;
        context.reason = "first of two: " + account->name;
        out.setUntil(text(format_time(context.now + Accounts::recovery_life)));
        return parts_.accounts.save(*context.draft, *account, context.now);
    }
    account->recovery_by.clear();
    const std::string code = SignIn::make_code(parts_.entropy);
    account->invitation = SignIn::hash_of_code(code);
    account->invited_until = context.now + Accounts::invitation_life;
    out.setCode(text(code));
    out.setUntil(text(format_time(account->invited_until)));
    return parts_.accounts.save(*context.draft, *account, context.now);
}

Result<void> Service::account_change(Context& context, In request, Out reply) {
    const auto in = request.getAccountChange();
    const std::string what = from_text(in.getWhat());
    const auto values = texts_from(in.getValues());
    if (!values) return std::unexpected(values.error());
    auto account = parts_.accounts.find(context.from, from_text(in.getName()));
    if (!account) return std::unexpected(account.error());
    // So that somebody is left who can undo it.
    if (account->name == context.actor.name && (what == "disable" || what == "roles"))
        return fail(Fault::denied, "not_yourself");
    if (const auto changed = change(*account, what, *values); !changed) return changed;
    context.reason = what + " " + account->name;
    if (ends_session(what))
        if (const auto ended = parts_.sessions.end(*context.draft, account->name, context.now);
            !ended)
            return ended;
    auto done = reply.initDone();
    done.setId(text(account->name));
    done.setState(account->active ? "active" : "disabled");
    return parts_.accounts.save(*context.draft, *account, context.now);
}

}  // namespace sanad::api
