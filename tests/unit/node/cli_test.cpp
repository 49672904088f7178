// The program `sanad` as a person uses it: run for real, against a door of this test.
#include "core/api/door_socket.h"
#include "core/base/encoding.h"
#include "core/base/message.h"
#include "nodes/cli/output.h"
#include "schemas/api.capnp.h"
#include "tests/support/folder.h"
#include "tests/support/program.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace sanad;
namespace door = schema::api;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Answers what the test wants, and keeps what was asked.
class ScriptedDoor final : public api::Door {
public:
    using Script = std::function<void(door::Request::Reader, door::Reply::Builder)>;

    void handle(ByteView request, Answer answer) override {
        capnp::MallocMessageBuilder reply;
        const auto read =
            read_message<door::Request>(request, [&](door::Request::Reader reader) -> Result<void> {
                asked_by = from_text(reader.getActor());
                script(reader, reply.initRoot<door::Reply>());
                return {};
            });
        answer(read ? flatten(reply) : Bytes(8));
    }

    Script script;
    std::string asked_by;
};

struct Cli {
    test::Folder folder;
    std::map<std::string, std::string> environment;

    test::Ended run(std::vector<std::string> arguments, const std::string& out = {}) const {
        return test::run_program(SANAD_CLI, arguments, environment, out);
    }
    /// `sanad init --ask`, with these answers, a line each.
    test::Ended asked(const std::vector<std::string>& answers) const {
        std::string lines;
        for (const auto& answer : answers) lines += answer + "\n";
        folder.file("answers", lines);
        return test::run_program(SANAD_CLI,
                                 {"init", "--ask", "--share", SANAD_SOURCE_FOLDER "/config",
                                  "--plugins", SANAD_LMDB_FOLDER},
                                 environment, {}, (folder / "answers").string());
    }
};

struct WithNode : Cli {
    SystemClock clock;
    NullLog log;
    ScriptedDoor node;
    std::unique_ptr<api::DoorSocket> socket;

    WithNode() {
        folder.file("node.toml",
                    "version = 1\n[node]\nid = \"ma.cmrpi\"\nname = \"x\"\n"
                    "[[staff]]\nname = \"amina\"\nroles = [\"counsellor\"]\n");
        socket = api::DoorSocket::start(folder / "door.sock", node, clock, log).value();
        environment["SANAD_DATA"] = folder.path().string();
    }
};

}  // namespace

