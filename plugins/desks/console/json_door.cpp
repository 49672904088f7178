#include "plugins/desks/console/json_door.h"

#include "schemas/api.capnp.h"

#include <capnp/compat/json.h>
#include <capnp/serialize.h>
#include <sanad/message.hpp>

#include <algorithm>

namespace sanad::console {
namespace {

using sanad::schema::api::Reply;
using sanad::schema::api::Request;

constexpr std::uint16_t api_version = 1;
constexpr std::size_t depth_max = 16;
constexpr std::uint64_t words_max = (8U << 20) / sizeof(capnp::word);  // visited in one reply

std::string flat_of(capnp::MessageBuilder& message) {
    const auto words = plugin::flatten(message);
    const auto bytes = words.asBytes();
    return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

// Cap'n Proto's parser takes the last of two members of the same name. The codec has set a union
// twice then, and what the page meant is anybody's guess: one member a request.
bool has_one_member(std::string_view json) {
    int depth = 0;
    int members = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (quoted) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                quoted = false;
            continue;
        }
        if (c == '"') quoted = true;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        if (c == ':' && depth == 1) ++members;
    }
    return members == 1;
}

// One a message: it keeps what it learns of a schema, and no thread of a plugin may keep anything.
struct Codec : capnp::JsonCodec {
    Codec() {
        setMaxNestingDepth(depth_max);
        setRejectUnknownFields(true);
    }
};

}  // namespace

std::expected<PageRequest, std::string> read_request(std::string_view json) {
    if (!has_one_member(json))
        return std::unexpected("A request is one JSON object with one member.");
    try {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<Request>();
        Codec().decode(kj::ArrayPtr<const char>(json.data(), json.size()), request);
        request.setVersion(api_version);
        const bool ends = request.which() == Request::SESSION_END;
        return PageRequest{flat_of(message), ends};
    } catch (const kj::Exception&) {
        return std::unexpected("The request is no JSON of this version's schema.");
    }
}

std::string feed_request(std::uint64_t after, std::uint32_t limit) {
    capnp::MallocMessageBuilder message;
    auto request = message.initRoot<Request>();
    request.setVersion(api_version);
    auto feed = request.initFeedRead();
    feed.setAfter(after);
    feed.setLimit(limit);
    return flat_of(message);
}

PageReply write_reply(std::string_view flat) {
    PageReply out;
    try {
        // The node's memory is not aligned for us.
        auto words = kj::heapArray<capnp::word>((flat.size() + 7) / sizeof(capnp::word));
        std::copy_n(flat.data(), flat.size(), reinterpret_cast<char*>(words.begin()));
        const capnp::ReaderOptions limits{.traversalLimitInWords = words_max, .nestingLimit = 32};
        capnp::FlatArrayMessageReader reader(words, limits);
        const auto reply = reader.getRoot<Reply>();
        const auto json = Codec().encode(reply);
        out.json.assign(json.begin(), json.size());
        out.is_error = reply.which() == Reply::ERROR;
        if (out.is_error) out.code = plugin::view_of(reply.getError().getCode());
        if (reply.which() == Reply::FEED) {
            const auto feed = reply.getFeed();
            out.events = feed.size();
            if (feed.size() > 0) out.sequence = feed[feed.size() - 1].getSequence();
        }
    } catch (const kj::Exception&) {
        out.is_error = true;
        out.code = "internal";
        out.json = error_json(out.code, "The node's answer cannot be read.", "Try again.");
    }
    return out;
}

std::string error_json(std::string_view code, std::string_view wrong, std::string_view mend) {
    return R"({"error":{"code":")" + std::string(code) + R"(","wrong":")" + std::string(wrong) +
           R"(","mend":")" + std::string(mend) + R"("}})";
}

}  // namespace sanad::console
