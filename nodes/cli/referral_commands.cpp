// sanad refer, sanad referral: another node's help for a case.
#include "nodes/cli/clock_text.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string id, to, kind, urgency, consent, basis, narrative, region, channel, times, code_word,
        never_say, reply_by;
    std::vector<std::string> services, given;
    bool redacted = false;
    bool preview = false;
    std::vector<std::string> items;
    std::string without_consent, why;
};

door::Refer::Builder begin_refer(const Options& options, door::Request::Builder request) {
    if (options.without_consent.empty())
        return options.preview ? request.initReferPreview() : request.initRefer();
    auto body = request.initOverrideRequest();
    fill_texts(options.items, [&](unsigned n) { return body.initItems(n); });
    body.setReason(text_for(options.without_consent));
    body.setNote(text_for(options.why));
    return body.initRefer();
}

void fill_refer(const Options& options, const std::string& narrative,
                door::Request::Builder request) {
    auto body = begin_refer(options, request);
    body.setCase(text_for(options.id));
    body.setTo(text_for(options.to));
    body.setKind(text_for(options.kind));
    body.setUrgency(text_for(options.urgency));
    body.setConsent(text_for(options.consent));
    body.setTransferBasis(text_for(options.basis));
    body.setNarrative(text_for(narrative));
    body.setLocationRegion(text_for(options.region));
    body.setSafeContactChannel(text_for(options.channel));
    body.setSafeContactTimes(text_for(options.times));
    body.setCodeWord(text_for(options.code_word));
    body.setNeverSay(text_for(options.never_say));
    body.setRedactionConfirmed(options.redacted);
    body.setReplyBy(text_for(options.reply_by));
    fill_texts(options.services, [&](unsigned n) { return body.initServicesRequested(n); });
    fill_texts(options.given, [&](unsigned n) { return body.initServicesGiven(n); });
}

std::string show_preview(door::Reply::Reader reply) {
    const auto preview = reply.getPreview();
    std::string text =
        "This would leave for " + shown(text_of(preview.getTo())) + ", and nothing else:\n";
    for (const auto field : preview.getRequest().getFields()) {
        const auto value = text_of(field.getValue());
        const auto label = text_of(field.getLabel());
        const auto words = text_of(field.getShown());
        text += "  " + shown(text_of(field.getName())) +
                (label == text_of(field.getName()) ? "" : "  (" + shown(label) + ")") + "\n" +
                shown_prose(value, "    ");
        if (words != value) text += shown_prose(words, "    = ");
    }
    return text + line("stays here", join(texts_of(preview.getWithheld()))) +
           line("labels in", text_of(preview.getLanguage())) +
           line("size", std::to_string(preview.getBodyBytes()) + " bytes, sealed and padded " +
                            std::to_string(preview.getEntryBytes())) +
           line("consent text", "SHA-256 " + text_of(preview.getConsentHash())) +
           line("policy", text_of(preview.getPolicy()));
}

void add_refer(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* refer = add_command(
        app, "refer", "Ask another node to help; only what the consent names leaves",
        std::string("sanad refer ") + example_id +
            " --to tn.helpline --basis express_consent --service psychosocial --redacted"
            " --narrative \"طفلة تطلب المساعدة بعد تنمر إلكتروني\"");
    add_word(*refer, "case", options->id, "the case's id");
    add_word(*refer, "--to", options->to, "the node that is asked");
    add_word(*refer, "--kind", options->kind, "a word of the list message-kinds [referral]");
    add_word(*refer, "--urgency", options->urgency, "U0 to U4 [the case's]");
    add_word(*refer, "--consent", options->consent, "a consent's id [the case's newest]");
    add_word(*refer, "--basis", options->basis, "a word of the list transfer-basis");
    add_prose(*refer, "--narrative", options->narrative, "what happened, without names and places");
    add_words(*refer, "--service", options->services,
              "help asked for: a word of the list services-requested");
    add_words(*refer, "--given", options->given, "help given so far");
    add_word(*refer, "--region", options->region, "country and region, nothing closer");
    add_word(*refer, "--safe-channel", options->channel, "how the child may safely be reached");
    add_word(*refer, "--safe-times", options->times, "and when");
    add_word(*refer, "--code-word", options->code_word, "by which the child knows who calls");
    add_word(*refer, "--never-say", options->never_say, "what must never be said or written");
    add_word(*refer, "--reply-by", options->reply_by, "such as 2027-01-31T00:00:00Z");
    refer->add_flag("--redacted", options->redacted,
                    "you have read the narrative once more, and it names nobody and no place");
    add_word(*refer, "--without-consent", options->without_consent,
             "in one sentence, why the child's interest wants it told: a supervisor decides");
    add_word(*refer, "--why", options->why,
             "with --without-consent: why confidentiality is broken; supervisors read it");
    add_words(*refer, "--item", options->items,
              "with --without-consent: what may be told, a word of the list referral-items");
    refer->add_flag("--preview", options->preview,
                    "send nothing: show exactly what would leave, field by field");
    refer->get_option("--to")->required();
    choose(*refer, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->narrative,
            [&](door::Request::Builder request, const std::string& narrative) {
                fill_refer(*options, narrative, request);
            },
            options->preview ? show_preview : show_done);
    });
}

