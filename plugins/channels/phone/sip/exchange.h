#pragma once

#include "plugins/channels/phone/sip/endpoint.h"
#include "plugins/channels/phone/sip/handle.h"
#include "plugins/channels/phone/sip/host_address.h"
#include "plugins/channels/phone/sip/leg.h"
#include "plugins/channels/phone/sip/loop.h"
#include "plugins/channels/phone/sip/registrar.h"
#include "plugins/channels/phone/sip/source_budget.h"
#include "plugins/channels/phone/sip/ticker.h"

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct sa;

namespace sanad::phone {

/// What an Endpoint is inside. Its functions are in exchange.cpp (begin and end), requests.cpp
/// (what comes in), calls_out.cpp (what goes out), sessions.cpp (what becomes of a leg), sounds.cpp
/// (what is heard). Internal. threads  the loop's, but for the first block
class Exchange {
public:
    explicit Exchange(EndpointSettings settings);
    ~Exchange();
    std::optional<std::string> start(LineEvents& events);
    void stop();
    Loop& loop() { return loop_; }
    Ports ports() const { return ports_; }
    bool trunk_registered() const { return trunk_registered_; }

    // As Lines says.
    void answer(LegId id);
    void refuse(LegId id, Refusal why);
    void play(LegId id, std::uint32_t play, std::vector<std::shared_ptr<const Prompt>> prompts,
              bool loop);
    void stop_playing(LegId id);
    void listen(LegId id, bool on);
    void part(LegId id);
    void hang_up(LegId id);
    std::vector<std::string> devices() const;
    LegId ring(const std::string& device, const std::string& words, std::chrono::seconds at_most);
    LegId call_out(const CallOut& to, std::chrono::seconds at_most);
    void join(LegId person, LegId device);
    void take_part(LegId person, LegId supervisor, Part part);
    Quality quality(LegId id) const;

    // From a leg's session. Each says 0 or an errno, as the library wants it.
    int offer_came(Leg& leg, const sip_msg& message, mbuf** answer);
    int answer_came(Leg& leg, const sip_msg& message);
    void established(Leg& leg, const sip_msg* message);
    void info_came(const sip_msg& message, Leg& leg);
    void closed(Leg& leg, int error, const sip_msg* message);

private:
    // Begin and end.
    bool open(LineEvents& events);
    bool open_transports();
    bool open_trunk();
    void close();
    void say_goodbye();
    void on_tick();

    // What comes in.
    bool on_request(const sip_msg& message);
    bool on_request_within(const sip_msg& message);
    bool on_update(const sip_msg& message);
    bool may_call(const sip_msg& message);
    void incoming(const sip_msg& message);
    void registered(int error, const sip_msg* message);

    // Legs.
    Leg* find(LegId id) const;
    Leg& add(Side side, LegState state);
    std::unique_ptr<Voice> open_voice(Leg& leg, Far far, Secrecy secrecy);
    bool connect(Leg& leg, const std::string& to, const std::string& from, const std::string& words,
                 const std::string& route);
    void bury(Leg& leg);             // it is over; nobody is told
    void end(Leg& leg, LegEnd why);  // it is over; the events say so
    void watch(Leg& leg, std::chrono::milliseconds now);
    void take_timer(Leg& leg, const sip_msg& message);
    void set_timer(Leg& leg, SessionTimer timer);
    void refresh(Leg& leg);

    // Sounds.
    void heard(Leg& leg, const Sound& sound);
    void digit(Leg& leg, char digit);
    void speak(Leg& leg, std::chrono::milliseconds now);
    bool listens(LegId id) const;
    void leave(Leg& leg);  // its joined leg, its conference

    struct Callbacks;  // what the library calls
    friend struct Callbacks;

    const EndpointSettings settings_;
    Loop loop_;
    LineEvents* events_ = nullptr;
    Ports ports_;
    std::string fault_;
    std::atomic<bool> trunk_registered_{false};
    bool stopping_ = false;
    Networks trunks_;
    std::optional<SourceBudget> budget_;
    std::optional<CallBackCaps> caps_;

    Handle<struct tls> tls_;
    Handle<sip> sip_;
    Handle<sip_lsnr> guard_;
    Handle<sipsess_sock> sessions_;
    Handle<sipreg> registration_;
    std::unique_ptr<Registrar> registrar_;
    std::unique_ptr<Ticker> ticker_;

    std::uint32_t last_id_ = 0;
    std::uint64_t ticks_ = 0;
    std::map<LegId, std::unique_ptr<Leg>> legs_;
    std::vector<std::unique_ptr<Leg>> over_;
    std::size_t callers_ = 0;
    std::chrono::milliseconds expired_{};
};

}  // namespace sanad::phone
