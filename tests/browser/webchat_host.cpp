// Runs the web chat plugin as the node would, with a node in memory behind it. It is led by lines
// on standard input and answers each with one line of JSON on standard output:
//
//     start PORT                 configure and start; 0: a free port -> the port
//     stop                       stop the plugin; what the node knows stays
//     say INDEX TEXT             the helpline writes into the INDEXth conversation
//     state INDEX STATE          waiting, open or ended, without a message
//     place INDEX POSITION WAIT  where its person stands, and how long others waited, in seconds
//     read INDEX SEQ             a counsellor has seen what was written up to there
//     refuse METHOD STATUS TIMES the node refuses the next calls: submit, replay; by number
//     lose METHOD                the node does the next call and its answer is lost
//     dump                       every conversation: messages, receipt, goodbyes
//     logged TEXT                whether the log holds TEXT
//     log                        the log
#include "plugins/channels/webchat/frames.h"
#include "plugins/channels/webchat/webchat_config.capnp.h"

#include <dlfcn.h>

#include <cstdlib>
#include <iostream>
#include <sanad/fake_host.hpp>
#include <sstream>

namespace {

using sanad::plugin::FakeHost;
using sanad::webchat::json_text;
namespace schema = sanad::plugin::schema;

void put(sanad::webchat::Texts::Builder words, const char* ar, const char* fr, const char* en) {
    words.setAr(ar);
    words.setFr(fr);
    words.setEn(en);
}

void fill(sanad::webchat::Config::Builder config, std::uint16_t port) {
    config.setListenPort(port);
    config.setConversationsPerHour(std::getenv("WEBCHAT_PER_HOUR") ? 1 : 0);
    put(config.initHelpline(), "خط الإصغاء (تجربة)", "Ligne d'écoute (essai)",
        "Listening line (trial)");
    put(config.initOpening(), "نجيب كل يوم من 10:00 إلى 16:00.",
        "Nous répondons chaque jour de 10 h à 16 h.", "We answer every day from 10:00 to 16:00.");
    auto numbers = config.initEmergencyNumbers(3);
    numbers[0].setNumber("19");
    put(numbers[0].initLabel(), "الشرطة", "Police", "Police");
    numbers[1].setNumber("177");
    put(numbers[1].initLabel(), "الدرك الملكي", "Gendarmerie", "Gendarmerie");
    numbers[2].setNumber("2511");
    put(numbers[2].initLabel(), "حماية الطفولة", "Protection de l'enfance", "Child protection");
    // "Somewhere harmless" on the machine itself: the test must not reach out.
    config.setExitAddress(std::getenv("WEBCHAT_EXIT"));
}

std::string dump(const FakeHost& host) {
    std::string json = "[";
    for (const auto& id : host.conversations()) {
        json += (json.size() > 1 ? ",{" : "{") + std::string("\"messages\":[");
        for (const auto& message : host.conversation(id))
            json += (json.back() == '[' ? "{" : ",{") + std::string("\"from\":\"") +
                    (message.from == schema::Author::PERSON ? "person" : "helpline") +
                    "\",\"seq\":" + std::to_string(message.seq) +
                    ",\"text\":" + json_text(message.text) + '}';
        json += "],\"shown\":" + std::to_string(host.shown(id)) + ",\"left\":[";
        for (const auto how : host.left(id))
            json += (json.back() == '[' ? "" : ",") + std::to_string(static_cast<int>(how));
        json += "],\"felt\":{";
        for (const auto& [question, face] : host.feedback(id))
            json +=
                (json.back() == '{' ? "" : ",") + json_text(question) + ':' + std::to_string(face);
        json += "}}";
    }
    return json + ']';
}

std::uint32_t method(const std::string& name) {
    return name == "submit" ? SANAD_M_SUBMIT : SANAD_M_REPLAY;
}

std::string last_port(const FakeHost& host) {
    std::string port = "null";
    for (const auto& line : host.log())
        if (const auto at = line.find("webchat.listening port="); at != line.npos)
            port = line.substr(at + 23);
    return port;
}

std::string obey(FakeHost& host, const std::string& command, std::istringstream& rest) {
    if (command == "start") {
        std::uint16_t port = 0;
        rest >> port;
        const auto set = host.configure<sanad::webchat::Config>(
            [&](sanad::webchat::Config::Builder config) { fill(config, port); });
        if (set != SANAD_OK || host.start() != SANAD_OK) return "null";
        return last_port(host);
    }
    if (command == "stop") return std::to_string(host.stop());
    if (command == "say" || command == "state") {
        std::size_t index = 0;
        std::string text;
        rest >> index >> std::ws;
        std::getline(rest, text);
        const std::string id = host.conversations().at(index);
        auto state = schema::ConversationState::OPEN;
        if (command == "state" && text == "ended") state = schema::ConversationState::ENDED;
        if (command == "state" && text == "waiting") state = schema::ConversationState::WAITING;
        const auto given = host.deliver(id, command == "say" ? text : "", state);
        return std::to_string(given.status);
    }
    if (command == "place" || command == "read") {
        std::size_t index = 0;
        std::uint32_t number = 0, wait = 0;
        rest >> index >> number >> wait;
        const std::string id = host.conversations().at(index);
        if (command == "place")
            host.set_place(id, number, wait);
        else
            host.set_read(id, number);
        return "true";
    }
    if (command == "refuse") {
        std::string name;
        int status = 0, times = 0;
        rest >> name >> status >> times;
        host.fail_next(method(name), status, times);
        return "true";
    }
    if (command == "lose") {
        std::string name;
        rest >> name;
        host.lose_next(method(name));
        return "true";
    }
    if (command == "dump") return dump(host);
    if (command == "logged") {
        std::string text;
        std::getline(rest >> std::ws, text);
        return host.logged(text) ? "true" : "false";
    }
    std::string lines;
    for (const auto& line : host.log()) lines += line + '\n';
    return json_text(lines);
}

}  // namespace

int main(int argc, char** argv) {
    void* library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
    const auto* entry =
        library ? static_cast<const sanad_entry*>(dlsym(library, "sanad_plugin_entry_v1"))
                : nullptr;
    if (!entry || !std::getenv("WEBCHAT_EXIT")) {
        std::cerr << "usage: WEBCHAT_EXIT=ADDRESS webchat-host PLUGIN.so\n";
        return 2;
    }
    FakeHost host(*entry);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream rest(line);
        std::string command;
        rest >> command;
        std::cout << obey(host, command, rest) << std::endl;
    }
}
