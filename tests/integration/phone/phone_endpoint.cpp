#include "plugins/channels/phone/media/prompt.h"
#include "plugins/channels/phone/sip/endpoint.h"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

// The endpoint with a flow that fits on a page, for scenarios with real telephones: phone.mjs
// starts it. Events are JSON lines on stdout; commands are lines on stdin; both are of the test
// alone.
//
//   1  rings the first registered device, and joins   2  records until #   3  says good-bye
using namespace sanad::phone;

namespace {

std::string file(const std::string& name) {
    std::ifstream in{name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::shared_ptr<const Prompt> prompt(const std::string& folder, const char* name) {
    const auto wav = file(folder + "/" + name + ".wav");
    std::vector<std::int16_t> pcm;
    for (std::size_t at = 44; at + 1 < wav.size(); at += 2)
        pcm.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(wav[at]) |
                                                static_cast<unsigned char>(wav[at + 1]) << 8));
    return std::make_shared<const Prompt>(pcm);
}

void say(const std::string& event) { std::cout << "{" << event << "}" << std::endl; }

std::string field(const char* name, const std::string& value) {
    return std::string{"\""} + name + "\":\"" + value + "\"";
}
std::string field(const char* name, long long value) {
    return std::string{"\""} + name + "\":" + std::to_string(value);
}
std::string leg_field(LegId leg) { return field("leg", static_cast<long long>(leg)); }

constexpr const char* ends[] = {"hung_up",     "no_answer", "busy",        "declined",
                                "unreachable", "lost",      "not_allowed", "failed"};

class Helpline final : public LineEvents {
public:
    Helpline(Endpoint& lines, const std::string& folder)
        : lines_(lines),
          folder_(folder),
          welcome_(prompt(folder, "welcome")),
          goodbye_(prompt(folder, "goodbye")),
          hold_(prompt(folder, "hold")) {}

    void incoming(const Incoming& call) override {
        say(field("event", "incoming") + "," + leg_field(call.leg) + "," +
            field("called", call.called) + "," + field("caller", call.caller.value_or("-")));
        caller_ = call.leg;
        if (ring_only) return;
        lines_.answer(call.leg);
        lines_.play(call.leg, 1, {welcome_}, true);
    }
    void answered(LegId leg) override {
        say(field("event", "answered") + "," + leg_field(leg));
        if (leg == supervisor_) return lines_.take_part(caller_, leg, part_);
        if (leg == called_) {
            caller_ = leg;
            called_ = LegId::none;
            return ring(callers_of_devices_);
        }
        lines_.join(caller_, leg);
        say(field("event", "joined"));
    }
    void digit(LegId leg, char digit) override {
        say(field("event", "digit") + "," + leg_field(leg) + "," +
            field("digit", std::string{digit}));
        if (recording_ == leg && digit == '#') return stop_recording(leg);
        if (digit == '1') ring(1);
        if (digit == '2') {
            recording_ = leg;
            lines_.stop_playing(leg);
            lines_.listen(leg, true);
        }
        if (digit == '3') lines_.play(leg, 3, {goodbye_}, false);
    }
    void played(LegId leg, std::uint32_t id) override {
        say(field("event", "played") + "," + leg_field(leg) + "," + field("id", id));
        if (id == 3) hang_up(leg);
    }
    void ended(LegId leg, LegEnd why) override {
        say(field("event", "ended") + "," + leg_field(leg) + "," +
            field("why", ends[static_cast<int>(why)]));
        if (leg == recording_) stop_recording(leg);
        if (leg == caller_) {
            if (device_ != LegId::none) lines_.hang_up(device_);
            device_ = LegId::none;
        }
        if (leg == device_) {
            device_ = LegId::none;
            lines_.play(caller_, 2, {hold_}, true);
        }
    }
    void heard(LegId, Frame frame) override {
        recorded_.insert(recorded_.end(), frame.begin(), frame.end());
    }
    void voice(LegId leg, bool speaks) override {
        say(field("event", "voice") + "," + leg_field(leg) + "," + field("speaks", speaks));
    }
    void device(const std::string& name, bool registered) override {
        say(field("event", "device") + "," + field("name", name) + "," +
            field("there", registered));
    }

