#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

// What `sanad init` has to know, from its options or from the answers of a person.
namespace sanad::cli {

struct InitOptions {
    std::string folder, country, id, name, listen, chat = "127.0.0.1:8080", desk = "127.0.0.1:8090",
                                                   share, vault = "key_file", store = "lmdb";
    std::vector<std::string> endpoints, staff, plugins, store_settings;
    bool ask = false;
};

/// An address and a port, of the option `name`: `127.0.0.1:8080`. errors  invalid
Result<void> read_place(const char* name, const std::string& place, std::string& address,
                        std::uint16_t& port);

/// Asks for each of them, one line a question, with what is meant when the line is empty; an answer
/// that cannot be is asked for again, with what is wrong with it.
///
/// in, out  a terminal's, or a test's
/// errors   closed: the answers ended before the questions, or the last one was no. Nothing is made
Result<void> ask_questions(InitOptions& options, std::istream& in, std::ostream& out);

}  // namespace sanad::cli
