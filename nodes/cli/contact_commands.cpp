// sanad contact: who writes to the helpline, and the conversation.
#include "nodes/cli/command.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    bool all = false;
    std::string contact, text, reason, result;
};

std::string show_list(door::Reply::Reader reply) {
    Table table({"ID", "STATE", "URGENCY", "CHANNEL", "SINCE", "MESSAGES", "LANGUAGES", "WITH"});
    for (const auto contact : reply.getContacts())
        table.add({text_of(contact.getId()), text_of(contact.getState()),
                   text_of(contact.getUrgency()), text_of(contact.getChannel()),
                   text_of(contact.getCreatedAt()), std::to_string(contact.getMessageCount()),
                   join(texts_of(contact.getLanguages())), text_of(contact.getOpenedBy())});
    return table.text("nobody is waiting");
}

std::string show_one(door::Reply::Reader reply) {
    const auto contact = reply.getContact();
    std::string text =
        line("contact", text_of(contact.getId())) + line("state", text_of(contact.getState())) +
        line("channel", text_of(contact.getChannel())) +
        line("urgency", text_of(contact.getUrgency())) +
        line("since", text_of(contact.getCreatedAt())) +
        line("with", text_of(contact.getOpenedBy())) + line("case", text_of(contact.getCase())) +
        line("ended", text_of(contact.getEndReason()));
    for (const auto message : contact.getMessages()) {
        text += "  " + shown(text_of(message.getAt())) + "  " + shown(text_of(message.getFrom())) +
                (message.getSeen() ? "  seen" : "") + "\n";
        text += shown_prose(text_of(message.getText()), "    ");
    }
    return text;
}

void add_list(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* list = add_command(group, "list", "Who is waiting, and who is being talked with",
                             "sanad contact list --all");
    list->add_flag("--all", options->all, "with those that have ended");
    choose(*list, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) { request.initContactList().setAll(options->all); },
            show_list);
    });
}

void add_reply(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* reply = add_command(group, "reply", "Write to the person",
                              "sanad contact reply 01890a5d-ac96-774b-bcce-b302099a8057 "
                              "\"مرحبا، أنا هنا لأستمع إليك\"");
    add_word(*reply, "contact", options->contact, "the contact's id");
    add_prose(*reply, "text", options->text, "what to write, 1 to 16,000 bytes");
    choose(*reply, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->text,
            [&](door::Request::Builder request, const std::string& text) {
                auto body = request.initContactReply();
                body.setContact(text_for(options->contact));
                body.setText(text_for(text));
            },
            show_done);
    });
}

void add_end(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* end = add_command(group, "end", "End a conversation",
                            "sanad contact end 01890a5d-ac96-774b-bcce-b302099a8057 "
                            "ended_by_counsellor");
    add_word(*end, "contact", options->contact, "the contact's id");
    add_word(*end, "reason", options->reason, "a word of the list contact-end");
    add_word(*end, "--result", options->result, "a word of the list contact-result");
    choose(*end, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initContactEnd();
                body.setContact(text_for(options->contact));
                body.setReason(text_for(options->reason));
                body.setResult(text_for(options->result));
            },
            show_done);
    });
}

}  // namespace

void add_contact_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "contact", "Who writes to the helpline, and the conversation");
    add_list(*group, chosen);
    add_id_command(
        *group, chosen, {"show", "A conversation; that you read it is audited", "contact"},
        [](auto request, auto id) { request.setContactShow(id); }, show_one);
    add_id_command(
        *group, chosen, {"open", "Take a contact from the queue", "contact"},
        [](auto request, auto id) { request.setContactOpen(id); }, show_done);
    add_reply(*group, chosen);
    add_end(*group, chosen);
    add_id_command(
        *group, chosen,
        {"call", "Ring your telephone, and bring you and the person together", "contact"},
        [](auto request, auto id) { request.initContactCall().setContact(id); }, show_done);
    add_contact_files(*group, chosen);
}

}  // namespace sanad::cli
