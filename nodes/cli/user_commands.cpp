// sanad user: who may sign in at a desk.
#include "core/node/configuration.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

std::string ways_of(door::AccountView::Reader account) {
    const auto keys = account.getCredentials().size();
    std::string ways = keys == 0   ? ""
                       : keys == 1 ? "1 passkey"
                                   : std::to_string(keys) + " passkeys";
    if (account.getHasPassword()) ways += (ways.empty() ? "" : ", ") + std::string("password");
    const auto invited = text_of(account.getInvitedUntil());
    if (!invited.empty()) ways += (ways.empty() ? "" : ", ") + ("invited until " + invited);
    return ways;
}

std::string show_accounts(door::Reply::Reader reply) {
    Table table({"NAME", "STATE", "SIGNS IN WITH", "LAST SIGN-IN", "ROLES", "SHOWN AS"});
    std::string keys;
    for (const auto account : reply.getAccounts()) {
        const auto name = text_of(account.getName());
        table.add({name,
                   !account.getActive()    ? "disabled"
                   : account.getSignedIn() ? "at a desk"
                                           : "active",
                   ways_of(account), text_of(account.getLastSignIn()),
                   join(texts_of(account.getRoles())), text_of(account.getDisplayName())});
        for (const auto key : account.getCredentials())
            keys += "  " + shown(name) + "  " + shown(text_of(key.getId())) + "  since " +
                    shown(text_of(key.getAddedAt())) + "  " + shown(text_of(key.getLabel())) + "\n";
    }
    return table.text("nobody has an account") + (keys.empty() ? "" : "\nPasskeys\n" + keys);
}

// Where the node's configuration says that people sign in; empty: nowhere with a passkey.
std::string desk_address(const Common& common) {
    const auto data = data_folder(common);
    const auto configuration = data ? node::load_configuration(*data / "node.toml")
                                    : Result<node::Configuration>(std::unexpected(data.error()));
    if (!configuration || configuration->accounts.origins.empty()) return {};
    return configuration->accounts.origins.front();
}

std::string show_invitation(door::InvitationView::Reader invitation, const std::string& address) {
    const auto name = text_of(invitation.getName());
    if (invitation.getCode().size() == 0)
        return shown(name) +
               " has a key already, so two administrators have to want this: another one "
               "says the same until " +
               text_of(invitation.getUntil()) +
               ", and gets the code. Make sure first, face to face or by a call back, that it is " +
               shown(name) + " who asks.\n";
    return line("name", name) + line("code", text_of(invitation.getCode())) +
           line("until", text_of(invitation.getUntil())) + line("address", address) +
           "\nGive the code to " + shown(name) +
           " themselves, and to nobody else: it works once. They " +
           (address.empty() ? std::string("open the desk") : "open " + shown(address)) +
           ", say that they have a code, and choose a passkey, or a password and an app.\n" +
           (address.empty() ? "No place for passkeys is set: see [accounts] in node.toml.\n" : "");
}

void add_invite(CLI::App& group, Chosen& chosen) {
    struct Options {
        std::string name, display_name;
        std::vector<std::string> roles, languages;
    };
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "invite", "A one-time code, good for 15 minutes: for somebody new, or for a new key",
        "sanad user invite layla --role counsellor --language ar");
    add_word(*command, "name", options->name,
             "who: a name of [[staff]], of an account, or a new one");
    add_words(*command, "--role", options->roles, "of somebody new: volunteer, counsellor, ...");
    add_words(*command, "--language", options->languages, "of somebody new: ar, fr, en, ...");
    add_word(*command, "--shown-as", options->display_name, "of somebody new: the name to show");
    choose(*command, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initAccountInvite();
                body.setName(text_for(options->name));
                body.setDisplayName(text_for(options->display_name));
                fill_texts(options->roles, [&](unsigned size) { return body.initRoles(size); });
                fill_texts(options->languages,
                           [&](unsigned size) { return body.initLanguages(size); });
            },
            [&](door::Reply::Reader reply) {
                return show_invitation(reply.getInvitation(), desk_address(common));
            });
    });
}

struct Change {
    std::string command, what, help;
    std::string value{};  // what stands behind the name; empty: nothing
    bool many = false;    // several of it
};

void add_change(CLI::App& group, Chosen& chosen, const Change& change, const std::string& example) {
    struct Options {
        std::string name;
        std::vector<std::string> values;
    };
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, change.command, change.help,
                                "sanad user " + change.command + " " + example);
    add_word(*command, "name", options->name, "who");
    if (!change.value.empty())
        command->add_option(change.value, options->values, change.value)
            ->required()
            ->expected(1, change.many ? 16 : 1);
    choose(*command, chosen, [options, what = change.what](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initAccountChange();
                body.setName(text_for(options->name));
                body.setWhat(text_for(what));
                fill_texts(options->values, [&](unsigned size) { return body.initValues(size); });
            },
            show_done);
    });
}

}  // namespace

void add_user_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "user", "Who may sign in at a desk, and with what");
    auto* list = add_command(*group, "list", "Everybody who works here", "sanad user list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setAccountList(); },
            show_accounts);
    });
    add_invite(*group, chosen);
    add_change(*group, chosen,
               {"roles", "roles", "Give other roles; it signs the person out", "roles", true},
               "layla counsellor supervisor");
    add_change(*group, chosen,
               {"disable", "disable", "Nothing goes under this name any more, from now on"},
               "layla");
    add_change(*group, chosen, {"enable", "enable", "Take a disable back"}, "layla");
    add_change(*group, chosen,
               {"forget-key", "forget_key",
                "A passkey that was lost: its id as sanad user list names it, behind -- where that "
                "begins with -",
                "key"},
               "layla AQIDBAUGBwgJCgsMDQ4PEA");
    add_change(*group, chosen,
               {"forget-password", "forget_password", "A password that was lost or is known"},
               "layla");
}

}  // namespace sanad::cli
