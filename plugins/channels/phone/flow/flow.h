#pragma once

#include "plugins/channels/phone/flow/opening_hours.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The call as data: what is said, which digit leads where, how long anybody waits. A country edits
// a file, not code. flow_reader.h makes a Flow of that file and refuses one in which a caller could
// be lost; flow_machine.h follows it. config/phone/flow.toml is the file, explained key by key.
namespace sanad::phone {

inline constexpr std::size_t states_max = 200;
inline constexpr std::size_t say_max = 20;      // prompts one after another
inline constexpr std::size_t options_max = 10;  // digits of a state
inline constexpr std::size_t languages_max = 9;
inline constexpr std::size_t emergency_numbers_max = 4;  // nobody remembers more
inline constexpr std::size_t covers_max = 8;
inline constexpr std::size_t name_bytes_max = 40;  // of states, prompts, marks
inline constexpr std::size_t typed_digits_max = 20;

inline constexpr std::chrono::seconds wait_min{3}, wait_max{30};   // for a digit, in silence
inline constexpr std::chrono::seconds news_min{30}, news_max{45};  // between two news of a queue
inline constexpr std::chrono::seconds hush_min{3}, hush_max{20};   // in a recording
inline constexpr std::chrono::seconds recording_min{10}, recording_max{300};
inline constexpr unsigned times_max = 5;  // a menu is said that often before it goes on by itself

enum class Urgency : std::uint8_t { u0, u1, u2, u3, u4 };  // u0 is imminent danger

/// What decides when a call-back may come, and who may answer it. `unasked` is not safe: no
/// call-back is asked for before the caller has chosen.
enum class CallTime : std::uint8_t { unasked, soon, morning, afternoon, evening };
enum class MayAnswer : std::uint8_t { unasked, only_me, anyone };
enum class MayLeaveMessage : std::uint8_t { unasked, no, yes };

/// What passing a state, or choosing a digit, makes known of a call.
struct Effects {
    std::optional<Urgency> urgency;  // at least this; never lowered
    std::vector<std::string> marks;  // of contact_marks
    std::optional<CallTime> call_time;
    std::optional<MayAnswer> may_answer;
    std::optional<MayLeaveMessage> may_leave_message;
    bool own_number = false;  // the call-back goes to where the call comes from
    bool operator==(const Effects&) const = default;
};

struct Option {
    char digit = '1';  // 0..9, *, #
    std::string next;
    /// Prompt "to leave a message", after which the machine says "press" and the digit, so that
    /// another digit needs no other recording. Empty: what the state says has it already.
    std::string say;
    Effects effects;
    bool operator==(const Option&) const = default;
};

enum class Kind : std::uint8_t {
    say,       // says something and goes on
    language,  // asks for the language, in each of them
    choose,    // asks for a digit
    check,     // says nothing: goes one of two ways
    digits,    // asks for a number or a return code
    code,      // finds the conversation of the code that was typed
    record,    // a message, after its notice
    callback,  // asks the node to keep a call-back
    queue,     // waits for a person, and rings one
    talk,      // a person and the caller
    cover,     // offers another helpline that is open
    end,       // says good-bye and hangs up
};

enum class Condition : std::uint8_t {
    open,            // by the opening hours
    full,            // more calls than the endpoint takes
    overloaded,      // more people waiting than can be answered soon
    anonymous,       // the caller's number is hidden
    returning,       // this caller was cut off a short while ago
    language_known,  // chosen, or known from before
    cover,           // another helpline is open for this caller
    urgent,          // u0 or u1
    silent,          // has neither pressed nor said anything
};

enum class Typed : std::uint8_t { phone_number, return_code };

/// One state. A field that a kind does not name below has no meaning for it.
///
/// Items of `say`, `news` and `confirm` are ids of prompts, or one of
///   {emergency}  the emergency numbers · {typed}  the digits that were typed, one by one
///   {danger}  "press" and the danger digit
///   {position}, {wait}  in a queue, said only where they are known
struct State {
    std::string name;
    Kind kind = Kind::say;
    std::vector<std::string> say;  // every kind but check, code, callback, talk
    Effects effects;               // of coming here
    /// choose, queue (at any moment), cover, record (before it begins; # ends it)
    std::vector<Option> options;

    std::string next;  // say, language, check (where the condition holds), digits (done), code,
                       // record (kept), callback (kept), talk (the counsellor hung up)
    std::string otherwise;  // after the last time nobody pressed anything: language, choose,
                            // digits, cover; check (where it does not hold); code (unknown)
    std::string
        failed;  // the node or the line could not: code, record, callback, queue, talk, cover

    std::chrono::seconds wait{8};  // for a digit: language, choose, digits, cover
    unsigned times = 2;            // how often it is said: language, choose, digits, cover