TEST_CASE_METHOD(Cli, "every command has help and an example, and asking for it is no mistake") {
    const std::vector<std::vector<std::string>> commands{{"init"},
                                                         {"doctor"},
                                                         {"node", "bundle"},
                                                         {"status"},
                                                         {"link", "list"},
                                                         {"audit", "verify"},
                                                         {"audit", "export"},
                                                         {"audit", "witness"},
                                                         {"audit", "alarms"},
                                                         {"audit", "acknowledge"},
                                                         {"feed"},
                                                         {"user", "list"},
                                                         {"user", "invite"},
                                                         {"user", "roles"},
                                                         {"user", "disable"},
                                                         {"user", "enable"},
                                                         {"user", "forget-key"},
                                                         {"user", "forget-password"},
                                                         {"phone", "list"},
                                                         {"phone", "add"},
                                                         {"phone", "remove"},
                                                         {"phone", "ready"},
                                                         {"phone", "pause"},
                                                         {"phone", "board"},
                                                         {"contact", "call"},
                                                         {"contact", "files"},
                                                         {"contact", "file"},
                                                         {"plugin", "list"},
                                                         {"plugin", "info"},
                                                         {"plugin", "new"},
                                                         {"plugin", "sign"},
                                                         {"plugin", "install"},
                                                         {"plugin", "reload"},
                                                         {"plugin", "rollback"},
                                                         {"plugin", "disable"},
                                                         {"plugin", "enable"},
                                                         {"contact", "list"},
                                                         {"contact", "show"},
                                                         {"contact", "open"},
                                                         {"contact", "reply"},
                                                         {"contact", "end"},
                                                         {"case", "list"},
                                                         {"case", "show"},
                                                         {"case", "open"},
                                                         {"case", "note"},
                                                         {"case", "close"},
                                                         {"case", "assign"},
                                                         {"case", "share"},
                                                         {"case", "break-glass"},
                                                         {"case", "glasses"},
                                                         {"escalation", "partners"},
                                                         {"backup", "key"},
                                                         {"backup", "make"},
                                                         {"backup", "list"},
                                                         {"backup", "check"},
                                                         {"restore"},
                                                         {"search"},
                                                         {"consent", "record"},
                                                         {"refer"},
                                                         {"referral", "list"},
                                                         {"referral", "show"},
                                                         {"referral", "review"},
                                                         {"referral", "ask"},
                                                         {"referral", "answer"},
                                                         {"referral", "accept"},
                                                         {"referral", "decline"},
                                                         {"referral", "redirect"},
                                                         {"referral", "complete"},
                                                         {"referral", "not-complete"},
                                                         {"referral", "withdraw"},
                                                         {"referral", "withdraw-ok"},
                                                         {"referral", "confirm"},
                                                         {"referral", "status", "start"},
                                                         {"referral", "status", "hold"},
                                                         {"referral", "status", "resume"},
                                                         {"referral", "status", "note"},
                                                         {"escalate"},
                                                         {"escalation", "list"},
                                                         {"escalation", "show"},
                                                         {"directory", "steward-key"},
                                                         {"directory", "create"},
                                                         {"directory", "add"},
                                                         {"directory", "revoke"},
                                                         {"directory", "sign"},
                                                         {"directory", "merge"},
                                                         {"directory", "verify"},
                                                         {"directory", "trust"},
                                                         {"directory", "show"},
                                                         {"directory", "install"},
                                                         {"passport", "export"},
                                                         {"passport", "verify"},
                                                         {"passport", "show"}};
    for (auto command : commands) {
        std::string path = "sanad";
        for (const auto& word : command) path += " " + word;
        INFO(path);
        command.push_back("--help");
        const auto ended = run(command);
        CHECK(ended.code == 0);
        CHECK(has(ended.out, "Usage: " + path));
        CHECK(has(ended.out, "Example: sanad "));
        CHECK(ended.err.empty());
    }
    CHECK(run({"--help"}).code == 0);
    CHECK(run({"--version"}).out.starts_with("sanad "));
}

TEST_CASE_METHOD(Cli, "wrong usage ends with 2, one sentence, and the way to the help") {
    const auto says = [&](std::vector<std::string> arguments, std::string_view part) {
        const auto ended = run(arguments);
        INFO(ended.err);
        return ended.code == 2 && ended.out.empty() && ended.err.starts_with("sanad: ") &&
               std::ranges::count(ended.err, '\n') == 1 && has(ended.err, part);
    };
    CHECK(says({}, "see sanad --help"));
    CHECK(says({"contct", "list"}, "did you mean sanad contact?"));
    CHECK(says({"--data", "x", "contact", "lst"}, "did you mean sanad contact list?"));
    CHECK(says({"utterly-unlike"}, "see sanad --help"));
    CHECK(says({"contact", "show"}, "see sanad contact show --help"));
    CHECK(says({"contact", "show", "a", "b"}, "see sanad contact show --help"));
    CHECK(says({"contact", "show", "--unknown", "a"}, "see sanad contact show --help"));
    CHECK(says({"audit", "export", "--limit", "501"}, "see sanad audit export --help"));
    CHECK(says({"status"}, "use --data"));
    CHECK(says({"passport", "verify", "x"}, "--trust"));
}

TEST_CASE_METHOD(WithNode, "an argument that hides something is refused before anybody is asked") {
    node.script = [](auto, auto) { FAIL_CHECK("nobody should be asked"); };
    for (const std::string& bad :
         {std::string("a\nb"), std::string("a\x1b[31m"), std::string("a\xff"),
          std::string("a\u202Eb"), std::string(cli::argument_bytes_max + 1, 'a')}) {
        const auto ended = run({"contact", "show", bad});
        CHECK(ended.code == 2);
        CHECK(ended.err.find('\x1b') == std::string::npos);
        CHECK(std::ranges::count(ended.err, '\n') == 1);
    }
}

