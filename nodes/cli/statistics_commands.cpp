// sanad stats: how many contacts there were, and the tables that a helpline hands on.
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct ShowOptions {
    std::string from, until;
    std::vector<std::string> by;
};

struct ExportOptions {
    std::string table, period;
};

std::string show_statistics(door::Reply::Reader reply) {
    const auto view = reply.getStatistics();
    const std::string few = "fewer than " + std::to_string(view.getSmallest());
    Table table({"BY", "CONTACTS", "WHAT"});
    for (const auto row : view.getRows())
        table.add({text_of(row.getBy()),
                   row.getBeside()   ? "hidden"
                   : row.getHidden() ? few
                                     : std::to_string(row.getCount()),
                   text_of(row.getKey())});
    return line("contacts", view.getHidden() ? few : std::to_string(view.getContacts())) +
           table.text("nothing was counted in these days, or too little to be told");
}

}  // namespace

void add_statistics_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "stats", "How many contacts there were: counts, never a person");
    auto shown_days = std::make_shared<ShowOptions>();
    auto* show = add_command(
        *group, "show",
        "Counts of some days, at most 400; those that are too small are not told, nor is what "
        "would give them away",
        "sanad stats show --from 2026-01-01 --until 2026-03-31 --by channel --by reason");
    add_word(*show, "--from", shown_days->from, "the first day, such as 2026-01-01");
    add_word(*show, "--until", shown_days->until, "the last day that counts");
    add_words(*show, "--by", shown_days->by,
              "day, hour, channel, language, urgency, end, outcome, action, wait, group, reason, "
              "harm, age, gender, requester, service [all]");
    for (const char* name : {"--from", "--until"}) show->get_option(name)->required();
    choose(*show, chosen, [shown_days](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initStatisticsShow();
                body.setFrom(text_for(shown_days->from));
                body.setUntil(text_for(shown_days->until));
                fill_texts(shown_days->by, [&](unsigned size) { return body.initBy(size); });
            },
            show_statistics);
    });

    auto exported = std::make_shared<ExportOptions>();
    auto* write = add_command(*group, "export",
                              "A table as CSV: chi_year of a year, bik_quarter of a quarter",
                              "sanad stats export chi_year 2026 > chi-2026.csv");
    add_word(*write, "table", exported->table, "chi_year or bik_quarter");
    add_word(*write, "period", exported->period, "2026, or 2026-Q1");
    choose(*write, chosen, [exported](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initStatisticsExport();
                body.setTable(text_for(exported->table));
                body.setPeriod(text_for(exported->period));
            },
            [](door::Reply::Reader reply) { return text_of(reply.getFile().getText()); });
    });
}

}  // namespace sanad::cli
