// sanad roster, sanad cover: who is there at night, and what happens when nobody is.
#include "core/node/files.h"
#include "core/node/settings.h"
#include "core/node/toml_document.h"
#include "nodes/cli/clock_text.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

constexpr std::size_t list_max = 32;
constexpr std::size_t hours_max = 64;

struct RosterFile {
    std::vector<std::string> languages, age_bands, kinds, hours;
    std::string zone, valid_until;
    std::uint32_t capacity = 0;
};

Result<RosterFile> read_roster_file(const std::string& path) {
    const auto text = node::read_file(path, node::toml_bytes_max, node::FileTrust::any);
    if (!text) return std::unexpected(text.error());
    const auto document = node::parse_toml(*text, path);
    if (!document) return std::unexpected(document.error());
    node::Problems problems(path);
    node::Settings settings(&*document, {}, "", problems);
    RosterFile roster;
    roster.languages = settings.texts("languages", list_max);
    roster.age_bands = settings.texts("age_bands", list_max);
    roster.kinds = settings.texts("kinds", list_max);
    roster.hours = settings.texts("hours", hours_max);
    roster.zone = settings.required("zone", "Africa/Tunis");
    roster.valid_until = settings.required("valid_until", "2027-03-31T00:00:00Z");
    roster.capacity = static_cast<std::uint32_t>(settings.number("capacity", 1, 1, 1'000));
    if (roster.languages.empty()) settings.complain("languages", "write for example [\"ar\"]");
    if (roster.hours.empty())
        settings.complain("hours", "write for example [\"mon-sun 20:00-08:00\"]");
    settings.finish();
    if (!problems.none()) return fail(Fault::invalid, problems.text());
    return roster;
}

void fill_publish(const RosterFile& roster, door::Request::Builder request) {
    auto body = request.initRosterPublish();
    fill_texts(roster.languages, [&](unsigned n) { return body.initLanguages(n); });
    fill_texts(roster.age_bands, [&](unsigned n) { return body.initAgeBands(n); });
    fill_texts(roster.kinds, [&](unsigned n) { return body.initKinds(n); });
    fill_texts(roster.hours, [&](unsigned n) { return body.initHours(n); });
    body.setZone(text_for(roster.zone));
    body.setValidUntil(text_for(roster.valid_until));
    body.setCapacity(roster.capacity);
}

std::string show_rosters(door::Reply::Reader reply) {
    Table table({"NODE", "NUMBER", "OPEN", "ROOM FOR", "LANGUAGES", "AGES", "KINDS", "UNTIL",
                 "ZONE", "HOURS"});
    for (const auto roster : reply.getRosters())
        table.add({text_of(roster.getNode()), std::to_string(roster.getNumber()),
                   roster.getOpen() ? "now" : "no", std::to_string(roster.getCapacity()),
                   join(texts_of(roster.getLanguages())), join(texts_of(roster.getAgeBands())),
                   join(texts_of(roster.getKinds())), text_of(roster.getValidUntil()),
                   text_of(roster.getZone()), join(texts_of(roster.getHours()))});
    return table.text("nobody has published a roster");
}

void add_roster(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "roster", "When this node and its peers are there for others");
    auto file = std::make_shared<std::string>();
    auto* publish = add_command(*group, "publish",
                                "Give our roster to all peers; it takes the place of the last one",
                                "sanad roster publish --file roster.toml");
    add_word(*publish, "--file", *file,
             "languages, hours, zone, capacity... as config/roster.toml");
    publish->get_option("--file")->required();
    choose(*publish, chosen, [file](const Common& common) {
        const auto roster = read_roster_file(*file);
        if (!roster) return complain(roster.error(), exit_usage);
        return ask(
            common, [&](door::Request::Builder request) { fill_publish(*roster, request); },
            show_done);
    });
    auto* list = add_command(*group, "list", "The newest roster of each node", "sanad roster list");
    choose(*list, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setRosterList(); }, show_rosters);
    });
}

struct AnswerOptions {
    std::string contact, answer;
};

}  // namespace

void add_cover_commands(CLI::App& app, Chosen& chosen) {
    add_roster(app, chosen);
    auto* group = add_group(app, "cover", "Another node's help while nobody is here");
    add_id_command(
        *group, chosen, {"who", "Who could help this contact now, and why or why not", "contact"},
        [](auto request, auto id) { request.setCoverChoices(id); },
        [](door::Reply::Reader reply) { return choices_text(reply.getChoices()); });
    add_id_command(
        *group, chosen,
        {"offer", "Offer the person the best open node; they choose, in their page", "contact"},
        [](auto request, auto id) { request.setCoverOffer(id); }, show_done);
    auto options = std::make_shared<AnswerOptions>();
    auto* answer =
        add_command(*group, "answer", "What the person chose, when they say it otherwise",
                    std::string("sanad cover answer ") + example_id + " wait");
    add_word(*answer, "contact", options->contact, "the contact's id");
    add_word(*answer, "choice", options->answer, "go_on, wait or leave_message");
    choose(*answer, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initCoverAnswer();
                body.setContact(text_for(options->contact));
                body.setAnswer(text_for(options->answer));
            },
            show_done);
    });
}

}  // namespace sanad::cli
