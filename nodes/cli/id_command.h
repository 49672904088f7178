#pragma once

#include "nodes/cli/door_call.h"

namespace sanad::cli {

/// A command that takes nothing but the id of a thing, such as `sanad case show ID`.
struct IdCommand {
    std::string name, help;
    std::string thing;  // the argument's name: contact, case, referral, escalation
};

inline constexpr const char* example_id = "01890a5d-ac96-774b-bcce-b302099a8057";

void add_id_command(CLI::App& group, Chosen& chosen, const IdCommand& command,
                    std::function<void(door::Request::Builder, capnp::Text::Reader)> fill,
                    Show show);

}  // namespace sanad::cli
