#pragma once

#include "plugins/channels/phone/calls/call.h"
#include "plugins/channels/phone/calls/callers.h"
#include "plugins/channels/phone/calls/live_calls.h"
#include "plugins/shared/lanes/lanes.h"

#include <sanad/plugin.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace sanad::phone {

/// What the calls need to know beside the flow.
struct CallSettings {
    std::size_t calls_max = 200;    // with more, a caller hears that all lines are taken
    std::size_t lines_max = 240;    // with more, the network says busy
    std::chrono::seconds ring{15};  // a counsellor's device
    std::chrono::seconds call_out{40};
    std::vector<std::string> numbers;  // that are answered; none: every one that comes
    std::string caller_key;            // caller_key_bytes
};

/// Makes sound of what a flow wants to be said.
using SoundsOf =
    std::function<std::vector<std::shared_ptr<const Prompt>>(const std::vector<Spoken>&)>;

/// All calls of the helpline: follows each through the flow, asks the node, joins people. The
/// lines' thread does everything here; the node is asked on other threads and its answers are
/// posted back.
///
/// threads  that of the lines, but for the functions that say otherwise
class Calls final : public LineEvents {
public:
    /// All of it outlives the calls.
    Calls(plugin::Host& host, Lines& lines, lanes::Lanes& lanes, const Flow& flow, SoundsOf sounds,
          CallSettings settings);
    ~Calls() override;
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;

    void incoming(const Incoming& call) override;
    void answered(LegId leg) override;
    void digit(LegId leg, char digit) override;
    void played(LegId leg, std::uint32_t id) override;
    void ended(LegId leg, LegEnd why) override;
    void heard(LegId leg, Frame frame) override;
    void voice(LegId leg, bool speaks) override;
    void device(const std::string& name, bool registered) override;

    /// What the node says: the contact has ended, or a member of staff wants something. The
    /// outcome is known at once; what comes of it, later, by the node's own notices.
    void contact_ended(const std::string& conversation);
    plugin::Outcome connect(const std::string& conversation, const std::string& device,
                            const std::string& number);
    plugin::Outcome control(const std::string& conversation, plugin::schema::Control::Act act,
                            const std::string& device);

    /// Closes the calls that ended with a former process, before the lines are open. returns  how
    /// many
    std::size_t close_former() const { return live_.close_former(host_); }

    /// No new calls; those that are go on. threads  any
    void drain();
    /// Calls that have not ended. threads  any
    std::size_t count() const { return count_; }

private:
    enum class Role : std::uint8_t { person, counsellor, next, supervisor };
    struct Place {
        std::string conversation;
        Role role{};
    };

    Call* find(LegId leg, Role role);
    Call* find(const std::string& conversation);

    // The flow.
    void happens(Call& call, const Event& event);
    void act(Call& call, const Action& action);
    void on(Call& call, const Play& play);
    void on(Call& call, const StopPlaying&);
    void on(Call& call, const SetTimer& timer);
    void on(Call& call, const SetLanguage& chosen);
    void on(Call& call, const Arrive& arrive);
    void on(Call& call, const AskPlace&);
    void on(Call& call, const LeaveQueue&);
    void on(Call& call, const LetGo&);
    void on(Call& call, const Summon&);
    void on(Call& call, const StartRecording&);
    void on(Call& call, const StopRecording&);
    void on(Call& call, const RequestCallback& wanted);
    void on(Call& call, const RedeemCode& code);
    void on(Call& call, const TransferToCover& cover);
    void on(Call& call, const Note& note);
    void on(Call& call, const HangUp&);

    // The node. `work` runs in the conversation's lane, what it gives back goes to `then` on the
    // lines' thread, unless the call has ended meanwhile.
    template <typename Work, typename Then>
    void ask(Call& call, Work work, Then then);
    void tell(const std::string& conversation, std::function<void(plugin::Host&)> work);
    /// What the node is told of a person who is there; its own words, because it outlives the call.
    struct Coming {
        std::string conversation, language;
        std::string number;  // only to be called back
        std::string code;    // return code that was typed
        Urgency urgency = Urgency::u4;
        std::vector<std::string> marks;
    };
    static Coming coming(const Call& call, std::vector<std::string> marks = {});
    /// Makes the contact; NodeAnswered follows for a question.
    void ask_arrival(Call& call, Coming coming, Question question);
    void answer(Call& call, NodeAnswered answered);
    void notice(Call& call, const std::string& mark);
    /// From now on a crash would cut the call off; or no longer.
    void live(Call& call);
    void over(Call& call);
    void send_part(Call& call, VoiceMessage::Part part);
    void part_stored(Call& call, bool last, bool stored);

    // People.
    void ring(Call& call, const std::string& device);
    /// Rings a device for whom a member of staff wants in that seat, which is empty.
    plugin::Outcome seat(Call& call, std::optional<Seat>& empty, Role role,
                         const std::string& device);
    void seat_answered(Call& call, Role role);
    void seat_ended(Call& call, Role role, LegEnd why);
    void let_go(std::optional<Seat>& seat);
    void rang(const std::string& conversation, const std::string& device,
              plugin::schema::Rang::Result result);
    void joined(Call& call);
    void finish(Call& call);
    std::vector<std::string> free_devices() const;
    LegId take(const std::string& device, Call& call, Role role, std::chrono::seconds at_most);

    plugin::Host& host_;
    Lines& lines_;
    lanes::Lanes& lanes_;
    const Flow& flow_;
    const SoundsOf sounds_;
    const CallSettings settings_;
    BrokenOff broken_off_;
    LiveCalls live_;
    std::map<std::string, std::unique_ptr<Call>> calls_;  // by conversation
    std::map<LegId, Place> legs_;
    std::set<std::string> busy_;  // devices that ring or are in a call
    std::atomic<std::size_t> count_{0};
    std::atomic<bool> draining_{false};
};

}  // namespace sanad::phone
