#include "nodes/cli/init_questions.h"

#include "core/base/text.h"
#include "core/node/country_profile.h"
#include "nodes/cli/surroundings.h"

#include <algorithm>
#include <filesystem>
#include <istream>
#include <ostream>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t answer_bytes_max = 400;

/// What is wrong with an answer, and how to mend it; empty: nothing.
using Check = std::function<std::string(const std::string&)>;

class Questions {
public:
    Questions(std::istream& in, std::ostream& out) : in_(in), out_(out) {}

    /// The answer, or `otherwise` where it is empty; asked again until `check` has nothing to say.
    std::string ask(const std::string& question, const std::string& otherwise, const Check& check) {
        for (;;) {
            out_ << ++number_ << ". " << question;
            if (!otherwise.empty()) out_ << " [" << otherwise << "]";
            out_ << "\n   > " << std::flush;
            std::string answer;
            if (!std::getline(in_, answer)) {
                ended_ = true;
                return {};
            }
            while (!answer.empty() && (answer.back() == ' ' || answer.back() == '\r'))
                answer.pop_back();
            if (answer.empty()) answer = otherwise;
            const std::string wrong = check_label(answer, answer_bytes_max)
                                          ? check(answer)
                                          : "write one line of at most 400 bytes";
            if (wrong.empty()) return answer;
            out_ << "   " << wrong << "\n";
            --number_;
        }
    }
    bool ended() const { return ended_; }

private:
    std::istream& in_;
    std::ostream& out_;
    int number_ = 0;
    bool ended_ = false;
};

std::string any(const std::string&) { return {}; }

std::string check_folder(const std::string& folder) {
    std::error_code fault;
    if (fs::exists(folder, fault) && !fs::is_empty(folder, fault))
        return "that folder holds something: name one that is new or empty";
    return {};
}

Check place_for(const char* name) {
    return [name](const std::string& place) -> std::string {
        if (place == "none" && std::string_view(name) == "--desk") return {};
        std::string address;
        std::uint16_t port = 0;
        const auto read = read_place(name, place, address, port);
        return read ? "" : read.error().detail;
    };
}

std::string check_person(const std::string& name) {
    const bool good = name.size() <= 64 && name.find_first_of(" :,\"") == name.npos;
    return good ? "" : "write a short name without spaces, commas and colons, such as amina";
}

std::string check_endpoint(const std::string& endpoint) {
    const auto colon = endpoint.rfind(':');
    if (endpoint == "none" || (endpoint.starts_with("tcp://") && colon > 6)) return {};
    return "write none, or such as tcp://node.example.org:5670";
}

std::string check_vault(const std::string& vault) {
    return vault == "key_file" || vault == "passphrase" ? "" : "write key_file or passphrase";
}

std::string check_yes(const std::string& answer) {
    return answer == "yes" || answer == "no" ? "" : "write yes or no";
}

/// `ma (EMC-Helpline), tn (...)`
std::string countries(const fs::path& share) {
    std::string text;
    for (const auto& code : node::known_countries(share))
        if (const auto profile = node::load_country(share, code))
            text += (text.empty() ? "" : ", ") + code + " (" + profile->helpline.en + ")";
    return text;
}

std::string summary(const InitOptions& options) {
    std::string people;
    for (const auto& one : options.staff) people += (people.empty() ? "" : "; ") + one;
    return "   folder     " + options.folder + "\n   country    " + options.country +
           "\n   helpline   " + options.name + "\n   people     " + people +
           "\n   children   http://" + options.chat + "\n   desk       " +
           (options.desk == "none" ? "none" : "http://" + options.desk) + "\n   others     " +
           (options.endpoints.empty() ? "this node dials them" : options.endpoints.front()) +
           "\n   vault      " + options.vault + "\n";
}

}  // namespace

Result<void> read_place(const char* name, const std::string& place, std::string& address,
                        std::uint16_t& port) {
    const auto colon = place.rfind(':');
    const std::string digits = colon == place.npos ? "" : place.substr(colon + 1);
    const bool is_number = !digits.empty() && digits.size() <= 5 &&
                           std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    const unsigned long number = is_number ? std::stoul(digits) : 65536;
    if (number > 65535)
        return fail(Fault::invalid, std::string(name) + " " + place +
                                        ": write an address and a port from 0 to 65535, such as "
                                        "127.0.0.1:8080");
    address = place.substr(0, colon);
    port = static_cast<std::uint16_t>(number);
    return {};
}

Result<void> ask_questions(InitOptions& options, std::istream& in, std::ostream& out) {
    const fs::path share = options.share.empty() ? share_folder() : fs::path(options.share);
    out << "A new node, question by question. An empty line takes what stands in brackets; Ctrl-C "
           "makes nothing.\n\n";
    Questions questions(in, out);
    options.country =
        questions.ask("Which country? " + countries(share), "ma", [&](const std::string& code) {
            const auto profile = node::load_country(share, code);
            return profile ? std::string() : profile.error().detail;
        });
    const auto profile = node::load_country(share, options.country);
    if (!profile) return fail(Fault::closed, "no country was named: nothing was made");
    options.name = questions.ask("What is the helpline called?", profile->helpline.en, any);
    options.folder = questions.ask(
        "Where do its keys and its store go? A folder of its own, closed "
        "to everybody else.",
        "/var/lib/sanad", check_folder);
    const auto first = questions.ask(
        "Who begins? They let the others in, at the desk. A short name.", "admin", check_person);
    const auto second =
        questions.ask("Who is the second administrator? Some things need two people. none: later.",
                      "none", [&](const std::string& name) {
                          return name == first ? "somebody else, or none" : check_person(name);
                      });
    options.chat = questions.ask(
        "Where does the children's page listen? Behind a proxy with TLS, "
        "this machine is enough.",
        options.chat, place_for("--chat"));
    options.desk = questions.ask("And the desk of the people who work here? none: no desk.",
                                 options.desk, place_for("--desk"));
    const auto endpoint = questions.ask(
        "How do other helplines' nodes reach this one? none: it "
        "reaches them.",
        "none", check_endpoint);
    options.vault = questions.ask(
        "What opens the vault at a start? key_file: by itself; passphrase: "
        "somebody has to type it.",
        options.vault, check_vault);
    if (questions.ended())
        return fail(Fault::closed, "the answers ended before the questions: nothing was made");
    options.staff = {first + ":supervisor,admin,auditor"};
    if (second != "none") options.staff.push_back(second + ":supervisor,admin");
    if (endpoint != "none") {
        options.endpoints = {endpoint};
        options.listen = "tcp://0.0.0.0" + endpoint.substr(endpoint.rfind(':'));
    }
    out << "\n" << summary(options) << "\n";
    if (questions.ask("Make it?", "yes", check_yes) != "yes")
        return fail(Fault::closed, "nothing was made");
    out << "\n";
    return {};
}

}  // namespace sanad::cli