TEST_CASE_METHOD(Cli, "without a node the program ends with 3 and says how to start it") {
    folder.file("node.toml",
                "version = 1\n[node]\nid = \"ma.cmrpi\"\nname = \"x\"\n"
                "[[staff]]\nname = \"amina\"\nroles = [\"counsellor\"]\n");
    const auto ended = run({"--data", folder.path().string(), "status"});
    CHECK(ended.code == 3);
    CHECK(has(ended.err, "start it with sanad-node --config " + (folder / "node.toml").string()));
}

TEST_CASE_METHOD(Cli, "a fault in the configuration ends with 78, at its line and column") {
    folder.file("node.toml", "version = 1\n[node]\nid = \"morocco\"\nname = \"x\"\nport = 3\n");
    for (const char* command : {"status", "doctor"}) {
        const auto ended = run({"--data", folder.path().string(), command});
        CHECK(ended.code == 78);
        CHECK(has(ended.out + ended.err, (folder / "node.toml").string() + ":3:6: "));
        CHECK(has(ended.out + ended.err, (folder / "node.toml").string() + ":5:1: "));
    }
    CHECK(run({"--data", (folder / "none").string(), "status"}).code == 78);
}

TEST_CASE_METHOD(WithNode, "who asks is the only member of staff, or whom --as names") {
    node.script = [](auto, auto reply) { reply.initStatus(); };
    CHECK(run({"status"}).code == 0);
    CHECK(node.asked_by == "amina");
    CHECK(run({"status", "--as", "يوسف"}).code == 0);
    CHECK(node.asked_by == "يوسف");
    environment["SANAD_AS"] = "leila";
    CHECK(run({"status"}).code == 0);
    CHECK(node.asked_by == "leila");
    environment.erase("SANAD_AS");
    folder.file("node.toml",
                "version = 1\n[node]\nid = \"ma.cmrpi\"\nname = \"x\"\n"
                "[[staff]]\nname = \"amina\"\nroles = [\"counsellor\"]\n"
                "[[staff]]\nname = \"leila\"\nroles = [\"auditor\"]\n");
    const auto ended = run({"status"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "the staff are amina, leila"));
}

TEST_CASE_METHOD(WithNode, "what the node refuses ends with 1, its reason, and in JSON its code") {
    node.script = [](auto, auto reply) {
        auto error = reply.initError();
        error.setCode("consent_missing");
        error.setWrong("nobody has consented to this yet");
        error.setMend("record a consent first");
    };
    auto ended = run({"contact", "open", "x"});
    CHECK(ended.code == 1);
    CHECK(ended.err == "sanad: nobody has consented to this yet: record a consent first\n");
    CHECK(ended.out.empty());
    ended = run({"contact", "open", "x", "--json"});
    CHECK(ended.code == 1);
    CHECK(has(ended.out, "\"code\":\"consent_missing\""));
}

TEST_CASE_METHOD(WithNode, "what a person wrote is shown whole, and cannot command the terminal") {
    node.script = [](auto request, auto reply) {
        CHECK(request.isContactShow());
        auto contact = reply.initContact();
        contact.setId("1");
        auto messages = contact.initMessages(1);
        messages[0].setFrom("person");
        messages[0].setText("أحتاج إلى مساعدة\n\x1b]0;evil\x07 \u202Etxt");
    };
    const auto ended = run({"contact", "show", "1"});
    CHECK(ended.code == 0);
    CHECK(has(ended.out, "    أحتاج إلى مساعدة\n    \\u{1B}]0;evil\\u{07} \\u{202E}txt\n"));
    CHECK(has(run({"--json", "contact", "show", "1"}).out, "أحتاج إلى مساعدة"));
}

TEST_CASE_METHOD(WithNode, "a list is a table, and an empty one says so") {
    node.script = [](auto request, auto reply) {
        const bool all = request.getContactList().getAll();
        auto contacts = reply.initContacts(all ? 2 : 0);
        for (unsigned i = 0; i < contacts.size(); ++i) {
            contacts[i].setId(i == 0 ? "first" : "the-second");
            contacts[i].setState("waiting");
            contacts[i].setMessageCount(i + 9);
        }
    };
    CHECK(run({"contact", "list"}).out == "nobody is waiting\n");
    CHECK(run({"contact", "list", "--all"}).out ==
          "ID          STATE    URGENCY  CHANNEL  SINCE  MESSAGES  LANGUAGES  WITH\n"
          "first       waiting  -        -        -      9         -          -\n"
          "the-second  waiting  -        -        -      10        -          -\n");
}

