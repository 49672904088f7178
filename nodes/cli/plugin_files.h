#pragma once

#include "nodes/cli/command.h"

#include <string>

// The part of `sanad plugin` that is about files and needs no running node.
namespace sanad::cli {

bool is_plugin_file(const std::string& name);

/// What a plugin's file says, or what differs from `against`, which is one too: each a file that
/// ends in .so, or an instance, whose version in use is meant. returns  how the program ends
int show_plugin_file(const Common& common, const std::string& name, const std::string& against);

/// `sign` and `install`.
void add_plugin_bundle_commands(CLI::App& group, Chosen& chosen);

}  // namespace sanad::cli
