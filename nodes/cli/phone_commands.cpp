// sanad phone: telephones of the staff, and who takes calls.
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

std::string phones_text(capnp::List<door::PhoneView>::Reader phones, std::string_view nothing) {
    Table table({"NAME", "SINCE", "REACHABLE", "CALLED"});
    for (const auto phone : phones)
        table.add({text_of(phone.getName()), text_of(phone.getCreatedAt()),
                   text_of(phone.getReachableAt()), text_of(phone.getLabel())});
    return table.text(nothing);
}

std::string show_list(door::Reply::Reader reply) {
    const auto own = reply.getPhones();
    const std::string reason = text_of(own.getReason());
    return line("calls", own.getReady()   ? "taken"
                         : reason.empty() ? "not taken: sanad phone ready"
                                          : "paused: " + reason) +
           line("since", text_of(own.getSince())) + line("server", text_of(own.getServer())) +
           line("realm", text_of(own.getRealm())) +
           phones_text(own.getPhones(), "you have no telephone: sanad phone add");
}

std::string show_made(door::Reply::Reader reply) {
    const auto made = reply.getPhoneMade();
    return line("server", text_of(made.getServer())) + line("name", text_of(made.getName())) +
           line("password", text_of(made.getPassword())) + line("realm", text_of(made.getRealm())) +
           "\nWrite these into the telephone now: the password is shown this once. Whoever has it "
           "hears who calls the helpline.\n";
}

std::string show_board(door::Reply::Reader reply) {
    Table table({"WHO", "STATE", "REASON", "SINCE", "CONTACT", "PHONES"});
    for (const auto agent : reply.getPhoneBoard())
        table.add({text_of(agent.getWho()), text_of(agent.getState()), text_of(agent.getReason()),
                   text_of(agent.getSince()), text_of(agent.getContact()),
                   std::to_string(agent.getPhones().size())});
    return table.text("nobody has a telephone");
}

void add_plain(CLI::App& group, Chosen& chosen, const std::string& name, const std::string& help,
               const Fill& fill, const Show& show) {
    auto* command = add_command(group, name, help, "sanad phone " + name);
    choose(*command, chosen,
           [fill, show](const Common& common) { return ask(common, fill, show); });
}

void add_add(CLI::App& group, Chosen& chosen) {
    auto label = std::make_shared<std::string>();
    auto* command = add_command(group, "add", "A telephone of yours, with a password of its own",
                                "sanad phone add \"on my desk\"");
    add_word(*command, "label", *label, "what you call it, at most 64 bytes");
    choose(*command, chosen, [label](const Common& common) {
        return ask(
            common, [&](door::Request::Builder request) { request.setPhoneAdd(text_for(*label)); },
            show_made);
    });
}

void add_remove(CLI::App& group, Chosen& chosen) {
    auto name = std::make_shared<std::string>();
    auto* command = add_command(group, "remove", "A telephone that is lost or no longer used",
                                "sanad phone remove d-ab12cd34");
    add_word(*command, "name", *name, "as sanad phone list names it");
    choose(*command, chosen, [name](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) { request.setPhoneRemove(text_for(*name)); },
            show_done);
    });
}

void add_pause(CLI::App& group, Chosen& chosen) {
    auto reason = std::make_shared<std::string>();
    auto* command = add_command(group, "pause", "Take no calls for now", "sanad phone pause break");
    add_word(*command, "reason", *reason, "a word of the list phone-pause");
    choose(*command, chosen, [reason](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                request.initPhoneReady().setReason(text_for(*reason));
            },
            show_done);
    });
}

}  // namespace

void add_phone_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "phone", "Your telephones, and whether you take calls");
    add_plain(
        *group, chosen, "list", "Your telephones, and whether you take calls",
        [](door::Request::Builder request) { request.setPhoneList(); }, show_list);
    add_add(*group, chosen);
    add_remove(*group, chosen);
    add_plain(
        *group, chosen, "ready", "Take calls from now on",
        [](door::Request::Builder request) { request.initPhoneReady().setReady(true); }, show_done);
    add_pause(*group, chosen);
    add_plain(
        *group, chosen, "board", "Who takes calls, and who talks with whom",
        [](door::Request::Builder request) { request.setPhoneBoard(); }, show_board);
}

}  // namespace sanad::cli