TEST_CASE_METHOD(WithNode, "each command asks what it says") {
    door::Request::Which which{};
    std::string text;
    node.script = [&](door::Request::Reader request, auto reply) {
        which = request.which();
        if (request.isReferralMove()) {
            const auto move = request.getReferralMove();
            text = from_text(move.getMove()) + "/" + from_text(move.getReason()) + "/" +
                   from_text(move.getText());
        }
        if (request.isConsentRecord()) {
            const auto consent = request.getConsentRecord();
            text = std::to_string(consent.getItems().size()) + "/" +
                   std::to_string(consent.getRecipients().size());
        }
        if (request.isRefer()) {
            const auto refer = request.getRefer();
            text = from_text(refer.getTo()) + "/" + from_text(refer.getNarrative()) + "/" +
                   from_text(refer.getServicesRequested()[1]) +
                   (refer.getRedactionConfirmed() ? "/redacted" : "");
        }
        reply.initDone().setId("7");
    };
    const auto asks = [&](std::vector<std::string> arguments, door::Request::Which wanted) {
        text.clear();
        const auto ended = run(arguments);
        return ended.code == 0 && ended.out == "id            7\n" && which == wanted;
    };
    using Which = door::Request;
    CHECK(asks({"contact", "open", "1"}, Which::CONTACT_OPEN));
    CHECK(asks({"contact", "reply", "1", "سطر\nسطر"}, Which::CONTACT_REPLY));
    CHECK(asks({"contact", "end", "1", "ended_by_counsellor"}, Which::CONTACT_END));
    CHECK(asks({"case", "open", "1", "--urgency", "U1"}, Which::CASE_OPEN));
    CHECK(asks({"case", "note", "1", "x"}, Which::CASE_NOTE));
    CHECK(asks({"case", "close", "1", "goals_met"}, Which::CASE_CLOSE));
    CHECK(asks({"consent", "record", "1", "--by", "child", "--item", "narrative", "--item",
                "languages", "--recipient", "tn.helpline", "--words", "x", "--language", "ar"},
               Which::CONSENT_RECORD));
    CHECK(text == "2/1");
    CHECK(asks({"refer", "--to", "tn.helpline", "--service", "legal", "--service", "medical",
                "--narrative", "x", "--redacted", "1"},
               Which::REFER));
    CHECK(text == "tn.helpline/x/medical/redacted");
    const std::vector<std::pair<std::vector<std::string>, std::string>> moves{
        {{"review", "1"}, "review//"},
        {{"ask", "1", "q"}, "ask//q"},
        {{"answer", "1", "a"}, "information//a"},
        {{"accept", "1"}, "accept//"},
        {{"decline", "1", "no_capacity", "t"}, "decline/no_capacity/t"},
        {{"redirect", "1", "out_of_mandate"}, "redirect/out_of_mandate/"},
        {{"status", "start", "1"}, "start//"},
        {{"status", "hold", "1", "t"}, "hold//t"},
        {{"status", "resume", "1"}, "resume//"},
        {{"status", "note", "1", "t"}, "note//t"},
        {{"complete", "1", "unknown"}, "complete/unknown/"},
        {{"not-complete", "1", "unknown"}, "not_complete/unknown/"},
        {{"withdraw", "1", "child_request"}, "withdraw/child_request/"},
        {{"withdraw-ok", "1"}, "withdraw_ok//"},
        {{"confirm", "1", "unknown"}, "confirm/unknown/"}};
    for (const auto& [move, wanted] : moves) {
        std::vector<std::string> arguments{"referral"};
        arguments.insert(arguments.end(), move.begin(), move.end());
        CHECK(asks(arguments, Which::REFERRAL_MOVE));
        CHECK(text == wanted);
    }
    CHECK(asks({"escalate", "1", "--partner", "legal-aid", "--summary", "x"}, Which::ESCALATE));
}

