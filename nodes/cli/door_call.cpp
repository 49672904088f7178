#include "nodes/cli/door_call.h"

#include "core/api/client.h"
#include "core/base/message.h"
#include "core/node/configuration.h"
#include "core/node/toml_document.h"
#include "nodes/cli/output.h"

#include <capnp/compat/json.h>
#include <kj/string.h>

#include <array>
#include <cstdio>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;

// Who asks: named, or the only member of staff. returns  exit_done, or how the program ends
int find_actor(const Common& common, const fs::path& data, std::string& actor) {
    actor = common.actor;
    if (!actor.empty()) return exit_done;
    const auto configuration = node::load_configuration(data / "node.toml");
    if (!configuration) return complain(configuration.error(), exit_configuration_fault);
    std::string names;
    for (const auto& member : configuration->staff)
        names += (names.empty() ? "" : ", ") + member.name;
    if (configuration->staff.size() != 1)
        return complain("who are you: use --as NAME or set SANAD_AS; the staff are " + names,
                        exit_usage);
    actor = names;
    return exit_done;
}

int not_reachable(const Error& error, const fs::path& data) {
    const std::string at = data.string();
    switch (error.fault) {
        case Fault::not_found:
        case Fault::closed:
            return complain("no node runs in " + at + ": start it with sanad-node --config " +
                                (data / "node.toml").string(),
                            exit_not_reachable);
        case Fault::denied:
            return complain(at + " belongs to another user: run this as the node's own user",
                            exit_not_reachable);
        case Fault::busy:
            return complain("the node in " + at + " does not answer: look at its log",
                            exit_not_reachable);
        default:
            return complain(
                "the node in " + at + " cannot be asked (" + error.detail + "): look at its log",
                exit_not_reachable);
    }
}

Bytes request_bytes(const std::string& actor, const Fill& fill) {
    capnp::MallocMessageBuilder message;
    auto request = message.initRoot<door::Request>();
    request.setVersion(1);
    request.setActor(text_for(actor));
    fill(request);
    return flatten(message);
}

// Read once: the library counts each reading against the message's size.
int report(const Common& common, door::ErrorReply::Reader error) {
    const std::string wrong = text_of(error.getWrong());
    const std::string mend = text_of(error.getMend());
    if (common.json)
        print("{\"error\":{\"code\":" + node::json_string(text_of(error.getCode())) +
              ",\"wrong\":" + node::json_string(wrong) + ",\"mend\":" + node::json_string(mend) +
              "}}\n");
    return complain(wrong + ": " + mend, exit_refused);
}

int ask_node(const Common& common, const Fill& fill, Duration wait,
             const std::function<int(door::Reply::Reader)>& use) {
    const auto data = data_folder(common);
    if (!data) return complain(data.error(), exit_usage);
    std::string actor;
    if (const int found = find_actor(common, *data, actor); found != exit_done) return found;
    auto client = api::Client::connect(*data / "door.sock");
    if (!client) return not_reachable(client.error(), *data);
    const auto answer = client->call(request_bytes(actor, fill), wait);
    if (!answer) {
        if (answer.error().fault == Fault::bad_size)
            return complain("the request is longer than 1 MiB: shorten it", exit_usage);
        return not_reachable(answer.error(), *data);
    }
    const auto used = read_message<door::Reply>(
        *answer, [&](door::Reply::Reader reply) -> Result<int> { return use(reply); });
    return used ? *used : not_reachable(used.error(), *data);
}

}  // namespace

Result<fs::path> data_folder(const Common& common) {
    if (!common.data.empty()) return fs::path(common.data);
    return fail(Fault::not_found,
                "which node is meant: use --data with its data folder, or set SANAD_DATA");
}

int ask_then(const Common& common, const Fill& fill,
             const std::function<int(door::Reply::Reader)>& use, Duration wait) {
    return ask_node(common, fill, wait, [&](door::Reply::Reader reply) {
        return reply.isError() ? report(common, reply.getError()) : use(reply);
    });
}

int ask(const Common& common, const Fill& fill, const Show& show, Duration wait) {
    return ask_then(
        common, fill,
        [&](door::Reply::Reader reply) {
            return print(common.json ? json_of(reply) + "\n" : show(reply));
        },
        wait);
}

std::string show_done(door::Reply::Reader reply) {
    if (!reply.isDone()) return "done\n";
    const auto done = reply.getDone();
    return line("id", text_of(done.getId())) + line("state", text_of(done.getState())) +
           line("code", text_of(done.getCode())) + line("note", text_of(done.getNote()));
}

std::string json_of(door::Reply::Reader reply) {
    const capnp::JsonCodec codec;
    const kj::String json = codec.encode(reply);
    return {json.cStr(), json.size()};
}

Result<std::string> prose(const std::string& argument) {
    if (argument != "-") return argument;
    std::string text;
    std::array<char, 4096> chunk;
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), stdin)) {
        text.append(chunk.data(), got);
        if (text.size() > argument_bytes_max)
            return fail(Fault::bad_size, "the text is longer than 64 KiB: shorten it");
    }
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

int ask_with_prose(const Common& common, const std::string& argument,
                   const std::function<void(door::Request::Builder, const std::string&)>& fill,
                   const Show& show) {
    const auto text = prose(argument);
    if (!text) return complain(text.error(), exit_usage);
    return ask(common, [&](door::Request::Builder request) { fill(request, *text); }, show);
}

std::string text_of(capnp::Text::Reader text) { return {text.cStr(), text.size()}; }

std::vector<std::string> texts_of(capnp::List<capnp::Text>::Reader texts) {
    std::vector<std::string> all;
    for (const auto text : texts) all.push_back(text_of(text));
    return all;
}

capnp::Text::Reader text_for(const std::string& text) { return to_text(text); }

std::string timeline_text(capnp::List<door::TimelineEntry>::Reader timeline) {
    std::string text;
    for (const auto entry : timeline) {
        text += "  " + shown(text_of(entry.getAt())) + "  " + shown(text_of(entry.getWho())) +
                "  " + shown(text_of(entry.getWhat()));
        for (const auto extra : {entry.getReason(), entry.getReceipt()})
            if (extra.size() > 0) text += "  " + shown(text_of(extra));
        text += "\n" + shown_prose(text_of(entry.getText()), "    ");
    }
    return text;
}

}  // namespace sanad::cli
