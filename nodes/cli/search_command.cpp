// sanad search: words in conversations and notes that the asker may open.
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

constexpr std::uint32_t limit_default = 20;

struct Options {
    std::string words;
    std::uint32_t limit = limit_default;
};

std::string show_found(door::Reply::Reader reply) {
    std::string out;
    for (const auto one : reply.getFound()) {
        const auto code = text_of(one.getCaseCode());
        const bool in_contact = one.getContact().size() > 0;
        out += line(in_contact ? "contact" : "case",
                    text_of(in_contact ? one.getContact() : one.getCase())) +
               line("code", code) + line("at", text_of(one.getAt())) +
               line("from", text_of(one.getFrom())) + shown_prose(text_of(one.getText()), "    ") +
               "\n";
    }
    return out.empty() ? "nothing was found in what you may open\n" : out;
}

}  // namespace

void add_search_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* search = add_command(
        app, "search", "Look for words in conversations and notes; that you looked is audited",
        "sanad search \"kayhdedni tsawer\" --limit 5");
    add_prose(*search, "words", options->words,
              "all of them have to be there, in any script that is written here; the last may be a "
              "beginning");
    search->add_option("--limit", options->limit, "how many at most [20]")
        ->check(CLI::Range(1U, 100U));
    choose(*search, chosen, [options](const Common& common) {
        return ask_with_prose(
            common, options->words,
            [&](door::Request::Builder request, const std::string& words) {
                auto body = request.initSearch();
                body.setWords(text_for(words));
                body.setLimit(options->limit);
            },
            show_found);
    });
}

}  // namespace sanad::cli