TEST_CASE_METHOD(WithNode, "everything that a node shows is printed, as text and as JSON") {
    node.script = [](door::Request::Reader request, door::Reply::Builder reply) {
        const auto fill = [](auto timeline) {
            for (unsigned i = 0; i < timeline.size(); ++i) {
                timeline[i].setAt("2026-11-24T02:00:00Z");
                timeline[i].setWho("ma.cmrpi");
                timeline[i].setWhat("ask");
                timeline[i].setText("سؤال السؤال");
                timeline[i].setReceipt("receipted");
            }
        };
        if (request.isCaseShow()) {
            auto view = reply.initCase();
            view.initContacts(1).set(0, "a-contact");
            fill(view.initTimeline(3));
        } else if (request.isReferralShow()) {
            auto view = reply.initReferral();
            view.initOwners(1).set(0, "tn.helpline");
            auto fields = view.initRequest().initFields(1);
            fields[0].setName("narrative");
            fields[0].setValue("سؤال\nالسؤال");
            fill(view.initTimeline(3));
        } else if (request.isEscalationShow()) {
            fill(reply.initEscalation().initTimeline(3));
        } else if (request.isNodeStatus()) {
            auto view = reply.initStatus();
            view.initPlugins(1)[0].setInstance("سؤال السؤال");
            view.initCounters(1)[0].setName("link.push");
        } else if (request.isLinkList()) {
            auto links = reply.initLinks(2);
            for (auto link : links) {
                link.setPeer("سؤال السؤال");
                link.initLanes(2)[0].setLane("urgent");
            }
        } else if (request.isAuditVerify()) {
            reply.initAuditVerified().setRoot("سؤال السؤال");
        } else if (request.isAuditExport()) {
            reply.initAudit(2)[0].setReason("سؤال السؤال");
        } else if (request.isFeedRead()) {
            reply.initFeed(2)[0].setSubject("سؤال السؤال");
        } else if (request.isReferralList()) {
            reply.initReferrals(2)[0].setPeer("سؤال السؤال");
        } else if (request.isEscalationList()) {
            reply.initEscalations(2)[0].setPartner("سؤال السؤال");
        } else if (request.isCaseList()) {
            reply.initCases(2)[0].setCode("سؤال السؤال");
        }
    };
    for (const std::vector<std::string>& command :
         std::initializer_list<std::vector<std::string>>{{"case", "show", "1"},
                                                         {"referral", "show", "1"},
                                                         {"escalation", "show", "1"},
                                                         {"status"},
                                                         {"link", "list"},
                                                         {"audit", "verify"},
                                                         {"audit", "export"},
                                                         {"feed"},
                                                         {"referral", "list"},
                                                         {"escalation", "list"},
                                                         {"case", "list"}}) {
        INFO(command[0] << " " << command.back());
        const auto plain = run(command);
        CHECK(plain.code == 0);
        CHECK(has(plain.out, "السؤال"));
        auto json = command;
        json.push_back("--json");
        const auto ended = run(json);
        CHECK(ended.code == 0);
        CHECK(has(ended.out, "السؤال"));
        CHECK(ended.out.starts_with("{\""));
    }
}

TEST_CASE_METHOD(WithNode, "a passport goes into a new file and over no other") {
    node.script = [](auto, auto reply) {
        auto piece = reply.initPassportPiece();
        piece.setTotal(8);
        piece.setBytes(to_data(bytes_of("passport")));
    };
    const auto file = (folder / "one.passport").string();
    CHECK(run({"passport", "export", "1", file}).code == 0);
    CHECK(test::content_of(file) == "passport");
    CHECK(run({"passport", "export", "1", file}).code == 1);
    const auto ended = run({"passport", "show", file, "--json"});
    CHECK(ended.code == 1);  // those bytes are none
    CHECK(has(ended.out, "\"passport\":\"invalid\""));
}

TEST_CASE_METHOD(WithNode, "an output that cannot be written ends with 74") {
    node.script = [](auto, auto reply) { reply.initStatus(); };
    CHECK(run({"status"}, "/dev/full").code == 74);
}