    void command(const std::string& line) {
        std::istringstream in{line};
        std::string word, rest;
        in >> word >> rest;
        if (word == "ring") ring(std::max(1, std::atoi(rest.c_str())));
        if (word == "answer") lines_.answer(caller_);
        if (word == "ring_only") ring_only = true;
        if (word == "hang_up") hang_up(caller_);
        if (word == "hang_up_device") lines_.hang_up(device_);
        if (word == "refuse") lines_.refuse(caller_, Refusal::busy);
        if (word == "hold") {
            lines_.part(caller_);
            lines_.play(caller_, 2, {hold_}, true);
        }
        if (word == "resume") lines_.join(caller_, device_);
        if (word == "call") {
            called_ = lines_.call_out({rest}, std::chrono::seconds{20});
            say(field("event", "called") + "," + leg_field(called_));
        }
        if (word == "part") {
            part_ = rest == "listens"    ? Part::listens
                    : rest == "whispers" ? Part::whispers
                                         : Part::joins;
            if (supervisor_ != LegId::none)
                lines_.take_part(caller_, supervisor_, part_);
            else
                supervisor_ = lines_.ring("c2", "Supervisor", std::chrono::seconds{20});
        }
        if (word == "quality") {
            const auto q = lines_.quality(caller_);
            say(field("event", "quality") + "," +
                field("received", static_cast<long long>(q.received)) + "," +
                field("sent", static_cast<long long>(q.sent)) + "," +
                field("lost", static_cast<long long>(q.lost)) + "," +
                field("refused", static_cast<long long>(q.refused)));
        }
    }

private:
    void ring(int number) {
        const auto name = "c" + std::to_string(number);
        lines_.play(caller_, 2, {hold_}, true);
        device_ = lines_.ring(name, "Helpline \"fr\"", std::chrono::seconds{ring_seconds});
        say(field("event", "ringing") + "," + leg_field(device_));
    }
    void hang_up(LegId leg) {
        if (device_ != LegId::none) lines_.hang_up(device_);
        lines_.hang_up(leg);
        say(field("event", "hung_up") + "," + leg_field(leg));
        device_ = LegId::none;
    }
    void stop_recording(LegId leg) {
        lines_.listen(leg, false);
        recording_ = LegId::none;
        std::ofstream{folder_ + "/recorded.alaw", std::ios::binary}.write(
            reinterpret_cast<const char*>(recorded_.data()),
            static_cast<std::streamsize>(recorded_.size()));
        say(field("event", "recorded") + "," +
            field("bytes", static_cast<long long>(recorded_.size())));
    }

public:
    bool ring_only = false;
    int ring_seconds = 10;

private:
    Endpoint& lines_;
    std::string folder_;
    std::shared_ptr<const Prompt> welcome_, goodbye_, hold_;
    LegId caller_{}, device_{}, supervisor_{}, called_{}, recording_{};
    int callers_of_devices_ = 1;
    Part part_{};
    std::vector<std::uint8_t> recorded_;
};

std::vector<std::string> words(const std::string& text) {
    std::istringstream in{text};
    return {std::istream_iterator<std::string>{in}, {}};
}

Ha1 ha1(const std::string& hex) {
    Ha1 bytes{};
    for (std::size_t at = 0; at < bytes.size(); ++at)
        bytes[at] = static_cast<std::uint8_t>(std::stoi(hex.substr(at * 2, 2), nullptr, 16));
    return bytes;
}

}  // namespace

// phone-endpoint FOLDER [NAME=VALUE]...
int main(int count, char** arguments) {
    std::map<std::string, std::string> given;
    for (int at = 2; at < count; ++at) {
        const std::string one = arguments[at];
        given[one.substr(0, one.find('='))] = one.substr(one.find('=') + 1);
    }
    EndpointSettings settings;
    settings.listen_address = given.contains("listen") ? given["listen"] : "127.0.0.1";
    settings.udp_port = settings.tcp_port = 0;
    settings.numbers = {"helpline", "+212600000009"};
    settings.trunks = words(given.contains("trunks") ? given["trunks"] : "127.0.0.1");
    settings.devices_in_clear = given["devices"] != "tls";
    if (given.contains("certificate")) {
        settings.tls_port = 0;
        settings.certificate = file(given["certificate"]);
        settings.certificate_key = file(given["key"]);
    }
    if (given.contains("registration")) {
        Registration trunk;
        trunk.address = given["registration"];
        trunk.user = "node";
        trunk.password = "gentle";
        trunk.from = "+212600000009";
        if (given.contains("authorities")) trunk.authorities = file(given["authorities"]);
        settings.registration = trunk;
    }
    settings.call_back = {{"+212600"}, {"+21260099"}, 3, 5};
    settings.first_media_port = 20000;
    settings.last_media_port = 59999;
    if (given.contains("calls_max")) settings.calls_max = std::stoul(given["calls_max"]);
    if (given.contains("rate"))
        settings.requests_per_second = static_cast<unsigned>(std::stoul(given["rate"]));
    settings.registration_shortest = std::chrono::seconds{1};
    std::map<std::string, Ha1> devices;
    for (const auto& one : words(given["ha1"]))
        devices[one.substr(0, one.find(':'))] = ha1(one.substr(one.find(':') + 1));
    settings.credential = [devices](const std::string& name, const auto& answer) {
        const auto found = devices.find(name);
        answer(found == devices.end() ? std::nullopt : std::optional{found->second});
    };

    Endpoint endpoint{settings};
    Helpline helpline{endpoint, arguments[1]};
    helpline.ring_only = given.contains("ring_only");
    if (given.contains("ring")) helpline.ring_seconds = std::stoi(given["ring"]);
    if (const auto fault = endpoint.start(helpline)) {
        std::cerr << *fault << "\n";
        return 1;
    }
    const auto ports = endpoint.ports();
    say(field("event", "ready") + "," + field("udp", ports.udp) + "," + field("tcp", ports.tcp) +
        "," + field("tls", ports.tls));
    for (std::string line; std::getline(std::cin, line) && line != "stop";)
        endpoint.post([&helpline, line] { helpline.command(line); });
    endpoint.stop();
    say(field("event", "stopped"));
}
