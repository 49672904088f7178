#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// What the page and the plugin say to each other, as JSON; the page's side is web/protocol.ts.
// What the page sends is one flat object of texts and whole numbers, read by a reader that knows
// nothing else: no depth, no duplicate keys, no floating point.
namespace sanad::webchat {

inline constexpr std::size_t characters_max = 4000;  // code points of one message; 16,000 bytes
inline constexpr std::size_t fields_max = 8;
inline constexpr std::size_t cid_bytes_min = 8, cid_bytes_max = 32;
inline constexpr std::size_t token_bytes = 43;  // base64url of 32 bytes

struct Hello {
    std::string token;  // empty: a new conversation
    std::uint64_t after = 0;
    bool pressed = false;
};
struct Say {
    std::string cid, text, language;
};
struct Seen {
    std::uint64_t seq = 0;
};
struct More {
    std::uint64_t after = 0;
};
struct Typing {};
struct Leave {
    bool quickly = true;
};
struct Where {};  // does the person stand, while they wait
struct Feel {     // the survey at the end: question, face 1..5
    std::vector<std::pair<std::string, std::uint8_t>> answers;
};
struct Ping {};
using FromPage = std::variant<Hello, Say, Seen, More, Typing, Leave, Where, Feel, Ping>;

/// What the survey asks: ids of the node's list child-feedback.
inline constexpr std::string_view questions[] = {"felt_heard", "rights_explained", "problem_better",
                                                 "would_recommend", "felt_safe"};

/// Reads one frame of the page. Nothing: it breaks the protocol.
///
/// A text that is empty or too long is read all the same, so that it can be given back.
std::optional<FromPage> read_frame(std::string_view json);

/// Whether the page can be in that language.
bool is_language(std::string_view tag);

/// Whether a message may be called that: 8 to 32 letters, digits, - and _.
bool is_message_name(std::string_view cid);

/// Code points in valid UTF-8.
std::size_t characters(std::string_view utf8);

/// Whether a message has something to read in it: more than white space.
bool has_words(std::string_view utf8);

// ---------------------------------------------------------------- from the plugin

struct Line {
    std::uint64_t seq = 0;
    std::int64_t at_ms = 0;
    bool from_person = false;
    std::string cid, text;
};

/// Where a conversation stands, as far as the node knows: 0 where it does not.
struct Standing {
    std::uint64_t read = 0;          // up to here a counsellor has seen what the person wrote
    std::uint32_t position = 0;      // while the person waits; 1: next
    std::uint32_t wait_seconds = 0;  // the last ones waited so long
};

/// code  of a new conversation, see code.h; else empty
std::string welcome_frame(std::string_view token, std::string_view state,
                          const std::vector<Line>& lines, bool more, const Standing& standing,
                          std::string_view code);
/// Answers Where.
std::string place_frame(std::string_view state, const Standing& standing);
/// Answers Feel. taken  false: not now
std::string thanks_frame(bool taken);
/// What opens a conversation again, for POST /back: empty when the code opens nothing.
std::string key_json(std::string_view token, std::string_view code);
std::string page_frame(const std::vector<Line>& lines, bool more);
std::string message_frame(const Line& line);
std::string ack_frame(std::string_view cid, std::uint64_t seq);
std::string later_frame(std::string_view cid, std::uint64_t wait_ms);
/// code  empty, too_long, invalid, ended
std::string refused_frame(std::string_view cid, std::string_view code);
std::string state_frame(std::string_view state);
std::string press_frame();
std::string pong_frame();
/// code  token_invalid, protocol
std::string error_frame(std::string_view code);

/// `text` as a JSON string with its quotes; bytes that are no UTF-8 stay as they are.
std::string json_text(std::string_view text);

}  // namespace sanad::webchat
