#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "nodes/cli/command.h"
#include "schemas/api.capnp.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// One question to the running node through its door, and its answer on the screen.
namespace sanad::cli {

namespace door = schema::api;
using Fill = std::function<void(door::Request::Builder)>;
/// Makes text of a reply, and reads each part of it only once: the reader has a budget.
using Show = std::function<std::string(door::Reply::Reader)>;

/// The longest that a command waits for its answer.
inline constexpr Duration answer_wait_default{60'000};

/// Where a node's files are. errors  not_found: neither --data nor $SANAD_DATA
Result<std::filesystem::path> data_folder(const Common& common);

/// Asks the node and prints the answer: as JSON, or what `show` makes of it. An error of the node
/// goes to stderr, and as JSON to the standard output as well. returns  how the program ends
int ask(const Common& common, const Fill& fill, const Show& show,
        Duration wait = answer_wait_default);

/// Asks the node; `use` gets an answer that is no error, and returns how the program ends.
int ask_then(const Common& common, const Fill& fill,
             const std::function<int(door::Reply::Reader)>& use,
             Duration wait = answer_wait_default);

/// `Show` for a command that only did something.
std::string show_done(door::Reply::Reader reply);

std::string json_of(door::Reply::Reader reply);

/// The prose of an argument: itself, or the standard input when it is `-`; at most
/// argument_bytes_max. errors  bad_size
Result<std::string> prose(const std::string& argument);

/// As ask(), for a command with prose in it: `fill` gets what prose() made of `argument`.
int ask_with_prose(const Common& common, const std::string& argument,
                   const std::function<void(door::Request::Builder, const std::string&)>& fill,
                   const Show& show);

std::string text_of(capnp::Text::Reader text);
std::vector<std::string> texts_of(capnp::List<capnp::Text>::Reader texts);
capnp::Text::Reader text_for(const std::string& text);
/// Fills a list of texts that `init` makes.
template <typename Init>
void fill_texts(const std::vector<std::string>& texts, Init&& init) {
    auto list = init(static_cast<unsigned>(texts.size()));
    for (unsigned i = 0; i < texts.size(); ++i) list.set(i, text_for(texts[i]));
}

/// A timeline, one entry a line, with what was written below it.
std::string glasses_text(capnp::List<door::GlassView>::Reader glasses);
std::string timeline_text(capnp::List<door::TimelineEntry>::Reader timeline);

}  // namespace sanad::cli