std::string show_list(door::Reply::Reader reply) {
    Table table({"ID", "STATE", "URGENCY", "PEER", "SIDE", "SINCE", "CASE", "DUE"});
    for (const auto referral : reply.getReferrals())
        table.add({text_of(referral.getId()), text_of(referral.getState()),
                   text_of(referral.getUrgency()), text_of(referral.getPeer()),
                   text_of(referral.getSide()), text_of(referral.getCreatedAt()),
                   text_of(referral.getCaseCode()), text_of(referral.getDueAt())});
    return table.text("there is no referral");
}

std::string show_one(door::Reply::Reader reply) {
    const auto referral = reply.getReferral();
    std::string text =
        line("referral", text_of(referral.getId())) + line("state", text_of(referral.getState())) +
        line("urgency", text_of(referral.getUrgency())) +
        line("kind", text_of(referral.getKind())) + line("peer", text_of(referral.getPeer())) +
        line("this node is", text_of(referral.getSide())) +
        line("responsible", join(texts_of(referral.getOwners()))) +
        line("case", text_of(referral.getCaseCode())) +
        line("since", text_of(referral.getCreatedAt())) +
        line("next due", text_of(referral.getDueAt())) +
        line("follows", text_of(referral.getPrevious())) +
        line("followed by", text_of(referral.getNext())) + clocks_text(referral.getClocks());
    const auto fields = referral.getRequest().getFields();
    if (fields.size() > 0) text += "disclosed\n";
    for (const auto field : fields)
        text += "  " + shown(text_of(field.getName())) + "\n" +
                shown_prose(text_of(field.getValue()), "    ");
    return text + "timeline\n" + timeline_text(referral.getTimeline());
}

/// One thing that either side may say, as a command of its own.
struct Move {
    const char* name;
    const char* move;  // as schemas/api.capnp names it
    const char* help;
    const char* reason;  // the list its reason is from; null: it has none
    enum class Text : std::uint8_t { none, optional, required } text;
    const char* example;
};

struct MoveOptions {
    std::string id, reason, text;
};

void add_move(CLI::App& group, Chosen& chosen, const Move& move) {
    auto options = std::make_shared<MoveOptions>();
    auto* command =
        add_command(group, move.name, move.help,
                    "sanad referral " + std::string(move.name) + " " + example_id + move.example);
    add_word(*command, "referral", options->id, "the referral's id");
    if (move.reason != nullptr)
        add_word(*command, "reason", options->reason,
                 std::string("a word of the list ") + move.reason);
    if (move.text != Move::Text::none) {
        add_prose(*command, "text", options->text, "what the other node reads");
        command->get_option("text")->required(move.text == Move::Text::required);
    }
    choose(*command, chosen, [options, name = move.move](const Common& common) {
        return ask_with_prose(
            common, options->text,
            [&](door::Request::Builder request, const std::string& text) {
                auto body = request.initReferralMove();
                body.setReferral(text_for(options->id));
                body.setMove(name);
                body.setReason(text_for(options->reason));
                body.setText(text_for(text));
            },
            show_done);
    });
}

constexpr Move moves[] = {
    {"review", "review", "Say that a person here has read it", nullptr, Move::Text::none, ""},
    {"ask", "ask", "Ask the other node for more", nullptr, Move::Text::required,
     " \"هل لغتها الفرنسية كافية؟\""},
    {"answer", "information", "Give the other node more", nullptr, Move::Text::required,
     " \"نعم، وتفضل العربية\""},
    {"accept", "accept", "Accept: this node helps", nullptr, Move::Text::optional, ""},
    {"decline", "decline", "Decline, with the reason", "decline-reasons", Move::Text::optional,
     " no_capacity"},
    {"redirect", "redirect", "Say who could help better", "decline-reasons", Move::Text::optional,
     " out_of_mandate"},
    {"complete", "complete", "The help has been given", "referral-outcome", Move::Text::optional,
     " service_delivered_full"},
    {"not-complete", "not_complete", "The help could not be given", "referral-outcome",
     Move::Text::optional, " child_unreachable"},
    {"withdraw", "withdraw", "Take a request back", "withdraw-reasons", Move::Text::optional,
     " child_request"},
    {"withdraw-ok", "withdraw_ok", "Give a request back that the asker wants back", nullptr,
     Move::Text::optional, ""},
    {"confirm", "confirm", "Say what the child says of the help", "referral-outcome",
     Move::Text::optional, " service_delivered_full"},
};

// `status` is what changes while the work goes on.
constexpr Move status_moves[] = {
    {"start", "start", "Work has begun", nullptr, Move::Text::optional, ""},
    {"hold", "hold", "Work rests", nullptr, Move::Text::optional,
     " \"en attente d'un rendez-vous\""},
    {"resume", "resume", "Work goes on", nullptr, Move::Text::optional, ""},
    {"note", "note", "A note that both sides read", nullptr, Move::Text::required,
     " \"premier entretien fait\""},
};

}  // namespace

void add_referral_commands(CLI::App& app, Chosen& chosen) {
    add_refer(app, chosen);
    auto* group = add_group(app, "referral", "Requests for help, from and to other nodes");
    auto* list = add_command(*group, "list", "The referrals of this node", "sanad referral list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setReferralList(); }, show_list);
    });
    add_id_command(
        *group, chosen,
        {"show", "A referral with what was disclosed; that you read it is audited", "referral"},
        [](auto request, auto id) { request.setReferralShow(id); }, show_one);
    for (const Move& move : moves) add_move(*group, chosen, move);
    auto* status = add_group(*group, "status", "What happens while the work goes on");
    for (const Move& move : status_moves) add_move(*status, chosen, move);
}

}  // namespace sanad::cli