TEST_CASE_METHOD(Cli, "a federation begins with nothing but this program and files") {
    const auto in = [&](const char* name) { return (folder / name).string(); };
    const auto good = [&](std::vector<std::string> arguments) {
        const auto ended = run(arguments);
        INFO(ended.err);
        CHECK(ended.code == 0);
        return ended.out;
    };
    const auto init = [&](const char* country) {
        return good({"init", "--country", country, "--share", SANAD_SOURCE_FOLDER "/config",
                     "--plugins", SANAD_LMDB_FOLDER, "--staff", "amina:counsellor,admin", "--json",
                     in(country)});
    };
    CHECK(has(init("ma"), "\"node\":\"ma.cmrpi\""));
    init("tn");
    std::vector<std::string> stewards;
    for (const char* name : {"ma.key", "tn.key"}) {
        auto verifier = good({"directory", "steward-key", in(name), "--name", name});
        verifier.pop_back();
        stewards.push_back(verifier);
    }
    good({"directory", "create", in("draft"), "--federation", "maghreb", "--threshold", "2",
          "--steward", stewards[0], "--steward", stewards[1]});
    for (const char* node : {"ma", "tn"}) {
        folder.file("line", good({"--data", in(node), "node", "bundle"}));
        good({"directory", "add", in("draft"), in("line")});
    }
    folder.file("trust", good({"directory", "trust", in("draft")}));
    for (const char* key : {"ma.key", "tn.key"})
        good({"directory", "sign", in("draft"), "--key", in(key), "--out", in(key) + ".note"});
    CHECK(run({"directory", "verify", in("ma.key.note"), "--trust", in("trust")}).code == 1);
    good({"directory", "merge", in("ma.key.note"), in("tn.key.note"), "--out", in("directory")});
    CHECK(has(good({"directory", "verify", in("directory"), "--trust", in("trust")}), "VALID"));
    CHECK(has(good({"directory", "show", in("directory")}), "tn.key  has signed"));
    CHECK(run({"directory", "add", in("directory"), in("line")}).code == 1);  // needs --out
    CHECK(run({"--data", in("ma"), "directory", "install", in("directory")}).code == 1);
    for (const char* node : {"ma", "tn"})
        good({"--data", in(node), "directory", "install", in("directory"), "--trust", in("trust")});
    const auto doctor = run({"--data", in("ma"), "doctor"});
    CHECK(has(doctor.out, "good directory: maghreb, version 1"));
    CHECK(has(doctor.out, "good membership: "));
    CHECK(has(doctor.out, "good store: opens, and is this node's own"));
    CHECK(run({"init", "--country", "ma", in("ma")}).code == 1);
}

TEST_CASE_METHOD(Cli, "sanad init says how the first person gets in: by an administrator's code") {
    const auto init = [&](const std::string& staff, const std::string& name) {
        return run({"init", "--country", "ma", "--share", SANAD_SOURCE_FOLDER "/config",
                    "--plugins", SANAD_LMDB_FOLDER, "--staff", "karim:counsellor", "--staff", staff,
                    (folder / name).string()})
            .out;
    };
    CHECK(has(init("amina:admin", "ma"),
              "sanad --data " + (folder / "ma").string() + " --as amina user invite amina\n"));
    CHECK(has(init("amina:supervisor", "other"), "Give somebody the role admin there"));
}

TEST_CASE_METHOD(Cli, "sanad init asks question by question, and again where an answer cannot be") {
    const auto made = (folder / "ma").string();
    const auto ended =
        asked({"xx", "ma", "", made, "amina", "amina", "youssef", "here", "127.0.0.1:0", "none",
               "5670", "tcp://node.example.org:5670", "", "yes"});
    CHECK(ended.code == 0);
    CHECK(has(ended.err, "1. Which country? dz"));
    CHECK(has(ended.err, "somebody else, or none"));
    CHECK(has(ended.err, "write an address and a port"));
    CHECK(has(ended.err, "write none, or such as tcp://"));
    CHECK(has(ended.out, "made the node ma.cmrpi in " + made));
    CHECK(has(ended.out, "--as amina user invite amina"));
    const auto text = test::content_of(folder / "ma" / "node.toml");
    CHECK(has(text, "name = \"amina\"\nroles = [\"supervisor\", \"admin\", \"auditor\"]"));
    CHECK(has(text, "name = \"youssef\""));
    CHECK(has(text, "tcp://0.0.0.0:5670"));
    CHECK_FALSE(has(text, "plugin = \"console\""));
}

