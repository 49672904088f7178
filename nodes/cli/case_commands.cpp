// sanad case, sanad consent: the file on one person's situation, and what the person agreed to.
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string id, text, urgency, age_band, gender, reason, by, language, expires;
    std::vector<std::string> reasons, languages, items, recipients;
};

std::string show_list(door::Reply::Reader reply) {
    Table table({"ID", "CODE", "STATUS", "URGENCY", "SINCE", "REFERRALS", "ESCALATIONS", "WITH"});
    for (const auto file : reply.getCases())
        table.add({text_of(file.getId()), text_of(file.getCode()), text_of(file.getStatus()),
                   text_of(file.getUrgency()), text_of(file.getCreatedAt()),
                   std::to_string(file.getReferrals().size()),
                   std::to_string(file.getEscalations().size()), text_of(file.getAssignedTo())});
    return table.text("there is no case");
}

std::string show_one(door::Reply::Reader reply) {
    const auto file = reply.getCase();
    return line("case", text_of(file.getId())) + line("code", text_of(file.getCode())) +
           line("status", text_of(file.getStatus())) + line("urgency", text_of(file.getUrgency())) +
           line("since", text_of(file.getCreatedAt())) +
           line("with", text_of(file.getAssignedTo())) +
           line("shared with", join(texts_of(file.getSharedWith()))) +
           line("contacts", join(texts_of(file.getContacts()))) +
           line("consents", join(texts_of(file.getConsents()))) +
           line("referrals", join(texts_of(file.getReferrals()))) +
           line("escalations", join(texts_of(file.getEscalations()))) +
           line("closed", text_of(file.getCloseReason())) + glasses_text(file.getGlasses()) +
           timeline_text(file.getTimeline());
}

void add_open(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* open = add_command(group, "open", "Open a case from a contact",
                             std::string("sanad case open ") + example_id +
                                 " --urgency U2 --reason VI.cyberbullying --age-band 13-15");
    add_word(*open, "contact", options->id, "the contact's id");
    add_word(*open, "--urgency", options->urgency, "U0 (now) to U4 (information)");
    add_words(*open, "--reason", options->reasons,
              "a word of the list chi-reasons, at most 3, the main one first");
    add_word(*open, "--age-band", options->age_band, "a word of the list age-band");
    add_word(*open, "--gender", options->gender, "a word of the list gender");
    add_words(*open, "--language", options->languages, "what the person speaks: ar, fr, ...");
    choose(*open, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initCaseOpen();
                body.setContact(text_for(options->id));
                body.setUrgency(text_for(options->urgency));
                body.setAgeBand(text_for(options->age_band));
                body.setGender(text_for(options->gender));
                fill_texts(options->reasons, [&](unsigned n) { return body.initReasons(n); });
                fill_texts(options->languages, [&](unsigned n) { return body.initLanguages(n); });
            },
            show_done);
    });
}

void add_note(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* note = add_command(group, "note", "Write a note into a case; it never leaves the node",
                             std::string("sanad case note ") + example_id + " \"rappeler lundi\"");
    add_word(*note, "case", options->id, "the case's id");
    add_prose(*note, "text", options->text, "what to note");
    choose(*note, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->text,
            [&](door::Request::Builder request, const std::string& text) {
                auto body = request.initCaseNote();
                body.setCase(text_for(options->id));
                body.setText(text_for(text));
            },
            show_done);
    });
}

void add_close(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* close = add_command(group, "close", "Close a case",
                              std::string("sanad case close ") + example_id + " goals_met");
    add_word(*close, "case", options->id, "the case's id");
    add_word(*close, "reason", options->reason, "a word of the list case-close");
    choose(*close, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initCaseClose();
                body.setCase(text_for(options->id));
                body.setReason(text_for(options->reason));
            },
            show_done);
    });
}

void fill_consent(const Options& options, const std::string& words,
                  door::Request::Builder request) {
    auto body = request.initConsentRecord();
    body.setCase(text_for(options.id));
    body.setBy(text_for(options.by));
    body.setWords(text_for(words));
    body.setLanguage(text_for(options.language));
    body.setExpires(text_for(options.expires));
    fill_texts(options.items, [&](unsigned n) { return body.initItems(n); });
    fill_texts(options.recipients, [&](unsigned n) { return body.initRecipients(n); });
}

void add_consent(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* group = add_group(app, "consent", "What the person agreed to share, and with whom");
    auto* record =
        add_command(*group, "record", "Record a consent: nothing leaves without one",
                    std::string("sanad consent record ") + example_id +
                        " --by child --item narrative --item languages --recipient tn.helpline"
                        " --language ar --words \"هل توافق على أن نخبر زملاءنا في تونس؟\"");
    add_word(*record, "case", options->id, "the case's id");
    add_word(*record, "--by", options->by, "child, caregiver or both");
    add_words(*record, "--item", options->items,
              "what may leave: a word of the list referral-items");
    add_words(*record, "--recipient", options->recipients,
              "who may get it: a node's or a partner's id");
    add_prose(*record, "--words", options->text, "what was read out or shown to the person");
    add_word(*record, "--language", options->language, "in which language: ar, fr, ...");
    add_word(*record, "--expires", options->expires, "until when, such as 2027-01-31T00:00:00Z");
    for (const char* name : {"--by", "--item", "--recipient", "--words", "--language"})
        record->get_option(name)->required();
    choose(*record, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->text,
            [&](door::Request::Builder request, const std::string& words) {
                fill_consent(*options, words, request);
            },
            show_done);
    });
    add_consent_withdraw(*group, chosen);
}

}  // namespace

void add_case_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "case", "The file on one person's situation");
    auto* list = add_command(*group, "list", "The cases of this node", "sanad case list --json");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setCaseList(); }, show_list);
    });
    add_id_command(
        *group, chosen, {"show", "A case with its timeline; that you read it is audited", "case"},
        [](auto request, auto id) { request.setCaseShow(id); }, show_one);
    add_open(*group, chosen);
    add_note(*group, chosen);
    add_close(*group, chosen);
    add_case_access(*group, chosen);
    add_case_erase(*group, chosen);
    add_consent(app, chosen);
}

}  // namespace sanad::cli
