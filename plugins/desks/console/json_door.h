#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

// The door's messages (schemas/api.capnp) as JSON and back, by Cap'n Proto's own codec: a page
// speaks the same schema as every other caller.
namespace sanad::console {

/// A request as a page wrote it, such as {"queueShow":null}.
struct PageRequest {
    std::string flat;           // a Request, flat
    bool ends_session = false;  // it is sessionEnd
};

/// errors   what is wrong with it, in a plain sentence that quotes nothing of it
/// threads  any
std::expected<PageRequest, std::string> read_request(std::string_view json);

/// A Request that reads the feed after `after`, at most `limit` events.
std::string feed_request(std::uint64_t after, std::uint32_t limit);

/// A reply of the door.
struct PageReply {
    std::string json;
    bool is_error = false;
    std::string code;            // of an error
    std::uint64_t sequence = 0;  // of the newest event, when it is of the feed
    std::uint32_t events = 0;    // likewise
};
/// A reply that cannot be read is an error with code "internal". threads  any
PageReply write_reply(std::string_view flat);

/// {"error":{...}} as the door writes it. All three: plain ASCII without quotes
std::string error_json(std::string_view code, std::string_view wrong, std::string_view mend);

}  // namespace sanad::console
