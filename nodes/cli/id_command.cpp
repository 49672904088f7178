#include "nodes/cli/id_command.h"

#include <CLI/App.hpp>

namespace sanad::cli {

void add_id_command(CLI::App& group, Chosen& chosen, const IdCommand& command,
                    std::function<void(door::Request::Builder, capnp::Text::Reader)> fill,
                    Show show) {
    auto id = std::make_shared<std::string>();
    auto* app = add_command(group, command.name, command.help,
                            "sanad " + group.get_name() + " " + command.name + " " + example_id);
    add_word(*app, command.thing, *id, "the " + command.thing + "'s id");
    choose(*app, chosen,
           [id, fill = std::move(fill), show = std::move(show)](const Common& common) {
               return ask(
                   common, [&](door::Request::Builder request) { fill(request, text_for(*id)); },
                   show);
           });
}

}  // namespace sanad::cli