    Condition condition = Condition::open;  // check

    Typed typed = Typed::phone_number;  // digits
    std::size_t digits_min = 0, digits_max = 0;
    std::vector<std::string> confirm;  // digits: after reading back; none: not read back

    std::chrono::seconds longest{120};  // record
    /// record: how long it goes on after Silence; twice that before anything was said. Whoever
    /// cries, or looks for words, is not done.
    std::chrono::seconds hush{8};
    std::string empty;  // record: nothing was said in it

    std::vector<std::string> news;        // queue: again and again
    std::chrono::seconds news_every{40};  // queue
    std::string answered;                 // queue: the talk
    std::string closed, full;             // queue: the node has no place

    std::string number_missing;  // callback: where the number is typed
    std::string none;            // cover: nobody else is open

    /// digits: it was read back right · cover: put me through. Its prompt comes before "press".
    char accept = '1';
    std::string accept_say;
    char again = '2';  // digits: I type it again
    std::string again_say;
    std::string number_say;  // cover: prompt before the other helpline's number
    bool operator==(const State&) const = default;
};

struct Language {
    std::string code;  // BCP 47
    char digit = '1';
    bool operator==(const Language&) const = default;
};

struct EmergencyNumber {
    std::string number;  // digits
    std::string say;     // prompt of whose number it is, or empty
    bool operator==(const EmergencyNumber&) const = default;
};

/// Another helpline that answers when this one cannot.
struct Cover {
    std::string id;      // of that node in the directory
    std::string say;     // prompt with its name
    std::string number;  // digits that are spoken; empty: only by transfer
    bool transfer = false;
    std::vector<std::string> languages;
    OpeningHours hours;
    bool operator==(const Cover&) const = default;
};

/// What the machine itself plays.
struct Sounds {
    std::string calm;    // calm audio, again and again
    std::string beep;    // before a recording
    std::string press;   // "press"; the digit follows
    std::string notice;  // that a recording begins, and who hears it: each recording says it first
    std::string between{};  // "or", between two emergency numbers; may be empty
    bool operator==(const Sounds&) const = default;
};

struct Flow {
    std::string start;
    std::vector<Language> languages;  // in the order in which they are offered
    std::vector<State> states;
    OpeningHours hours;
    std::vector<EmergencyNumber> emergency;
    std::vector<Cover> covers;

    /// Valid in every state before talk, also while digits are typed.
    char danger_digit = '*';
    std::string danger;  // a queue: its first words are the emergency numbers

    /// Where a caller goes in place of an end who has neither pressed nor said anything: a child
    /// who cannot speak must not be cut off.
    std::string silent;
    Sounds sounds;

    const State* find(std::string_view name) const;
    bool operator==(const Flow&) const = default;
};

/// What stands in `say`, `news` and `confirm` for something that is only known in a call.
inline constexpr std::string_view emergency_item = "{emergency}";
inline constexpr std::string_view danger_item = "{danger}";
inline constexpr std::string_view typed_item = "{typed}";
inline constexpr std::string_view position_item = "{position}";
inline constexpr std::string_view wait_item = "{wait}";

/// The words of a flow file, in the order of their enums.
inline constexpr std::array kind_words{"say",    "language", "choose", "check", "digits", "code",
                                       "record", "callback", "queue",  "talk",  "cover",  "end"};
inline constexpr std::array condition_words{"open",      "full",      "overloaded",
                                            "anonymous", "returning", "language_known",
                                            "cover",     "urgent",    "silent"};
/// What a counsellor sees beside a call: those ids of config/taxonomy/contact-marks.tsv that a flow
/// may give. The machine adds those of anonymous, returning, closed, danger, a broken line, a cover
/// and a call-back by itself.
inline constexpr std::array<std::string_view, 6> contact_marks{
    "danger_digit",     "silent_caller", "anonymous_number",
    "returning_caller", "call_dropped",  "outside_hours"};
inline constexpr std::size_t marks_max = 8;  // with one arrival
inline constexpr std::array urgency_words{"u0", "u1", "u2", "u3", "u4"};
inline constexpr std::array call_time_words{"unasked", "soon", "morning", "afternoon", "evening"};
inline constexpr std::array may_answer_words{"unasked", "only_me", "anyone"};
inline constexpr std::array may_leave_message_words{"unasked", "no", "yes"};
inline constexpr std::array typed_words{"phone_number", "return_code"};

/// Digits of a phone number that somebody may type, of a return code, and of a number that is
/// spoken.
inline constexpr std::size_t phone_digits_min = 3, phone_digits_max = 15;  // ITU-T E.164
inline constexpr std::size_t code_digits = 16;

}  // namespace sanad::phone