TEST_CASE_METHOD(Cli, "sanad init makes nothing when the answers end, or the last one is no") {
    const auto folder_of = [&](const char* name) { return (folder / name).string(); };
    CHECK(has(asked({"ma", "", folder_of("cut")}).err, "the answers ended before the questions"));
    CHECK(has(asked({"ma", "", folder_of("no"), "", "", "", "", "", "", "no"}).err,
              "nothing was made"));
    CHECK_FALSE(std::filesystem::exists(folder_of("cut")));
    CHECK_FALSE(std::filesystem::exists(folder_of("no")));
    CHECK(has(run({"init"}).err, "sanad init --ask"));
}

TEST_CASE_METHOD(WithNode, "sanad user invite shows the code, until when, and where to use it") {
    folder.file("node.toml",
                "version = 1\n[node]\nid = \"ma.cmrpi\"\nname = \"x\"\n"
                "[[staff]]\nname = \"amina\"\nroles = [\"admin\"]\n"
                "[accounts]\norigins = [\"https://desk.example.org\"]\n");
    std::string asked;
    node.script = [&](door::Request::Reader request, door::Reply::Builder reply) {
        const auto body = request.getAccountInvite();
        asked = from_text(body.getName()) + " " + from_text(body.getRoles()[0]) + " " +
                from_text(body.getLanguages()[0]) + " " + from_text(body.getDisplayName());
        auto invitation = reply.initInvitation();
        invitation.setName("layla");
        invitation.setCode("ABCD-EFGH-2345-6789");
        invitation.setUntil("2026-11-24T02:15:00Z");
    };
    const auto ended = run({"user", "invite", "layla", "--role", "counsellor", "--language", "ar",
                            "--shown-as", "ليلى"});
    CHECK(ended.code == 0);
    CHECK(asked == "layla counsellor ar ليلى");
    CHECK(has(ended.out, "ABCD-EFGH-2345-6789"));
    CHECK(has(ended.out, "2026-11-24T02:15:00Z"));
    CHECK(has(ended.out, "open https://desk.example.org, say that they have a code"));
}

TEST_CASE_METHOD(WithNode, "sanad user changes one thing of one person") {
    std::string asked;
    node.script = [&](door::Request::Reader request, door::Reply::Builder reply) {
        const auto body = request.getAccountChange();
        asked = from_text(body.getName()) + " " + from_text(body.getWhat());
        for (const auto value : body.getValues()) asked += " " + from_text(value);
        reply.initDone().setState("active");
    };
    const auto changes = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "user");
        const auto ended = run(arguments);
        return ended.code == 0 ? asked : std::to_string(ended.code);
    };
    CHECK(changes({"roles", "layla", "counsellor", "supervisor"}) ==
          "layla roles counsellor supervisor");
    CHECK(changes({"disable", "layla"}) == "layla disable");
    CHECK(changes({"enable", "layla"}) == "layla enable");
    CHECK(changes({"forget-key", "layla", "AQID"}) == "layla forget_key AQID");
    CHECK(changes({"forget-password", "layla"}) == "layla forget_password");
    CHECK(changes({"roles", "layla"}) == "2");
    CHECK(changes({"disable"}) == "2");
}

TEST_CASE_METHOD(WithNode,
                 "sanad user list says who may sign in, with what, and who is there now") {
    node.script = [](door::Request::Reader, door::Reply::Builder reply) {
        auto account = reply.initAccounts(1)[0];
        account.setName("layla");
        account.setDisplayName("ليلى");
        account.setActive(true);
        account.setSignedIn(true);
        account.setHasPassword(true);
        account.initRoles(1).set(0, "counsellor");
        auto key = account.initCredentials(1)[0];
        key.setId("AQIDBAUGBwgJCgsMDQ4PEA");
        key.setLabel("blue key");
    };
    const auto ended = run({"user", "list"});
    CHECK(ended.code == 0);
    for (const auto* part : {"layla", "at a desk", "1 passkey, password", "counsellor", "ليلى",
                             "AQIDBAUGBwgJCgsMDQ4PEA", "blue key"})
        CHECK(has(ended.out, part));
}
